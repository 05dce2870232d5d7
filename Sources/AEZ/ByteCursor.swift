import Files

/// Takes little-endian numbers from bytes, one after another. An error names the byte of the file at which it occurred.
struct ByteCursor {
  let bytes: [UInt8]
  let path: String
  private(set) var place: Int

  init(_ bytes: [UInt8], path: String, from place: Int = 0) {
    (self.bytes, self.path, self.place) = (bytes, path, place)
  }

  var left: Int { bytes.count - place }

  func malformed(_ message: String) -> FileError { FileError(.malformed, path, at: place, message) }

  /// Throws where fewer than `count` bytes are left, before memory is taken for what they hold.
  func require(_ count: Int, for what: String) throws(FileError) {
    if count > left { throw malformed("\(what) need \(count) bytes, but the header has \(left) left") }
  }

  mutating func take(_ count: Int) throws(FileError) -> ArraySlice<UInt8> {
    if count > left { throw malformed("the header ends here") }
    place += count
    return bytes[place - count..<place]
  }

  mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(FileError) -> T {
    try take(T.bitWidth / 8).reversed().reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
  }

  /// Takes a count, which must lie in `range`.
  mutating func count<T: FixedWidthInteger>(
    _ type: T.Type, in range: ClosedRange<Int>, _ what: String
  ) throws(FileError) -> Int {
    let start = place
    let value = UInt64(truncatingIfNeeded: try integer(type))
    guard value <= UInt64(range.upperBound), value >= UInt64(range.lowerBound) else {
      throw FileError(
        .malformed, path, at: start, "\(what) \(value); expected \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(value)
  }

  mutating func zeros(_ count: Int) throws(FileError) {
    let start = place
    if !(try take(count).allSatisfy { $0 == 0 }) {
      throw FileError(.malformed, path, at: start, "reserved bytes are not 0")
    }
  }
}

extension [UInt8] {
  mutating func append<T: FixedWidthInteger>(little value: T) {
    for shift in stride(from: 0, to: T.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> T(shift))) }
  }
}
