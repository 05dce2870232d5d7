/// How often each symbol of one alphabet is expected, in integers whose sum is 2¹⁵: what bits and symbols are turned into
/// one another by. The symbols are `low` … `high`, and behind them the escape, which stands for everything else.
public struct FrequencyTable: Sendable, Equatable {
  /// The frequencies' sum is 2 to this power.
  public static let precision = 15
  public static let total = 1 << precision
  /// The most symbols, the escape left out.
  public static let mostSymbols = 4096
  /// Symbols stay in this range, so that differences and multiples of them stay in 32 bits.
  public static let symbolRange: ClosedRange<Int32> = -(1 << 28)...(1 << 28)

  /// The lowest symbol.
  public let low: Int32
  /// Of `low` … `high`, then of the escape; each at least 1.
  public let frequencies: [UInt16]
  /// Sums of the frequencies before each.
  let starts: [UInt16]
  /// The entry in which each 2^`coarseBits`-th slot lies: about twice as many as there are entries.
  private let firstEntries: [UInt16]
  private let coarseBits: UInt32

  /// Symbols, the escape left out.
  public var count: Int { frequencies.count - 1 }
  /// The highest symbol.
  public var high: Int32 { low + Int32(count) - 1 }
  var escape: Int { count }

  /// Nil unless there is a symbol, all are in range, every frequency is at least 1 and their sum is 2¹⁵.
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

  /// The frequencies nearest to `weights`, of `low` … and last of the escape, with none under 1.
  ///
  /// Each weight is rounded in units of 2⁻¹⁵ of their sum; what is then too much or missing is taken or given one by one,
  /// where Σ −w log f loses least or gains most.
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
      // The derivative of w log f half a step on.
      func slope(_ i: Int) -> Double {
        frequencies[i] + change < 1 ? .infinity : due[i] / (frequencies[i] + change / 2)
      }
      let place = excess > 0 ? due.indices.min { slope($0) < slope($1) }! : due.indices.max { slope($0) < slope($1) }!
      frequencies[place] += change
      excess += Int(change)
    }
    self.init(low: low, frequencies: frequencies.map { UInt16($0) })!
  }

  /// The entry that `slot` lies in, from 0 to 2¹⁵ − 1.
  @inline(__always)
  func entry(at slot: UInt32) -> Int {
    var entry = Int(firstEntries[Int(slot >> coarseBits)])
    while entry < escape && UInt32(starts[entry + 1]) <= slot { entry += 1 }
    return entry
  }
}
