/// Says how often each symbol of an alphabet is expected, in integers whose sum is 2¹⁵. Symbols become bits and bits
/// become symbols by such a table. The symbols are `low` … `high`, and behind them the escape, which stands for
/// everything else.
public struct FrequencyTable: Sendable, Equatable {
  /// The sum of the frequencies is 2 to this power.
  public static let precision = 15
  public static let total = 1 << precision
  /// The most symbols that a table may have, not counting the escape.
  public static let mostSymbols = 4096
  /// Symbols stay in this range, so that differences and multiples of them stay in 32 bits.
  public static let symbolRange: ClosedRange<Int32> = -(1 << 28)...(1 << 28)

  /// The lowest symbol.
  public let low: Int32
  /// The frequencies of `low` … `high`, then that of the escape; each is at least 1.
  public let frequencies: [UInt16]
  /// For each frequency, the sum of those before it.
  let starts: [UInt16]
  /// The entry in which each 2^`coarseBits`-th slot lies. There are at most twice as many of these slots as entries.
  private let firstEntries: [UInt16]
  private let coarseBits: UInt32

  /// The number of symbols, not counting the escape.
  public var count: Int { frequencies.count - 1 }
  /// The highest symbol.
  public var high: Int32 { low + Int32(count) - 1 }
  var escape: Int { count }

  /// The result is nil unless there is a symbol, all are in range, every frequency is at least 1 and their sum is 2¹⁵.
  public init?(low: Int32, frequencies: [UInt16]) {
    let symbols = frequencies.count - 1
    guard 1...Self.mostSymbols ~= symbols, Self.symbolRange.contains(low),
      Int64(low) + Int64(symbols) - 1 <= Int64(Self.symbolRange.upperBound), !frequencies.contains(0),
      frequencies.reduce(0, { $0 + Int($1) }) == Self.total
    else { return nil }
    self.low = low
    self.frequencies = frequencies
    var starts: [UInt16] = []
    starts.reserveCapacity(frequencies.count)
    var (sum, firstEntries) = (0, [UInt16]())
    coarseBits = UInt32(max(0, frequencies.count.leadingZeroBitCount - (Int.bitWidth - Self.precision)))
    firstEntries.reserveCapacity(Self.total >> Int(coarseBits))
    for (entry, frequency) in frequencies.enumerated() {
      starts.append(UInt16(sum))
      sum += Int(frequency)
      while firstEntries.count << Int(coarseBits) < sum { firstEntries.append(UInt16(entry)) }
    }
    self.starts = starts
    self.firstEntries = firstEntries
  }

  /// Finds the frequencies nearest to `weights`, those of `low` … and last that of the escape; each is at least 1.
  ///
  /// Each weight is rounded to a multiple of 2⁻¹⁵ of their sum. What is then too much or missing is taken or given one
  /// by one, each time where the expected length Σ −w log f grows least or shrinks most.
  public init(low: Int32, weights: [Double]) {
    precondition(
      2...Self.mostSymbols + 1 ~= weights.count && weights.allSatisfy { $0 >= 0 && $0.isFinite },
      "FrequencyTable: \(weights.count) weights")
    let sum = max(weights.reduce(0, +), .leastNormalMagnitude)
    let due = weights.map { $0 / sum * Double(Self.total) }
    var frequencies = due.map { max(1, $0.rounded()) }
    var excess = Int(frequencies.reduce(0, +)) - Self.total
    while excess != 0 {
      let change = excess > 0 ? -1.0 : 1.0
      // This is the derivative of w log f, half a step further on.
      func slope(_ i: Int) -> Double {
        frequencies[i] + change < 1 ? .infinity : due[i] / (frequencies[i] + change / 2)
      }
      let place = excess > 0 ? due.indices.min { slope($0) < slope($1) }! : due.indices.max { slope($0) < slope($1) }!
      frequencies[place] += change
      excess += Int(change)
    }
    self.init(low: low, frequencies: frequencies.map { UInt16($0) })!
  }

  /// Returns the entry in which `slot`, from 0 to 2¹⁵ − 1, lies.
  @inline(__always)
  func entry(at slot: UInt32) -> Int {
    var entry = Int(firstEntries[Int(slot >> coarseBits)])
    while entry < escape && UInt32(starts[entry + 1]) <= slot { entry += 1 }
    return entry
  }
}
