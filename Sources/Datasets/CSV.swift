import Files
import Linalg

/// Numbers separated by commas, a sample a line, as RFC 4180 has them; the first line may be a header.
enum CSV {
  static let format = DataFormat(
    name: "CSV", summary: "numbers separated by commas, a sample a line, a header line or none",
    recognises: {
      !$0.isEmpty && $0.allSatisfy { 0x20...0x7E ~= $0 || 0x09...0x0D ~= $0 || $0 >= 0x80 }
    },
    read: read)

  static func read(_ source: ByteSource) throws(FileError) -> Dataset {
    var reader = CSVReader(source)
    try reader.read()
    return Dataset(
      .numbers(reader.numbers), count: reader.rows, shape: [reader.columns], source: source.path)
  }
}

/// Writes rows of numbers, each in the shortest form that reads back to the same Float.
public final class CSVWriter {
  private let file: AtomicFile

  public init(_ path: String) throws(FileError) { file = try AtomicFile(path) }

  public func append(_ rows: Matrix<Float>) throws(FileError) {
    try file.write(Array(Self.text(rows).utf8))
  }

  public func commit() throws(FileError) { try file.commit() }

  /// Returns the lines of `rows`.
  package static func text(_ rows: Matrix<Float>) -> String {
    var text = ""
    for i in 0..<rows.rows {
      for j in 0..<rows.columns {
        if j > 0 { text += "," }
        text += "\(rows[i, j])"
      }
      text += "\n"
    }
    return text
  }
}
