import Files
import Linalg

/// Numbers separated by commas, a sample a line; the first line may be a header, told by not being numbers.
enum CSV {
  static let format = DataFormat(
    name: "CSV", summary: "numbers separated by commas, a sample a line, a header line or none",
    recognises: { !$0.isEmpty && $0.allSatisfy { 0x20...0x7E ~= $0 || 0x09...0x0D ~= $0 || $0 >= 0x80 } },
    read: read)

  static func read(_ source: ByteSource) throws(FileError) -> Dataset {
    let bytes = try source.readToEnd()
    var numbers: [Float] = []
    var columns = 0
    var rows = 0
    var line = 0
    var position = 0
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
      var content = bytes[position..<end]
      if content.last == 0x0D { content = content.dropLast() }
      let start = position
      position = end + 1
      line += 1
      if content.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      let fields = content.split(separator: 0x2C, omittingEmptySubsequences: false)
      let values = fields.map { number($0) }
      if line == 1 && values.allSatisfy({ $0 == nil }) { continue }
      if columns == 0 { columns = fields.count }
      guard fields.count == columns else {
        throw source.malformed(at: start, "line \(line) has \(fields.count) fields; expected \(columns), as before")
      }
      for (column, value) in values.enumerated() {
        guard let value else {
          let text = String(decoding: fields[column].prefix(20), as: UTF8.self)
          throw source.malformed(
            at: fields[column].startIndex, "line \(line), column \(column + 1): expected a number, found '\(text)'")
        }
        guard value.isFinite else {
          throw source.malformed(
            at: fields[column].startIndex, "line \(line), column \(column + 1) is \(value); expected finite numbers")
        }
        numbers.append(value)
      }
      rows += 1
    }
    guard rows > 0 else { throw source.malformed(at: 0, "the file holds zero samples") }
    return Dataset(.numbers(numbers), count: rows, shape: [columns], source: source.path)
  }

  private static func number(_ field: ArraySlice<UInt8>) -> Float? {
    let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x22 }
    var field = field.drop(while: blank)
    while let last = field.last, blank(last) { field = field.dropLast() }
    return Float(String(decoding: field, as: UTF8.self))
  }
}

/// Writes rows of numbers, each in the shortest form that reads back to the same Float.
public final class CSVWriter {
  private let file: AtomicFile

  public init(_ path: String) throws(FileError) { file = try AtomicFile(path) }

  public func append(_ rows: Matrix<Float>) throws(FileError) {
    var text = ""
    for i in 0..<rows.rows {
      for j in 0..<rows.columns {
        if j > 0 { text += "," }
        text += "\(rows[i, j])"
      }
      text += "\n"
    }
    try file.write(Array(text.utf8))
  }

  public func commit() throws(FileError) { try file.commit() }
}
