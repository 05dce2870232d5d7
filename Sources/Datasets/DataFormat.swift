import Files

/// A file format that data are read from. `DataFormat.all` is the list that opening, messages and help go by.
public struct DataFormat: Sendable {
  public let name: String
  public let summary: String
  /// Whether content that starts with these bytes (up to 8) is of this format.
  let recognises: @Sendable ([UInt8]) -> Bool
  let read: @Sendable (ByteSource) throws(FileError) -> Dataset

  public static let all: [DataFormat] = [
    DataFormat(
      name: "NPY", summary: "a NumPy array, samples in the first dimension",
      recognises: { $0.starts(with: NPY.magic) }, read: NPY.read),
    DataFormat(
      name: "IDX", summary: "MNIST's format, any element type",
      recognises: { $0.count >= 4 && $0[0] == 0 && $0[1] == 0 && IDX.ElementType(rawValue: $0[2]) != nil && $0[3] > 0 },
      read: IDX.read),
    DataFormat(
      name: "CSV", summary: "numbers separated by commas, a sample a line, a header line or none",
      recognises: { !$0.isEmpty && $0.allSatisfy { 0x20...0x7E ~= $0 || 0x09...0x0D ~= $0 || $0 >= 0x80 } },
      read: CSV.read),
  ]

  /// The format of content that starts like this, or an error that says what was expected.
  static func of(_ source: ByteSource) throws(FileError) -> DataFormat {
    let start = try source.peek(8)
    if start.isEmpty { throw source.malformed(at: 0, "the file is empty; expected data") }
    if start.starts(with: Array("PK".utf8)) {
      throw source.malformed(at: 0, "is a zip archive (NPZ?); NPY is read: unpack it first, with unzip")
    }
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
  /// Opens what a data argument names: a file, gzipped or not, its format told by content; a name of
  /// `GeneratedData` as in `digits:N[:SEED]`; or - for standard input.
  ///
  /// Images named …images-idx3-ubyte bring the labels beside them, …labels-idx1-ubyte, where those exist and `labels` names
  /// no other file: a whole number for each sample, in any of the formats.
  public static func open(_ argument: String, labels: String? = nil) throws(FileError) -> Dataset {
    let data: Dataset
    if let generator = GeneratedData.named(by: argument) {
      data = try generator.open(argument)
    } else {
      let source = try ByteSource(argument)
      data = try DataFormat.of(source).read(source)
    }
    guard let path = labels ?? labelsPath(beside: argument) else { return data }
    let labels = try readLabels(path)
    guard labels.count == data.count else {
      throw FileError(.malformed, path, "\(labels.count) labels for the \(data.count) samples of \(argument)")
    }
    return data.labelled(labels)
  }

  private static func readLabels(_ path: String) throws(FileError) -> [Int32] {
    let source = try ByteSource(path)
    let format = try DataFormat.of(source)
    if format.name == "IDX" { return try IDX.labels(source) }
    let data = try format.read(source)
    guard data.featureCount == 1 else {
      throw FileError(.malformed, path, "\(data.featureCount) numbers for each sample; labels are one")
    }
    switch data.storage {
    case .bytes(let bytes): return bytes.map { Int32($0) }
    case .numbers(let numbers):
      var labels: [Int32] = []
      for (sample, number) in numbers.enumerated() {
        guard let label = Int32(exactly: number) else {
          throw FileError(.malformed, path, "sample \(sample + 1): expected a whole number as class, found \(number)")
        }
        labels.append(label)
      }
      return labels
    }
  }

  private static func labelsPath(beside path: String) -> String? {
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
