import Linalg

/// Sums over weights w that come as their logarithms, from one to the next: what ln 1/N Σ w and its error need.
///
/// All are held relative to the largest weight so far, so no spread of the logarithms overflows (log-sum-exp).
package struct WeightSums {
  /// m, the largest ln w.
  package private(set) var largest = -Double.infinity
  /// Σ e^(ln w − m).
  package private(set) var sum = 0.0
  /// Σ e^(2 (ln w − m)).
  package private(set) var squares = 0.0

  /// Numbers that `store` writes.
  package static let size = 3

  package init() {}

  /// As `store` left it.
  package init(_ row: MatrixView<Double>) { (largest, sum, squares) = (row[0, 0], row[0, 1], row[0, 2]) }

  package func store(in row: MutableMatrixView<Double>) {
    (row[0, 0], row[0, 1], row[0, 2]) = (largest, sum, squares)
  }

  /// Counts the weight e^`logWeight`; −∞ is a weight of 0, and a NaN stays in the sums.
  package mutating func add(_ logWeight: Double) {
    let difference = logWeight - largest
    if logWeight > largest {
      // 0 for the first.
      let scale = Double.exp(-difference)
      sum = sum * scale + 1
      squares = squares * scale * scale + 1
      largest = logWeight
    } else if difference > -745 {
      // Further down e^x is 0.
      let w = Double.exp(difference)
      sum += w
      squares += w * w
    } else if logWeight.isNaN {
      (sum, squares) = (.nan, .nan)
    }
  }

  /// ln 1/N Σ w of `count` weights.
  package func logMean(of count: Int) -> Double { largest + Double.log(sum / Double(count)) }

  /// (Σ w)² / Σ w², from 1 to N: how many equal weights would tell as much (Kong 1992); 0 where all are 0.
  package var effectiveSize: Double { squares == 0 ? 0 : sum * sum / squares }
}
