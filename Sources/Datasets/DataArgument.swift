import Files

/// What a data argument names: data that are drawn, or a file.
enum DataArgument {
  /// The name of a generator and a colon come first: what they name is drawn even where there is such a file.
  case drawn(by: GeneratedData)
  case file(ArrayFile)

  /// A file, and where its format holds several arrays the key of one.
  struct ArrayFile: Equatable {
    let path: String
    let key: String?
  }

  /// `FILE` or `FILE:KEY`; a file of the exact name wins. File names and keys may have colons: FILE is the longest
  /// name in front of one that exists, and the whole argument where none does. `-` and `-:KEY` are standard input.
  init(_ argument: String) {
    if let generator = GeneratedData.named(by: argument) {
      self = .drawn(by: generator)
      return
    }
    func exists(_ path: String) -> Bool { path == "-" || fileExists(path) }
    var file = ArrayFile(path: argument, key: nil)
    if !exists(argument) {
      for colon in argument.indices.reversed() where argument[colon] == ":" && exists(String(argument[..<colon])) {
        file = ArrayFile(
          path: String(argument[..<colon]), key: String(argument[argument.index(after: colon)...]))
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
