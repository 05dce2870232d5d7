import Datasets
import Linalg

/// Says how the numbers of a model's codes are distributed over data, and what an error in each of them costs.
/// Quantisation steps and coding tables follow from it.
public struct CodeDistribution: Sendable, Equatable {
  /// The probabilities of the quantiles: from 0 to 1, close together towards both ends.
  static let probabilities: [Double] =
    [0] + stride(from: -8.5, through: 8.5, by: 0.25).map { 1 / (1 + Double.exp(-$0)) } + [1]

  /// The number of samples that the distribution was measured on.
  public let samples: Int
  /// The standard deviation of each number of the code.
  public let deviations: [Float]
  /// The sensitivity Sⱼ = E ‖∂x̂/∂zⱼ‖² of each number of the code: a small error ε in zⱼ adds Sⱼ ε² to the squared
  /// error.
  public internal(set) var sensitivities: [Float]
  /// The quantiles of each number of the code, one for each of `probabilities`, rising.
  let quantiles: [Float]

  public var codeSize: Int { deviations.count }

  /// The distribution function of one number of the code; it is linear between the quantiles.
  struct Marginal {
    let quantiles: ArraySlice<Float>

    /// Returns P(z ≤ x).
    func callAsFunction(_ x: Double) -> Double {
      let (first, last) = (quantiles.startIndex, quantiles.endIndex - 1)
      if x < Double(quantiles[first]) { return 0 }
      if x >= Double(quantiles[last]) { return 1 }
      // The search finds the last quantile that is not above x.
      var (low, high) = (first, last)
      while high - low > 1 {
        let middle = (low + high) / 2
        if Double(quantiles[middle]) <= x { low = middle } else { high = middle }
      }
      let (a, b) = (Double(quantiles[low]), Double(quantiles[high]))
      let (p, q) = (
        CodeDistribution.probabilities[low - first], CodeDistribution.probabilities[high - first]
      )
      return p + (q - p) * (x - a) / (b - a)
    }

    /// Returns E[z | a < z ≤ b]; nil where the interval has next to no probability.
    func mean(above a: Double, upTo b: Double) -> Double? {
      var (mass, moment) = (0.0, 0.0)
      for k in quantiles.indices.dropLast() {
        let (from, to) = (Double(quantiles[k]), Double(quantiles[k + 1]))
        if from > b { break }
        let share =
          CodeDistribution.probabilities[k + 1 - quantiles.startIndex]
          - CodeDistribution.probabilities[k - quantiles.startIndex]
        let (low, high) = (max(a, from), min(b, to))
        let part = from == to ? (from > a ? share : 0) : share * max(0, high - low) / (to - from)
        mass += part
        moment += part * (low + high) / 2
      }
      return mass > 1e-9 ? moment / mass : nil
    }
  }

  func marginal(_ j: Int) -> Marginal {
    let count = Self.probabilities.count
    return Marginal(quantiles: quantiles[j * count..<(j + 1) * count])
  }

  /// Creates the distribution of `codes` (samples × code size) with sensitivities that were measured elsewhere.
  init(_ codes: Matrix<Float>, sensitivities: [Float], pool: WorkerPool) {
    precondition(codes.columns == sensitivities.count && codes.rows > 0, "CodeDistribution: \(codes.rows) codes")
    let (n, d, count) = (codes.rows, codes.columns, Self.probabilities.count)
    samples = n
    self.sensitivities = sensitivities
    var (deviations, quantiles) = ([Float](repeating: 0, count: d), [Float](repeating: 0, count: d * count))
    let results = Buffer<Float>(count: d * (count + 1))
    let table = results.view(rows: d, columns: count + 1)
    pool.run(tasks: d) { j, _ in
      let column = (0..<n).map { codes.values[$0 * d + j] }.sorted()
      let mean = column.reduce(0.0) { $0 + Double($1) } / Double(n)
      let variance = column.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(n)
      table[j, count] = Float(min(variance.squareRoot(), Double(Float.greatestFiniteMagnitude)))
      for (k, p) in Self.probabilities.enumerated() {
        // The i-th of n sorted numbers stands for the probability (i + ½)/n.
        let place = min(max(p * Double(n) - 0.5, 0), Double(n - 1))
        let below = Int(place)
        let above = min(below + 1, n - 1)
        let share = place - Double(below)
        table[j, k] = Float((1 - share) * Double(column[below]) + share * Double(column[above]))
      }
    }
    for j in 0..<d {
      deviations[j] = table[j, count]
      for k in 0..<count { quantiles[j * count + k] = table[j, k] }
    }
    self.deviations = deviations
    self.quantiles = quantiles
  }

  /// Whether the numbers can be a distribution of codes of `size` numbers; a file may have others.
  func isValid(for size: Int) -> Bool {
    let count = Self.probabilities.count
    return samples > 0 && deviations.count == size && sensitivities.count == size && quantiles.count == size * count
      && (deviations + sensitivities).allSatisfy { $0.isFinite && $0 >= 0 } && quantiles.allSatisfy(\.isFinite)
      && (0..<size).allSatisfy { j in
        (1..<count).allSatisfy { quantiles[j * count + $0 - 1] <= quantiles[j * count + $0] }
      }
  }
}

extension CodeDistribution: Codable {
  enum CodingKeys: String, CodingKey {
    case samples, deviations, sensitivities, quantiles
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    samples = try values.decode(Int.self, forKey: .samples)
    deviations = try values.decode(PackedFloats.self, forKey: .deviations).values
    sensitivities = try values.decode(PackedFloats.self, forKey: .sensitivities).values
    quantiles = try values.decode(PackedFloats.self, forKey: .quantiles).values
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(samples, forKey: .samples)
    try values.encode(PackedFloats(values: deviations), forKey: .deviations)
    try values.encode(PackedFloats(values: sensitivities), forKey: .sensitivities)
    try values.encode(PackedFloats(values: quantiles), forKey: .quantiles)
  }
}

extension CodeDistribution: ModelFact {
  package static let key = "codeDistribution"

  package func problem(in model: Model) -> String? {
    let size = model.network.codeSize
    return isValid(for: size) ? nil : "the distribution of the codes is not one of \(size) numbers"
  }
}
