import AEZ
import Linalg

/// The quantiser of one number of a code. It is entropy-constrained, with steps of one width.
///
/// Symbol q stands for r_q = (q + o_q)Δ, where the offset o_q leads to the mean of the numbers that get q. z becomes
/// the q for which (z − r_q)²/Δ² + λ bits(q) is least. λ = ln 2 / 6 is the slope of distortion against rate, −∂D/∂R in
/// units of Δ², where D = Δ²/12 and each bit halves Δ. Intervals, probabilities and means are found in turn.
///
/// Source: P. A. Chou, T. Lookabaugh, R. M. Gray, "Entropy-constrained vector quantization", 1989, for one dimension.
struct ScalarQuantiser: Sendable {
  /// The width Δ of a step.
  let step: Float
  let code: CodeTable
  /// The upper ends of the symbols' intervals in units of Δ, without that of the last symbol.
  private let thresholds: [Float]

  static let lambda = 0.11552453009332421
  static let iterations = 4

  /// Creates the quantiser of numbers distributed as `marginal`, which was measured on `samples` samples.
  init(step: Float, _ marginal: CodeDistribution.Marginal, samples: Int) {
    self.step = step
    let width = Double(step)
    let (lowest, highest) = (Double(marginal.quantiles.first!), Double(marginal.quantiles.last!))
    // The margin lets samples lie further out than those that were seen.
    let margin = 0.05 * (highest - lowest)
    let limit = Double(FrequencyTable.symbolRange.upperBound) / 2
    var low = ((lowest - margin) / width).rounded()
    var high = ((highest + margin) / width).rounded()
    low = min(max(low, -limit), limit)
    high = min(max(high, low), limit)
    if high - low >= Double(FrequencyTable.mostSymbols) {
      let middle = ((low + high) / 2).rounded()
      low = middle - Double(FrequencyTable.mostSymbols / 2)
      high = low + Double(FrequencyTable.mostSymbols - 1)
    }
    let count = Int(high - low) + 1
    // A symbol that no sample fell to is possible too.
    let unseen = min(0.5, 1 / Double(samples))
    var ends = (0..<count - 1).map { low + Double($0) + 0.5 }
    var points = (0..<count).map { low + Double($0) }
    var shares = [Double](repeating: 0, count: count)
    for _ in 0..<Self.iterations {
      var below = 0.0
      for i in 0..<count {
        let above = i == count - 1 ? 1 : marginal(ends[i] * width)
        shares[i] = (1 - unseen) * max(above - below, 0) + unseen / Double(count)
        below = above
      }
      Self.centre(&points, low: low, ends: ends, marginal, width)
      Self.divide(&ends, points, shares)
    }
    let escapes = 1e-5
    code = CodeTable(
      FrequencyTable(low: Int32(low), weights: shares + [escapes]),
      offsets: points.enumerated().map { Int8(min(max((($1 - low - Double($0)) * 256).rounded(), -127), 127)) })
    thresholds = ends.map { Float($0) }
  }

  /// Puts the end of each interval where the costs (t − rᵢ)² + λ bitsᵢ of two symbols meet.
  ///
  /// The costs less t² are lines, and the least cost is their lower envelope, found from left to right. A symbol that
  /// is nowhere the cheapest gets an interval that ends where it begins.
  private static func divide(_ ends: inout [Double], _ points: [Double], _ shares: [Double]) {
    /// The symbols of the envelope, and where each begins to be the cheapest.
    var envelope: [(symbol: Int, start: Double)] = [(0, -.infinity)]
    for i in points.indices.dropFirst() {
      while true {
        let (j, start) = envelope.last!
        let bits = log2(shares[j] / shares[i])
        let meeting = (points[i] + points[j]) / 2 + lambda * bits / (2 * (points[i] - points[j]))
        if meeting > start {
          envelope.append((i, meeting))
          break
        }
        envelope.removeLast()
      }
    }
    for (one, next) in zip(envelope, envelope.dropFirst()) {
      for i in one.symbol..<next.symbol { ends[i] = next.start }
    }
  }

  /// Moves each point to the mean of the numbers in its interval, but by no more than 0.45 from the middle.
  private static func centre(
    _ points: inout [Double], low: Double, ends: [Double], _ marginal: CodeDistribution.Marginal, _ width: Double
  ) {
    for i in points.indices {
      let middle = low + Double(i)
      let from = i == 0 ? -Double.infinity : ends[i - 1]
      let to = i == points.count - 1 ? Double.infinity : ends[i]
      let mean = from < to ? marginal.mean(above: from * width, upTo: to * width).map { $0 / width } ?? middle : middle
      points[i] = middle + min(max(mean - middle, -0.45), 0.45)
    }
  }

  /// Returns the symbol of z; nil where z lies outside the table.
  @inline(__always)
  func symbol(_ z: Float) -> Int32? {
    let t = z / step
    let (low, high) = (code.table.low, code.table.high)
    guard t >= Float(low) - 0.75, t <= Float(high) + 0.75 else { return nil }
    var i = min(max(Int(t.rounded()) - Int(low), 0), thresholds.count)
    while i < thresholds.count && t > thresholds[i] { i += 1 }
    while i > 0 && t <= thresholds[i - 1] { i -= 1 }
    return low + Int32(i)
  }

  /// Returns the number that a symbol of `code` stands for; it is the same bits on any machine that follows IEEE 754.
  static func value(_ symbol: Int32, _ code: CodeTable, step: Float) -> Float {
    let offset = Double(code.offsets[Int(symbol - code.table.low)]) / 256
    return Float((Double(symbol) + offset) * Double(step))
  }

  /// −log₂ of each entry's share, in bits; the last is the escape's with its 32 bits.
  var costs: [Double] {
    var costs = code.table.frequencies.map {
      Double(FrequencyTable.precision) - log2(Double($0))
    }
    costs[costs.count - 1] += 32
    return costs
  }
}
