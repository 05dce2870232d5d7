/// The write side of a range asymmetric numeral system (rANS; Duda 2013, arXiv:1311.2540) with four interleaved states
/// of 32 bits, which give and take bytes.
///
/// A state x in [2²³, 2³¹) takes up a symbol of frequency f whose slots start at c by x ← ⌊x/f⌋·2¹⁵ + x mod f + c,
/// after it has given its low bytes away while x ≥ 2¹⁶f. The last symbol goes in first, so that the reader takes the
/// symbols in order; symbol i goes to state i mod 4.
public struct RangeEncoder {
  /// The least state. The encoder starts with it, and the decoder must end with it.
  static let lowest: UInt32 = 1 << 23
  static let lanes = 4

  /// For each symbol and raw byte in order, start | frequency << 16.
  private var operations: [UInt32] = []

  public init() {}

  /// Appends a symbol that is in `table`.
  @inline(__always)
  public mutating func append(_ symbol: Int32, _ table: FrequencyTable) {
    precondition(symbol >= table.low && symbol <= table.high, "append: symbol \(symbol) is not in its table")
    let entry = Int(symbol - table.low)
    operations.append(UInt32(table.starts[entry]) | UInt32(table.frequencies[entry]) << 16)
  }

  /// Appends the escape of `table` and then the 32 bits of `raw` as they are.
  public mutating func appendEscape(_ raw: UInt32, _ table: FrequencyTable) {
    operations.append(UInt32(table.starts[table.escape]) | UInt32(table.frequencies[table.escape]) << 16)
    for shift in [0, 8, 16, 24] as [UInt32] {
      let byte = raw >> shift & 0xFF
      operations.append(byte << 7 | 1 << 23)
    }
  }

  /// Returns the bytes of all that was appended: four states, little-endian, then the bytes that the reader takes in.
  public func finished() -> [UInt8] {
    var states = (0..<Self.lanes).map { _ in Self.lowest }
    // The bytes are collected from last to first and turned around at the end.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(operations.count)
    for index in operations.indices.reversed() {
      let (start, frequency) = (operations[index] & 0xFFFF, operations[index] >> 16)
      let lane = index & (Self.lanes - 1)
      var x = states[lane]
      while x >= frequency << 16 {
        bytes.append(UInt8(truncatingIfNeeded: x))
        x >>= 8
      }
      let quotient = x / frequency
      states[lane] = quotient << UInt32(FrequencyTable.precision) + (x - quotient * frequency) + start
    }
    for state in states.reversed() {
      for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: state >> shift)) }
    }
    bytes.reverse()
    return bytes
  }
}

/// The read side of `RangeEncoder`.
public struct RangeDecoder {
  /// Says what is wrong with the bytes: they end too soon, go on too long, or are not what an encoder writes.
  public enum Failure: Error, Equatable {
    case cut, left(Int), damaged
  }

  private let bytes: [UInt8]
  private var place: Int
  private var states: InlineArray<4, UInt32>
  private var index = 0

  public init(_ bytes: [UInt8]) throws(Failure) {
    guard bytes.count >= 4 * RangeEncoder.lanes else { throw .cut }
    self.bytes = bytes
    states = InlineArray { lane in
      (0..<4).reduce(0 as UInt32) { $0 | UInt32(bytes[4 * lane + $1]) << UInt32(8 * $1) }
    }
    place = 4 * RangeEncoder.lanes
    for lane in 0..<RangeEncoder.lanes {
      guard states[lane] >= RangeEncoder.lowest, states[lane] < 1 << 31 else { throw .damaged }
    }
  }

  /// Returns the next symbol by its table, or nil for an escape, which a call of `raw` must follow.
  @inline(__always)
  public mutating func next(_ table: FrequencyTable) throws(Failure) -> Int32? {
    let slot = states[index & 3] & UInt32(FrequencyTable.total - 1)
    let entry = table.entry(at: slot)
    try advance(UInt32(table.starts[entry]), UInt32(table.frequencies[entry]), slot)
    return entry == table.escape ? nil : table.low + Int32(entry)
  }

  /// Returns 32 bits as they were appended after an escape.
  public mutating func raw() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for shift in [0, 8, 16, 24] as [UInt32] {
      let slot = states[index & 3] & UInt32(FrequencyTable.total - 1)
      let byte = slot >> 7
      try advance(byte << 7, 1 << 7, slot)
      value |= byte << shift
    }
    return value
  }

  @inline(__always)
  private mutating func advance(_ start: UInt32, _ frequency: UInt32, _ slot: UInt32) throws(Failure) {
    var x = frequency * (states[index & 3] >> UInt32(FrequencyTable.precision)) + slot - start
    while x < RangeEncoder.lowest {
      guard place < bytes.count else { throw .cut }
      x = x << 8 | UInt32(bytes[place])
      place += 1
    }
    states[index & 3] = x
    index += 1
  }

  /// Checks behind the last symbol that all bytes are used up and that the states are back at their start.
  public func finish() throws(Failure) {
    guard place == bytes.count else { throw .left(bytes.count - place) }
    for lane in 0..<RangeEncoder.lanes where states[lane] != RangeEncoder.lowest { throw .damaged }
  }
}
