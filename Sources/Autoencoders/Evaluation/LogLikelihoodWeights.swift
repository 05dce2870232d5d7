import Linalg

/// Running sums over weights w that come as their logarithms; ln 1/N Σ w and its error follow from them.
///
/// All sums are held relative to the largest weight so far, so no spread of the logarithms overflows (log-sum-exp).
package struct WeightSums {
  /// The largest ln w so far, m.
  package private(set) var largest = -Double.infinity
  /// Σ e^(ln w − m).
  package private(set) var sum = 0.0
  /// Σ e^(2 (ln w − m)).
  package private(set) var squares = 0.0

  /// The number of numbers that `store` writes.
  package static let size = 3

  package init() {}

  /// Restores the sums that `store` left in `row`.
  package init(_ row: MatrixView<Double>) { (largest, sum, squares) = (row[0, 0], row[0, 1], row[0, 2]) }

  package func store(in row: MutableMatrixView<Double>) {
    (row[0, 0], row[0, 1], row[0, 2]) = (largest, sum, squares)
  }

  /// Adds the weight e^`logWeight`; −∞ is a weight of 0, and a NaN stays in the sums.
  package mutating func add(_ logWeight: Double) {
    let difference = logWeight - largest
    if logWeight > largest {
      // The scale is 0 for the first weight.
      let scale = Double.exp(-difference)
      sum = sum * scale + 1
      squares = squares * scale * scale + 1
      largest = logWeight
    } else if difference > -745 {
      // e^x is 0 in Double for x below that bound.
      let w = Double.exp(difference)
      sum += w
      squares += w * w
    } else if logWeight.isNaN {
      (sum, squares) = (.nan, .nan)
    }
  }

  /// Adds all weights of `other`.
  package mutating func add(_ other: WeightSums) {
    if other.sum == 0 { return }
    let scale = Double.exp(other.largest - max(largest, other.largest))
    let own = sum == 0 ? 0 : Double.exp(largest - max(largest, other.largest))
    sum = sum * own + other.sum * scale
    squares = squares * own * own + other.squares * scale * scale
    largest = max(largest, other.largest)
  }

  /// Returns ln 1/N Σ w of `count` weights.
  package func logMean(of count: Int) -> Double { largest + Double.log(sum / Double(count)) }

  /// The effective sample size (Σ w)² / Σ w², from 1 to N: so many equal weights would tell as much (Kong 1992). It is
  /// 0 where all weights are 0.
  package var effectiveSize: Double { squares == 0 ? 0 : sum * sum / squares }
}
