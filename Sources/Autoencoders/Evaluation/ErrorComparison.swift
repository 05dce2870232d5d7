/// The errors of data against those that a model knows: on samples held out of its training, or on the training
/// samples.
public struct ErrorComparison: Sendable, Codable, Equatable {
  /// The errors that the model knows; `isHeldOut` says whose they are.
  public let reference: ErrorDistribution
  public let data: ErrorDistribution
  /// The median error ÷ the reference's median error; nil where the latter is 0.
  public let medianRatio: Double?
  /// The share of samples whose error is beyond the reference's 99th percentile. For data of the same kind it is 0.01
  /// where the reference was held out, and more where it is the training data.
  public let shareBeyond99thPercentile: Double

  enum CodingKeys: String, CodingKey {
    case reference, data
    case medianRatio = "median_ratio"
    case shareBeyond99thPercentile = "share_beyond_99th_percentile"
  }

  init(_ errors: [Double], against reference: ErrorDistribution) {
    self.reference = reference
    data = ErrorDistribution(errors)
    medianRatio = reference.median > 0 ? data.median / reference.median : nil
    shareBeyond99thPercentile = reference.share(of: errors, beyondPercentile: 99)
  }
}
