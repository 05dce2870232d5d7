import Datasets
import Files
import Linalg

/// Says how the squared errors of single samples are distributed, for the data that a model was made for.
public struct ErrorDistribution: Sendable, Codable, Equatable {
  /// The number of samples that were measured.
  public let samples: Int
  public let mean: Double
  /// The 0th, 1st, … 100th percentile of ‖x̂ − x‖², in the network's units.
  public let percentiles: [Double]
  /// Whether the samples were held out of training. Errors on training samples are smaller than those on new data of
  /// the same kind, the more so the better a network has learned them by heart.
  public let isHeldOut: Bool

  /// Model files turn keys to snake case and back, so a reader finds there `heldOut` what was written as `held_out`.
  enum CodingKeys: String, CodingKey {
    case samples, mean, percentiles, heldOut
    case isHeldOut = "held_out"
  }

  public init(_ errors: [Double], isHeldOut: Bool = false) {
    precondition(!errors.isEmpty, "ErrorDistribution: no errors")
    let sorted = errors.sorted()
    samples = errors.count
    self.isHeldOut = isHeldOut
    mean = errors.reduce(0, +) / Double(errors.count)
    // Percentiles are linear between neighbours, as NumPy's are by default.
    percentiles = (0...100).map { percent in
      let place = Double(percent) / 100 * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
  }

  /// Files of before held-out samples were measured have the errors on training samples.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    samples = try values.decode(Int.self, forKey: .samples)
    mean = try values.decode(Double.self, forKey: .mean)
    // One number more than there may be is enough to see that the list is too long.
    var list = try values.nestedUnkeyedContainer(forKey: .percentiles)
    var read: [Double] = []
    while !list.isAtEnd && read.count < 102 { read.append(try list.decode(Double.self)) }
    percentiles = read
    isHeldOut =
      try values.decodeIfPresent(Bool.self, forKey: .heldOut)
      ?? values.decodeIfPresent(Bool.self, forKey: .isHeldOut) ?? false
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(samples, forKey: .samples)
    try values.encode(mean, forKey: .mean)
    try values.encode(percentiles, forKey: .percentiles)
    try values.encode(isHeldOut, forKey: .isHeldOut)
  }

  /// Whether the numbers can be a distribution; a file may have others.
  var isValid: Bool {
    samples > 0 && percentiles.count == 101 && percentiles.allSatisfy { $0.isFinite && $0 >= 0 }
      && Swift.zip(percentiles, percentiles.dropFirst()).allSatisfy { $0 <= $1 }
  }

  public var median: Double { percentiles[50] }

  /// Returns the share of `errors` that lie beyond the percentile `percentile`.
  public func share(of errors: [Double], beyondPercentile percentile: Int) -> Double {
    let limit = percentiles[percentile]
    return Double(errors.count { $0 > limit }) / Double(errors.count)
  }
}

extension ErrorDistribution: ModelFact {
  package static let key = "errorDistribution"

  package func problem(in model: Model) -> String? {
    isValid ? nil : "the error distribution is not 101 rising percentiles of some samples"
  }
}

extension Model {
  /// The errors on samples that were held out of training, or on the training samples where there were none; nil where
  /// they were not measured.
  public var errorDistribution: ErrorDistribution? { knowledge[ErrorDistribution.self] }

  /// Measures and keeps the errors on `data` for comparison with other data. Up to 10,000 samples are measured, of very
  /// large networks fewer, so that it takes about 2·10¹¹ operations at most.
  ///
  /// - `isHeldOut`: whether the model was made without these samples.
  /// - Throws: `FileError` for data that the model cannot take.
  public mutating func rememberErrors(
    on data: Dataset, isHeldOut: Bool = false, threads: Int = availableProcessors
  ) throws(FileError) {
    knowledge.remember(
      ErrorDistribution(
        try squaredErrors(data.spread(min(10_000, samples(within: 2e11))), threads: threads), isHeldOut: isHeldOut))
  }
}
