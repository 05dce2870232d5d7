import Datasets
import Files
import Linalg

/// Says how well one dimension of the code tells a factor that the data were drawn by.
public struct FactorCorrelation: Sendable, Codable, Equatable {
  public let factor: String
  /// The dimension of the code, from 1, that goes with the factor best.
  public let dimension: Int
  /// Pearson's r of the dimension and the factor; 0 where one of them is constant.
  public let correlation: Double
}

extension Model {
  /// Returns, for each factor of `data`, the dimension of the code with the largest |r|; nil for data without factors.
  /// - Throws: `FileError` for data that the model cannot take.
  public func factorCorrelations(
    _ data: Dataset, threads: Int = availableProcessors
  ) throws(FileError) -> [FactorCorrelation]? {
    guard let factors = data.factors else { return nil }
    let codes = try encode(data, threads: threads)
    let dimensions = (0..<codes.columns).map { Standardised(codes, column: $0) }
    return data.factorNames.indices.map { index in
      let factor = Standardised(factors, column: index)
      let correlations = dimensions.map { factor.correlation(with: $0) }
      let best = correlations.indices.max { abs(correlations[$0]) < abs(correlations[$1]) }!
      return FactorCorrelation(
        factor: data.factorNames[index], dimension: best + 1, correlation: correlations[best])
    }
  }
}

/// A column less its mean, divided by its length, so that the product of two is their correlation.
private struct Standardised {
  let values: [Double]

  init(_ matrix: Matrix<Float>, column: Int) {
    let raw = (0..<matrix.rows).map { Double(matrix[$0, column]) }
    let mean = raw.reduce(0, +) / Double(raw.count)
    let centred = raw.map { $0 - mean }
    let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
    values = length > 0 ? centred.map { $0 / length } : centred
  }

  func correlation(with other: Standardised) -> Double {
    Swift.zip(values, other.values).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
