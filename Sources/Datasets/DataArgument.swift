import Files

/// What a data argument names: data that are drawn, or a file; and which part of them.
enum DataArgument {
  /// The name of a generator and a colon come first: what they name is drawn even where there is such a file. `text` is
  /// the argument without the part.
  case drawn(by: GeneratedData, text: String, part: SamplePart?)
  case file(ArrayFile)

  /// A file, where its format holds several arrays the key of one, and the part of the samples.
  struct ArrayFile: Equatable {
    let path: String
    let key: String?
    var part: SamplePart? = nil
  }

  /// `FILE` or `FILE:KEY`, with `[a:b]` behind it for a part; a file of the exact name wins. File names and keys may
  /// have colons: FILE is the longest name in front of one that exists, and the whole argument where none does. `-` and
  /// `-:KEY` are standard input.
  init(_ argument: String) {
    func exists(_ path: String) -> Bool { path == "-" || fileExists(path) }
    var text = argument
    var part: SamplePart?
    if !exists(argument), let start = argument.lastIndex(of: "["), let found = SamplePart(argument[start...]) {
      (text, part) = (String(argument[..<start]), found)
    }
    if let generator = GeneratedData.named(by: text) {
      self = .drawn(by: generator, text: text, part: part)
      return
    }
    var file = ArrayFile(path: text, key: nil, part: part)
    if !exists(text) {
      for colon in text.indices.reversed() where text[colon] == ":" && exists(String(text[..<colon])) {
        file = ArrayFile(path: String(text[..<colon]), key: String(text[text.index(after: colon)...]), part: part)
        break
      }
    }
    self = .file(file)
  }
}

extension DataArgument.ArrayFile {
  /// The file's bytes and their format, which takes the key if there is one.
  func open() throws(FileError) -> (ByteSource, DataFormat) {
    let source = try ByteSource(path)
    let format = try DataFormat.of(source)
    if let key, !format.takesKey {
      throw FileError(
        .malformed, source.path, "\(format.name) files hold one array and take no key: leave ':\(key)' out")
    }
    return (source, format)
  }
}
