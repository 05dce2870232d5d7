import Datasets
import Files
import Linalg

/// Says how well one dimension of the code tells a factor that the data were drawn by.
public struct FactorCorrelation: Sendable, Codable, Equatable {
  public let factor: String
  /// The dimension of the code, from 1, that goes with the factor best.
  public let dimension: Int
  public let measure: Measure
  /// r or η of the dimension and the factor; 0 where one of them is constant.
  public let correlation: Double
  /// The largest |r| or η over the dimensions that is to be expected where codes and factor have nothing to do with
  /// each other: the mean over random orders of the factor. The largest of many is never near 0.
  public let chanceLevel: Double

  public enum Measure: String, Sendable, Codable {
    /// Pearson's r, for factors that are numbers.
    case pearson
    /// The correlation ratio η, the root of the share of the dimension's variance that lies between the classes, from 0
    /// to 1, for factors that are classes: whose values are whole numbers, from 2 to 32 different ones. The order of
    /// classes has no meaning, so an r would have none.
    ///
    /// Source: R. A. Fisher, Statistical methods for research workers (1925), section 45.
    case correlationRatio = "correlation-ratio"
  }

  enum CodingKeys: String, CodingKey {
    case factor, dimension, measure, correlation
    case chanceLevel = "chance_level"
  }
}

extension Model {
  /// Returns, for each factor of `data`, the dimension of the code with the largest |r| or η; nil for data without
  /// factors.
  /// - Throws: `FileError` for data that the model cannot take.
  public func factorCorrelations(
    _ data: Dataset, threads: Int = availableProcessors
  ) throws(FileError) -> [FactorCorrelation]? {
    guard let factors = data.factors else { return nil }
    let codes = standardised(try encode(data, threads: threads))
    return data.factorNames.indices.map { index in
      FactorContrast((0..<factors.rows).map { Double(factors[$0, index]) }).correlation(
        with: codes, name: data.factorNames[index])
    }
  }
}

/// Returns the columns less their means, divided by their lengths; a constant column becomes 0.
private func standardised(_ codes: Matrix<Float>) -> Matrix<Float> {
  var result = codes
  for j in 0..<codes.columns {
    let column = unit((0..<codes.rows).map { Double(codes[$0, j]) })
    for i in 0..<codes.rows { result[i, j] = Float(column[i]) }
  }
  return result
}

/// Returns `values` less their mean, divided by their length; zeros where they are all the same.
private func unit(_ values: [Double]) -> [Double] {
  let mean = values.reduce(0, +) / Double(values.count)
  let centred = values.map { $0 - mean }
  let length = centred.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return length > 0 ? centred.map { $0 / length } : centred
}

/// A factor as orthonormal rows over the samples: one for numbers, one for each class. For a column v of length 1 and
/// mean 0, the product with the one row is r, and the length of the products with the classes' rows is η.
private struct FactorContrast {
  private let measure: FactorCorrelation.Measure
  /// The number of the row that a sample has its entry in, and that entry; all others are 0.
  private let rows: [Int]
  private let entries: [Double]
  private let count: Int

  init(_ values: [Double]) {
    let distinct = Set(values)
    let areClasses = 2...32 ~= distinct.count && 2 * distinct.count <= values.count
    guard areClasses, distinct.allSatisfy({ $0 == $0.rounded() }) else {
      (measure, count, rows, entries) = (.pearson, 1, values.map { _ in 0 }, unit(values))
      return
    }
    let numbers = Dictionary(uniqueKeysWithValues: distinct.sorted().enumerated().map { ($1, $0) })
    rows = values.map { numbers[$0]! }
    var sizes = [Int](repeating: 0, count: distinct.count)
    for row in rows { sizes[row] += 1 }
    (measure, count) = (.correlationRatio, distinct.count)
    entries = rows.map { [sizes] in 1 / Double(sizes[$0]).squareRoot() }
  }

  func correlation(with codes: Matrix<Float>, name: String) -> FactorCorrelation {
    let own = products(codes, order: nil)
    let sizes = magnitudes(own)
    let best = sizes.indices.max { sizes[$0] < sizes[$1] }!
    // The mean of the largest needs few orders; with very much data there are fewer.
    let orders = codes.rows * codes.columns > 10_000_000 ? 20 : 100
    var random = RandomStream(seed: 0, purpose: .other)
    var total = 0.0
    for _ in 0..<orders { total += magnitudes(products(codes, order: random.permutation(codes.rows))).max()! }
    return FactorCorrelation(
      factor: name, dimension: best + 1, measure: measure,
      correlation: measure == .pearson ? Double(own[0, best]) : min(1, sizes[best]), chanceLevel: total / Double(orders)
    )
  }

  /// Returns the products of the rows, with the samples in another order, with the columns of `codes`.
  private func products(_ codes: Matrix<Float>, order: [Int32]?) -> Matrix<Float> {
    var contrast = Matrix<Float>(rows: count, columns: codes.rows)
    for sample in 0..<codes.rows {
      let source = order.map { Int($0[sample]) } ?? sample
      contrast[rows[source], sample] = Float(entries[source])
    }
    return contrast.product(with: codes)
  }

  /// Returns the lengths of the columns.
  private func magnitudes(_ products: Matrix<Float>) -> [Double] {
    (0..<products.columns).map { j in
      (0..<products.rows).reduce(0.0) { $0 + Double(products[$1, j]) * Double(products[$1, j]) }.squareRoot()
    }
  }
}
