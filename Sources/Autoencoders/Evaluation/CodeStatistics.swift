import Datasets
import Linalg

/// Says how sparse a model's codes are.
///
/// A unit is active in a sample where |a| > 0.01 · max |a|, with the maximum over all units and samples.
public struct CodeStatistics: Sendable, Codable, Equatable {
  /// The |a| above which a unit counts as active.
  public let activityThreshold: Double
  /// The share of units that are active, mean over samples.
  public let activeShare: Double
  public let units: Int
  /// The number of units that are active in no sample.
  public let neverActive: Int
  /// The mean over samples of (√n − ‖a‖₁/‖a‖₂) / (√n − 1): 0 where all n units are equal, 1 where only one is not 0
  /// (Hoyer 2004). A sample whose code is 0 counts as 1. The value is nil for codes of one unit.
  public let hoyerSparsity: Double?
  /// The mean activation of each unit over samples.
  public let meanActivations: [Double]

  enum CodingKeys: String, CodingKey {
    case units
    case activityThreshold = "activity_threshold"
    case activeShare = "active_share"
    case neverActive = "units_never_active"
    case hoyerSparsity = "hoyer_sparsity"
    case meanActivations = "mean_activations"
  }

  /// Returns the share of units whose mean activation is within `distance` of `target`.
  public func share(within distance: Double, of target: Double) -> Double {
    Double(meanActivations.count { abs($0 - target) <= distance }) / Double(units)
  }
}

extension Model {
  /// Measures the sparsity of the codes of `data` in two passes.
  /// - Throws: `FileError` for data that the model cannot take.
  public func codeStatistics(_ data: Dataset, threads: Int = availableProcessors) throws -> CodeStatistics {
    let inference = Inference(self, .encode, threads: threads)
    let units = network.codeSize
    var largest: Float = 0
    var hoyer = 0.0
    var sums = [Double](repeating: 0, count: units)
    let root = Double(units).squareRoot()
    try inference.run(on: data) { codes in
      for row in 0..<codes.rows {
        var (l1, l2) = (0.0, 0.0)
        for unit in 0..<units {
          let value = codes.values[row * units + unit]
          let magnitude = value.magnitude
          largest = max(largest, magnitude)
          sums[unit] += Double(value)
          l1 += Double(magnitude)
          l2 += Double(magnitude) * Double(magnitude)
        }
        hoyer += l2 > 0 ? (root - l1 / l2.squareRoot()) / (root - 1) : 1
      }
    }
    let threshold = 0.01 * largest
    var active = 0
    var isActive = [Bool](repeating: false, count: units)
    try inference.run(on: data) { codes in
      for row in 0..<codes.rows {
        for unit in 0..<units where codes.values[row * units + unit].magnitude > threshold {
          active += 1
          isActive[unit] = true
        }
      }
    }
    let samples = Double(data.count)
    return CodeStatistics(
      activityThreshold: Double(threshold), activeShare: Double(active) / (samples * Double(units)), units: units,
      neverActive: isActive.count { !$0 }, hoyerSparsity: units > 1 ? hoyer / samples : nil,
      meanActivations: sums.map { $0 / samples })
  }
}
