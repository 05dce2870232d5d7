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

  public init(_ errors: [Double]) {
    precondition(!errors.isEmpty, "ErrorDistribution: no errors")
    let sorted = errors.sorted()
    samples = errors.count
    mean = errors.reduce(0, +) / Double(errors.count)
    // Percentiles are linear between neighbours, as NumPy's are by default.
    percentiles = (0...100).map { percent in
      let place = Double(percent) / 100 * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
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
  /// The errors on the training samples; nil where they were not measured.
  public var errorDistribution: ErrorDistribution? { knowledge[ErrorDistribution.self] }

  /// Measures and keeps the errors on `data`, from which the model was made, for comparison with other data. Up to
  /// 10,000 samples are measured.
  /// - Throws: `FileError` for data that the model cannot take.
  public mutating func rememberErrors(on data: Dataset, threads: Int = availableProcessors) throws(FileError) {
    knowledge.remember(try errorDistribution(data, threads: threads))
  }

  /// Returns the errors on up to `most` samples spread evenly over `data`.
  private func errorDistribution(_ data: Dataset, most: Int = 10_000, threads: Int) throws(FileError)
    -> ErrorDistribution
  {
    let count = min(most, data.count)
    let chosen =
      count == data.count ? data : data.subset((0..<count).map { Int32($0 * data.count / count) })
    return ErrorDistribution(try squaredErrors(chosen, threads: threads))
  }
}
