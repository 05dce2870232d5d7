/// Reads decimal numbers from text, as the nearest Float.
struct DecimalReader {
  /// 10⁰ … 10²², all of which a Double holds exactly.
  private let powers = Self.powersOfTen

  private static let powersOfTen: [Double] = (0...22).map { Double("1e\($0)")! }

  /// Returns the number that the bytes of `range` spell, without blanks around it; nil where they spell none.
  ///
  /// Up to 2⁵³ · 10^±22 the number is one correctly rounded division or product in Double. Rounding that to Float gives
  /// the nearest Float unless the Double lies in the middle between two: such numbers, and all others, go to the
  /// standard library. Source: W. D. Clinger, "How to read floating point numbers accurately", 1990.
  @inline(__always)
  func number(_ bytes: [UInt8], _ range: Range<Int>) -> Float? {
    var place = range.lowerBound
    let end = range.upperBound
    guard place < end else { return nil }
    let isNegative = bytes[place] == 0x2D
    if isNegative || bytes[place] == 0x2B { place += 1 }
    var mantissa: UInt64 = 0
    var exponent = 0
    var hasDigits = false
    while place < end, bytes[place] &- 0x30 < 10 {
      mantissa = mantissa * 10 + UInt64(bytes[place] - 0x30)
      if mantissa > 1 << 53 { return slowly(bytes, range) }
      hasDigits = true
      place += 1
    }
    if place < end, bytes[place] == 0x2E {
      place += 1
      while place < end, bytes[place] &- 0x30 < 10 {
        mantissa = mantissa * 10 + UInt64(bytes[place] - 0x30)
        if mantissa > 1 << 53 { return slowly(bytes, range) }
        exponent -= 1
        hasDigits = true
        place += 1
      }
    }
    guard hasDigits else { return slowly(bytes, range) }
    if place < end, bytes[place] | 0x20 == 0x65 {
      place += 1
      let isDown = place < end && bytes[place] == 0x2D
      if place < end, isDown || bytes[place] == 0x2B { place += 1 }
      let first = place
      var scale = 0
      while place < end, bytes[place] &- 0x30 < 10 {
        scale = scale * 10 + Int(bytes[place] - 0x30)
        if scale > 9999 { return slowly(bytes, range) }
        place += 1
      }
      if place == first { return nil }
      exponent += isDown ? -scale : scale
    }
    guard place == end, exponent.magnitude < powers.count else { return slowly(bytes, range) }
    let value =
      exponent < 0 ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
    // The last 29 bits of a Double lie below those of a Float; this is their middle.
    if value.bitPattern & 0x1FFF_FFFF == 0x1000_0000 { return slowly(bytes, range) }
    return isNegative ? -Float(value) : Float(value)
  }

  @inline(never)
  private func slowly(_ bytes: [UInt8], _ range: Range<Int>) -> Float? {
    Float(String(decoding: bytes[range], as: UTF8.self))
  }
}
