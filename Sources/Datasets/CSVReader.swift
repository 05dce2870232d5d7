import Files

/// Reads a CSV file field by field, so that beside the numbers only a part of the file is in memory.
///
/// The first line is a header where none of its fields is a number and one at least is a name; a note says so. Fields
/// that begin like numbers, are empty or stand for missing numbers are no names. Blank lines are skipped, but not
/// between the rows of one column, where they stand for a missing number. Source: RFC 4180.
struct CSVReader {
  /// Row after row.
  private(set) var numbers: [Float] = []
  private(set) var rows = 0
  private(set) var columns = 0

  private let source: ByteSource
  private let decimals = DecimalReader()
  private var buffer: [UInt8] = []
  /// The place of the next byte in `buffer`, and the offset in the file of its first.
  private var position = 0
  private var base = 0
  private var isAtEnd = false
  /// The line of the next byte, counted from 1.
  private var line = 1

  /// Fields are not longer than this, so that a quotation mark that is never closed takes no memory.
  private static let longestField = 1 << 16
  /// Rows have no more fields than this, so that a file without line ends takes no time and memory in vain.
  private static let mostFields = 1 << 23
  private static let blockSize = 1 << 20
  /// What programs write for a number that is missing.
  private static let missing: Set<String> = ["na", "n/a", "nan", "null", "none", "nil", "missing"]

  private enum End { case comma, line, file }

  init(_ source: ByteSource) { self.source = source }

  mutating func read() throws(FileError) {
    if try source.peek(3) == [0xEF, 0xBB, 0xBF] {
      // The mark that some programs put in front of UTF-8 is not part of the first field.
      base = try source.read(3).count
    }
    try fill()
    var emptyLine: Int?
    var header: (line: Int, fields: Int, isComment: Bool)?
    while try skipBlanks() {
      if buffer[position] == 0x0A || buffer[position] == 0x0D && isLineEnd(position) {
        position += buffer[position] == 0x0A ? 1 : 2
        emptyLine = emptyLine ?? (rows > 0 ? line : nil)
        line += 1
        continue
      }
      if rows == 0 && header == nil {
        header = try firstRow()
      } else {
        if let emptyLine, columns == 1 {
          throw malformed(at: base + position, "line \(emptyLine) is empty; expected a number, as in the other lines")
        }
        emptyLine = nil
        try nextRow()
      }
      if let header, rows == 1, header.fields != columns, !header.isComment {
        throw malformed(
          at: 0,
          "line \(header.line), the header, has \(Self.counted(header.fields)); expected \(columns), as the row below has"
        )
      }
    }
    guard rows > 0 else { throw malformed(at: 0, "the file holds zero samples") }
    guard rows <= Int(Int32.max) else {
      throw malformed(at: 0, "\(rows) samples; at most \(Int32.max) are read")
    }
  }

  // MARK: - Rows

  /// Takes the first line that is not blank. Returns what is known of it where it is a header.
  private mutating func firstRow() throws(FileError) -> (line: Int, fields: Int, isComment: Bool)? {
    let (start, firstLine) = (base + position, line)
    let isComment = buffer[position] == UInt8(ascii: "#")
    var names: [String] = []
    var (fields, hasName) = (0, false)
    var wrong: FileError?
    var end = End.comma
    while end == .comma {
      let field = try nextField(&end, of: &fields)
      if let number = decimals.number(buffer, field) {
        try append(number, at: field, line: firstLine, column: fields)
        continue
      }
      let text = text(of: field)
      if names.count < 8 { names.append(text) }
      hasName = hasName || isName(text)
      if wrong == nil { wrong = notANumber(field, line: firstLine, column: fields) }
    }
    if let wrong {
      guard numbers.isEmpty, hasName else { throw wrong }
      let listed = names.joined(separator: ", ") + (fields > names.count ? ", …" : "")
      ReadingNotes.post(source.path, "line \(firstLine) is taken as a header: \(listed)")
      return (firstLine, fields, isComment)
    }
    columns = fields
    endRow(end, from: start)
    return nil
  }

  private mutating func nextRow() throws(FileError) {
    let (start, rowLine) = (base + position, line)
    var fields = 0
    var end = End.comma
    while end == .comma {
      let field = try nextField(&end, of: &fields)
      guard let number = decimals.number(buffer, field) else {
        throw notANumber(field, line: rowLine, column: fields)
      }
      try append(number, at: field, line: rowLine, column: fields)
    }
    if rows == 0 { columns = fields }
    guard fields == columns else {
      throw malformed(at: start, "line \(rowLine) has \(Self.counted(fields)); expected \(columns), as before")
    }
    endRow(end, from: start)
  }

  private mutating func endRow(_ end: End, from start: Int) {
    rows += 1
    if end == .file {
      ReadingNotes.post(
        source.path, "the last line has no end, so its last number, \(numbers.last!), may be cut off")
    } else if rows == 1, let size = source.plainSize, size > 1 << 24 {
      // Rows are about as long as the first; a guess that is too small only makes the array grow.
      numbers.reserveCapacity((size / max(1, base + position - start) + 1) * columns)
    }
  }

  @inline(__always)
  private mutating func append(
    _ number: Float, at field: Range<Int>, line: Int, column: Int
  ) throws(FileError) {
    guard number.isFinite else {
      throw malformed(
        at: base + field.lowerBound, "line \(line), column \(column) is \(number); expected finite numbers")
    }
    numbers.append(number)
  }

  // MARK: - Fields

  /// Takes the next field with what ends it, and counts it in `fields`. Returns its place in `buffer`, without blanks
  /// and quotation marks around.
  private mutating func nextField(_ end: inout End, of fields: inout Int) throws(FileError) -> Range<Int> {
    fields += 1
    guard fields <= Self.mostFields else {
      throw malformed(at: base + position, "line \(line) has more than \(Self.mostFields) fields")
    }
    guard try skipBlanks() else {
      end = .file
      return position..<position
    }
    if buffer[position] == 0x22 { return try quotedField(&end) }
    var place = position
    while true {
      while place < buffer.count, buffer[place] != 0x2C, buffer[place] != 0x0A { place += 1 }
      if place < buffer.count || isAtEnd { break }
      place -= position
      try fill()
      place += position
    }
    let start = position
    take(upTo: place, &end)
    if end != .comma, place > start, buffer[place - 1] == 0x0D { place -= 1 }
    while place > start, isBlank(buffer[place - 1]) { place -= 1 }
    return start..<place
  }

  /// Takes a field in quotation marks, which may hold commas and ends of lines.
  private mutating func quotedField(_ end: inout End) throws(FileError) -> Range<Int> {
    let opened = line
    var place = position + 1
    var closing: Int?
    while closing == nil {
      while place < buffer.count, buffer[place] != 0x22 {
        if buffer[place] == 0x0A { line += 1 }
        place += 1
      }
      // Whether a mark is doubled shows in the byte behind it.
      if place + 1 >= buffer.count && !isAtEnd {
        place -= position
        try fill()
        place += position
      } else if place >= buffer.count {
        throw malformed(at: base + position, "line \(opened): a quotation mark that is not closed")
      } else if place + 1 < buffer.count && buffer[place + 1] == 0x22 {
        place += 2
      } else {
        closing = place
      }
    }
    let start = position + 1
    let length = closing! - start
    position = closing! + 1
    // What follows may need another block, which moves the field.
    let before = base
    let more = try skipBlanks(keeping: length + 2)
    let field = start - (base - before)
    if more {
      let isEnd = buffer[position] == 0x2C || buffer[position] == 0x0A || isLineEnd(position)
      guard isEnd else {
        throw malformed(at: base + position, "line \(line): text behind a closing quotation mark; expected a comma")
      }
      take(upTo: buffer[position] == 0x0D ? position + 1 : position, &end)
    } else {
      end = .file
    }
    var range = field..<field + length
    while let first = range.first, isBlank(buffer[first]) { range = first + 1..<range.upperBound }
    while let last = range.last, isBlank(buffer[last]) { range = range.lowerBound..<last }
    return range
  }

  /// Puts the next byte behind the one at `place`, which ends a field.
  @inline(__always)
  private mutating func take(upTo place: Int, _ end: inout End) {
    if place >= buffer.count {
      end = .file
      position = place
      return
    }
    end = buffer[place] == 0x0A ? .line : .comma
    if end == .line { line += 1 }
    position = place + 1
  }

  /// Passes blanks. Returns whether a byte follows; `keeping` bytes in front of it stay in the buffer.
  @inline(__always)
  private mutating func skipBlanks(keeping kept: Int = 0) throws(FileError) -> Bool {
    while true {
      while position < buffer.count, isBlank(buffer[position]) { position += 1 }
      // One more byte tells whether a carriage return ends a line.
      if position + 1 < buffer.count || isAtEnd { return position < buffer.count }
      try fill(keeping: kept)
    }
  }

  @inline(__always)
  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Whether a carriage return at `place` ends a line or the file.
  private func isLineEnd(_ place: Int) -> Bool {
    buffer[place] == 0x0D && (place + 1 == buffer.count || buffer[place + 1] == 0x0A)
  }

  /// Puts the next block of the file behind what is not yet used.
  private mutating func fill(keeping kept: Int = 0) throws(FileError) {
    let start = max(0, position - kept)
    guard buffer.count - start <= Self.longestField + 1 else {
      throw malformed(at: base + start, "line \(line): a field of more than \(Self.longestField) bytes")
    }
    let block = try source.read(Self.blockSize, exactly: false)
    isAtEnd = block.count < Self.blockSize
    // An array that is full grows to twice its size. Each byte of the block can hold half a number at most.
    if numbers.count + block.count / 2 + 1 > numbers.capacity {
      try source.requireMemory(8 * (numbers.count + block.count / 2), for: "its numbers")
    }
    buffer = start == buffer.count ? block : Array(buffer[start...]) + block
    base += start
    position -= start
  }

  // MARK: - Errors

  private static func counted(_ fields: Int) -> String { fields == 1 ? "1 field" : "\(fields) fields" }

  private func malformed(at offset: Int, _ message: String) -> FileError {
    source.malformed(at: offset, message)
  }

  private func text(of field: Range<Int>) -> String {
    String(decoding: buffer[field.prefix(20)], as: UTF8.self)
  }

  /// Whether a field can be the name of a column: it is not empty and does not begin as numbers do.
  private func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return !"0123456789+-.?,".unicodeScalars.contains(first)
      && !Self.missing.contains(text.lowercased())
  }

  private func notANumber(_ field: Range<Int>, line: Int, column: Int) -> FileError {
    let text = text(of: field)
    var advice = ""
    if text.contains(";") {
      advice = "; separate fields by commas, not by ';'"
    } else if text.contains(where: { $0 == "," }),
      text.allSatisfy({ $0.isNumber || ",.+-eE".contains($0) })
    {
      advice = "; write a decimal point instead of the comma"
    }
    return malformed(
      at: base + field.lowerBound, "line \(line), column \(column): expected a number, found '\(text)'\(advice)")
  }
}
