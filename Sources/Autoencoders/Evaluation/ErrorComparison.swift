/// The errors of data against those on the data that a model was trained on.
public struct ErrorComparison: Sendable, Codable, Equatable {
  public let training: ErrorDistribution
  public let data: ErrorDistribution
  /// The median error ÷ the training data's median error; nil where the latter is 0.
  public let medianRatio: Double?
  /// The share of samples whose error is beyond the training data's 99th percentile; it is 0.01 for data of the same
  /// kind.
  public let shareBeyond99thPercentile: Double

  enum CodingKeys: String, CodingKey {
    case training, data
    case medianRatio = "median_ratio"
    case shareBeyond99thPercentile = "share_beyond_99th_percentile"
  }

  init(_ errors: [Double], against training: ErrorDistribution) {
    self.training = training
    data = ErrorDistribution(errors)
    medianRatio = training.median > 0 ? data.median / training.median : nil
    shareBeyond99thPercentile = training.share(of: errors, beyondPercentile: 99)
  }
}
