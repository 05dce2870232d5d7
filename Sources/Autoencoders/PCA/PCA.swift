import Linalg

/// Principal components: the best linear code of any size, and the density that goes with it. The value is immutable.
///
/// x ≈ μ + Cᵀz with z = C(x − μ), where C (d × n) has orthonormal rows, the directions of largest variance. Among all
/// linear codes of d numbers this one has the least squared error. As a density (probabilistic PCA) x is N(μ,
/// Cᵀ(Λ − σ²I)C + σ²I), where Λ has the explained variances and σ² is the mean of the variances left out.
///
/// Sources: I. T. Jolliffe, Principal Component Analysis; M. Tipping and C. Bishop, Probabilistic principal component
/// analysis, J. R. Statist. Soc. B 61 (1999).
public struct PCA: Sendable, Equatable {
  /// The mean μ, n numbers.
  public let mean: [Double]
  /// The matrix C, d × n: its rows are orthonormal, their variances descend, and the entry of largest magnitude in each
  /// is positive.
  public let components: Matrix<Double>
  /// The variances λ₁ ≥ … ≥ λ_d ≥ 0 along the components, divided by N − 1.
  public let explainedVariance: [Double]
  /// The sum of the variances of all features.
  public let totalVariance: Double
  /// The number N of samples that the components were fitted to.
  public let samples: Int
  /// The number of variances besides those in `explainedVariance`: min(n, N − 1) − d.
  let variancesLeft: Int

  /// The number n of features.
  public var featureCount: Int { mean.count }
  /// The number d of components.
  public var size: Int { components.rows }

  /// The share of each component in the total variance; zeros where the total is 0.
  public var explainedVarianceRatio: [Double] {
    explainedVariance.map { totalVariance > 0 ? $0 / totalVariance : 0 }
  }

  /// The noise variance σ² of probabilistic PCA: the mean of the min(n, N − 1) − d variances left out, or 0 where none
  /// are. For N > n it is the maximum-likelihood estimate but for the divisor N − 1, as in scikit-learn.
  public var noiseVariance: Double {
    let left = totalVariance - explainedVariance.reduce(0, +)
    return variancesLeft > 0 ? max(0, left) / Double(variancesLeft) : 0
  }

  /// Returns the same components, but only the first `count` of them.
  public func truncated(to count: Int) -> PCA {
    precondition(1...size ~= count, "PCA: \(count) of \(size) components")
    return PCA(
      mean: mean, components: components.rows(0..<count), explainedVariance: Array(explainedVariance[..<count]),
      totalVariance: totalVariance, samples: samples, variancesLeft: variancesLeft + size - count)
  }

  /// Returns z = (x − μ)·Cᵀ for x in rows (B × n).
  ///
  /// Whitened codes are divided by the square roots of the explained variances, so that each number has variance 1; the
  /// numbers of a component without variance are 0.
  public func encode(_ x: Matrix<Double>, whiten: Bool = false) -> Matrix<Double> {
    precondition(x.columns == featureCount, "PCA: \(x.columns) features for \(featureCount)")
    var centred = x
    for i in 0..<x.rows { for j in 0..<x.columns { centred[i, j] -= mean[j] } }
    var codes = centred.product(with: components, .yes)
    if whiten { scale(&codes) { $0 > 0 ? 1 / $0.squareRoot() : 0 } }
    return codes
  }

  /// Returns x̂ = z·C + μ for z in rows (B × d).
  public func decode(_ z: Matrix<Double>, whitened: Bool = false) -> Matrix<Double> {
    precondition(z.columns == size, "PCA: codes of \(z.columns) numbers for \(size) components")
    var codes = z
    if whitened { scale(&codes) { $0.squareRoot() } }
    var x = codes.product(with: components)
    for i in 0..<x.rows { for j in 0..<x.columns { x[i, j] += mean[j] } }
    return x
  }

  public func reconstruct(_ x: Matrix<Double>) -> Matrix<Double> { decode(encode(x)) }

  /// Returns ln p(x) under probabilistic PCA for each row of x, in nats: −½ (n ln 2π + Σ ln λᵢ + (n − d) ln σ² + Σ
  /// zᵢ²/λᵢ + (‖x − μ‖² − ‖z‖²)/σ²).
  ///
  /// It is −∞ where x lies off the components and σ² = 0.
  public func logLikelihood(_ x: Matrix<Double>) -> [Double] {
    let codes = encode(x)
    let density = density
    return (0..<x.rows).map { i in
      let squaredNorm = (0..<x.columns).reduce(0.0) { $0 + (x[i, $1] - mean[$1]) * (x[i, $1] - mean[$1]) }
      return density.logLikelihood(code: (0..<size).map { codes[i, $0] }, squaredNorm: squaredNorm)
    }
  }

  /// The density in the coordinates of the components.
  public var density: PCADensity {
    PCADensity(
      explainedVariance: explainedVariance, noiseVariance: noiseVariance, features: featureCount,
      totalVariance: totalVariance, samples: samples)
  }

  private func scale(_ codes: inout Matrix<Double>, _ factor: (Double) -> Double) {
    let factors = explainedVariance.map(factor)
    for i in 0..<codes.rows { for j in 0..<codes.columns { codes[i, j] *= factors[j] } }
  }
}
