import Files

/// A file format that data are read from. `DataFormat.all` is the list that opening, messages and help go by.
public struct DataFormat: Sendable {
  public let name: String
  public let summary: String
  /// Whether files hold several arrays, of which the data argument `FILE:KEY` names one.
  public let takesKey: Bool
  /// Whether content that starts with these bytes (up to 8) is of this format.
  let recognises: @Sendable ([UInt8]) -> Bool
  /// Reads the samples of the part, or all. The key is nil where none is given, and always where the format takes none.
  let read: @Sendable (ByteSource, _ key: String?, SamplePart?) throws(FileError) -> Dataset

  public static let all: [DataFormat] = [
    NPY.format,
    NPZ.format,
    IDX.format,
    CSV.format,
  ]

  /// A format whose files are one array, which is read as a whole.
  init(
    name: String, summary: String, recognises: @escaping @Sendable ([UInt8]) -> Bool,
    read: @escaping @Sendable (ByteSource) throws(FileError) -> Dataset
  ) {
    self.name = name
    self.summary = summary
    takesKey = false
    self.recognises = recognises
    self.read = { source, _, part throws(FileError) in
      let data = try read(source)
      return try part.map { part throws(FileError) in data.subset(try part.range(of: data.count, in: source.path)) }
        ?? data
    }
  }

  /// A format whose files are one array, of which a part can be read.
  init(
    name: String, summary: String, recognises: @escaping @Sendable ([UInt8]) -> Bool,
    readPart: @escaping @Sendable (ByteSource, SamplePart?) throws(FileError) -> Dataset
  ) {
    self.name = name
    self.summary = summary
    takesKey = false
    self.recognises = recognises
    self.read = { source, _, part throws(FileError) in try readPart(source, part) }
  }

  /// A format whose files hold arrays by name.
  init(
    name: String, summary: String, recognises: @escaping @Sendable ([UInt8]) -> Bool,
    readNamed: @escaping @Sendable (ByteSource, _ key: String?, SamplePart?) throws(FileError) -> Dataset
  ) {
    self.name = name
    self.summary = summary
    takesKey = true
    self.recognises = recognises
    read = readNamed
  }

  /// The format of content that starts like this, or an error that says what was expected.
  static func of(_ source: ByteSource) throws(FileError) -> DataFormat {
    let start = try source.peek(8)
    if start.isEmpty { throw source.malformed(at: 0, "the file is empty; expected data") }
    if let format = all.first(where: { $0.recognises(start) }) { return format }
    let found = start.prefix(4).map { hexadecimal($0) }.joined(separator: " ")
    let known = all.map(\.name).joined(separator: ", ")
    throw source.malformed(at: 0, "not data that can be read: expected one of \(known), found the bytes \(found)")
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}

extension Dataset {
  /// Opens what a data argument names: a file, gzipped or not, its format told by content; `FILE:KEY` where that holds
  /// several arrays; a name of `GeneratedData` as in `digits:N[:SEED]`; or - for standard input. `[a:b]` behind any of
  /// these takes a part of the samples, as `SamplePart` says.
  ///
  /// Images named …images-idx3-ubyte bring the labels beside them, …labels-idx1-ubyte, where those exist and `labels`
  /// names no other file: a whole number for each sample, in any of the formats. Of labels without a part of their own
  /// the data's part is taken.
  public static func open(_ argument: String, labels: String? = nil) throws(FileError) -> Dataset {
    let data: Dataset
    var beside: String?
    var part: SamplePart?
    switch DataArgument(argument) {
    case .drawn(let generator, let text, let asked):
      let all = try generator.open(text)
      data = try asked.map { part throws(FileError) in all.subset(try part.range(of: all.count, in: argument)) } ?? all
      part = asked
    case .file(let file):
      let (source, format) = try file.open()
      data = try format.read(source, file.key, file.part)
      beside = labelsPath(beside: file.path)
      part = file.part
    }
    guard let path = labels ?? beside else { return data }
    let labels = try readLabels(path, part: part)
    guard labels.count == data.count else {
      throw FileError(.malformed, path, "\(labels.count) labels for the \(data.count) samples of \(argument)")
    }
    return data.labelled(labels)
  }

  /// Reads the labels of `part`, unless the argument names a part itself.
  private static func readLabels(_ argument: String, part: SamplePart?) throws(FileError) -> [Int32] {
    guard case .file(let file) = DataArgument(argument) else {
      throw FileError(.malformed, argument, "labels are read, not drawn; expected the name of a file")
    }
    let (source, format) = try file.open()
    let labels =
      try format.name == "IDX" ? IDX.labels(source) : wholeNumbers(format.read(source, file.key, nil), argument)
    guard let part = file.part ?? part else { return labels }
    return Array(labels[try part.range(of: labels.count, in: argument)])
  }

  private static func wholeNumbers(_ data: Dataset, _ argument: String) throws(FileError) -> [Int32] {
    guard data.featureCount == 1 else {
      throw FileError(.malformed, argument, "\(data.featureCount) numbers for each sample; labels are one")
    }
    switch data.storage {
    case .bytes(let bytes): return bytes.map { Int32($0) }
    case .numbers(let numbers):
      var labels: [Int32] = []
      for (sample, number) in numbers.enumerated() {
        guard let label = Int32(exactly: number) else {
          throw FileError(
            .malformed, argument, "sample \(sample + 1): expected a whole number as class, found \(number)")
        }
        labels.append(label)
      }
      return labels
    }
  }

  static func labelsPath(beside path: String) -> String? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let range = name.firstRange(of: "images-idx3-ubyte") else { return nil }
    let folder = path.dropLast(name.count)
    let labels = name.replacingCharacters(in: range, with: "labels-idx1-ubyte")
    for candidate in [labels, labels + ".gz", labels.hasSuffix(".gz") ? String(labels.dropLast(3)) : labels]
    where fileExists(folder + candidate) { return folder + candidate }
    return nil
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
