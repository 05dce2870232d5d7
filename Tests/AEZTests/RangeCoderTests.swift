import Linalg
import Testing

@testable import AEZ

@Suite struct RangeCoderTests {
  /// Returns a table of random frequencies, of which some are near 0 and some large.
  static func table(_ random: inout RandomStream, symbols: Int) -> FrequencyTable {
    var weights = (0...symbols).map { _ in Double(random.index(below: 1000)) }
    weights[symbols] = 0.01
    for _ in 0..<symbols / 3 { weights[random.index(below: symbols)] = 0 }
    return FrequencyTable(low: Int32(random.index(below: 200)) - 100, weights: weights)
  }

  /// Writes `count` symbols by tables that take turns and reads them again. The symbols are drawn by their frequencies,
  /// so some are escapes. Throws where one comes back as another; returns the bytes taken and the bits that are ideal.
  static func roundTrip(count: Int, tables: [FrequencyTable], seed: UInt64) throws -> (bytes: Int, bits: Double) {
    var random = RandomStream(seed: seed, purpose: .other)
    var symbols = [Int32](repeating: 0, count: count)
    var raws: [UInt32] = []
    var encoder = RangeEncoder()
    var ideal = 0.0
    let costs = tables.map { $0.frequencies.map { 15 - Double.log(Double($0)) / Double.log(2) } }
    for i in 0..<count {
      let which = i % tables.count
      let table = tables[which]
      let entry = table.entry(at: random.word() & 0x7FFF)
      ideal += costs[which][entry]
      if entry == table.escape {
        symbols[i] = .min
        raws.append(random.word())
        encoder.appendEscape(raws.last!, table)
        ideal += 32
      } else {
        symbols[i] = table.low + Int32(entry)
        encoder.append(symbols[i], table)
      }
    }
    let bytes = encoder.finished()
    var decoder = try RangeDecoder(bytes)
    var raw = 0
    for i in 0..<count {
      if let symbol = try decoder.next(tables[i % tables.count]) {
        if symbol != symbols[i] { throw Mismatch(place: i) }
      } else {
        let bits = try decoder.raw()
        if symbols[i] != .min || bits != raws[raw] { throw Mismatch(place: i) }
        raw += 1
      }
    }
    try decoder.finish()
    return (bytes.count, ideal)
  }

  struct Mismatch: Error { let place: Int }

  @Test func symbolsOfAnyTablesComeBack() throws {
    for seed in 0..<20 as Range<UInt64> {
      var random = RandomStream(seed: seed, purpose: .other)
      let tables = (0..<5).map { _ in Self.table(&random, symbols: 1 + random.index(below: 300)) }
      for count in [0, 1, 2, 3, 4, 5, 1000] { _ = try Self.roundTrip(count: count, tables: tables, seed: seed) }
    }
  }

  /// Writes and reads 10⁸ symbols in parts of 10⁷; each part must be within 0.1 % of its ideal length.
  @Test func aHundredMillionSymbolsComeBack() throws {
    var random = RandomStream(seed: 1, purpose: .other)
    let tables = (0..<7).map { _ in Self.table(&random, symbols: 2 + random.index(below: 60)) }
    for part in 0..<10 as Range<UInt64> {
      let (bytes, bits) = try Self.roundTrip(count: 10_000_000, tables: tables, seed: part)
      #expect(Double(8 * bytes) < 1.001 * bits + 128, "part \(part): \(bytes) bytes for \(bits) bits")
    }
  }

  @Test func cutAndChangedBytesAreNotTakenForRight() throws {
    let table = FrequencyTable(low: -3, weights: [1, 5, 20, 5, 1, 0.1])
    var encoder = RangeEncoder()
    for i in 0..<200 as Range<Int32> { encoder.append(i % 5 - 3, table) }
    let bytes = encoder.finished()
    func decode(_ bytes: [UInt8]) throws {
      var decoder = try RangeDecoder(bytes)
      for _ in 0..<200 { if try decoder.next(table) == nil { _ = try decoder.raw() } }
      try decoder.finish()
    }
    try decode(bytes)
    for length in bytes.indices { #expect(throws: RangeDecoder.Failure.self) { try decode(Array(bytes[..<length])) } }
    #expect(throws: RangeDecoder.Failure.left(1)) { try decode(bytes + [0]) }
  }

  @Test func tablesThatAreNoneAreRefused() {
    #expect(FrequencyTable(low: 0, frequencies: [32767, 1]) != nil)
    #expect(FrequencyTable(low: 0, frequencies: [32768]) == nil)
    #expect(FrequencyTable(low: 0, frequencies: [32767, 2]) == nil)
    #expect(FrequencyTable(low: 0, frequencies: [32768, 0]) == nil)
    #expect(FrequencyTable(low: .max, frequencies: [16384, 16383, 1]) == nil)
  }

  @Test func frequenciesAreNearTheirWeights() {
    let table = FrequencyTable(low: 0, weights: [1, 1, 2, 0, 0])
    #expect(table.frequencies == [8192, 8191, 16383, 1, 1] || table.frequencies == [8191, 8192, 16383, 1, 1])
    #expect(FrequencyTable(low: 0, weights: [0, 0]).frequencies.reduce(0, +) == 32768)
  }
}
