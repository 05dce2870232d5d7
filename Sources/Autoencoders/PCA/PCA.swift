import Linalg

/// Principal components: the best linear code of any size, and the density that goes with it. The value is immutable.
///
/// x ≈ μ + Cᵀz with z = C(x − μ), where C (d × n) has orthonormal rows, the directions of largest variance. Among all
/// linear codes of d numbers this one has the least squared error. As a density (probabilistic PCA) x is N(μ,
/// Cᵀ(Λ − σ²I)C + σ²I), where Λ has the explained variances and σ² is the mean of the n − d variances left out. The
/// maximum of the likelihood has these numbers but for the divisor of all variances, N instead of N − 1.
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
  /// The variance that a direction without any may seem to have, because numbers were rounded on the way.
  let rounding: Double

  /// The number n of features.
  public var featureCount: Int { mean.count }
  /// The number d of components.
  public var size: Int { components.rows }

  /// The share of each component in the total variance; zeros where the total is 0.
  public var explainedVarianceRatio: [Double] {
    explainedVariance.map { totalVariance > 0 ? $0 / totalVariance : 0 }
  }

  /// The noise variance σ² of probabilistic PCA: the mean of the n − d variances left out, or 0 where these are no more
  /// than rounding.
  ///
  /// With no more samples than features, N ≤ n, most of them are 0 and count all the same (Tipping and Bishop 1999,
  /// equation 8). scikit-learn (1.9) divides by min(n, N) − d instead, which is the same for N ≥ n alone.
  public var noiseVariance: Double { density.noiseVariance }

  /// Returns the same components, but only the first `count` of them.
  public func truncated(to count: Int) -> PCA {
    precondition(1...size ~= count, "PCA: \(count) of \(size) components")
    return PCA(
      mean: mean, components: components.rows(0..<count), explainedVariance: Array(explainedVariance[..<count]),
      totalVariance: totalVariance, samples: samples, rounding: rounding)
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
  /// - Throws: `InvalidArgument` where there is no such density, because some direction has no variance.
  public func logLikelihood(_ x: Matrix<Double>) throws(InvalidArgument) -> [Double] {
    let codes = encode(x)
    let density = density
    if let reason = density.whyUndefined { throw InvalidArgument(reason) }
    return (0..<x.rows).map { i in
      let squaredNorm = (0..<x.columns).reduce(0.0) { $0 + (x[i, $1] - mean[$1]) * (x[i, $1] - mean[$1]) }
      return density.logLikelihood(code: (0..<size).map { codes[i, $0] }, squaredNorm: squaredNorm)
    }
  }

  /// The density in the coordinates of the components.
  public var density: PCADensity {
    PCADensity(
      explainedVariance: explainedVariance, features: featureCount, totalVariance: totalVariance, samples: samples,
      rounding: rounding)
  }

  private func scale(_ codes: inout Matrix<Double>, _ factor: (Double) -> Double) {
    let factors = explainedVariance.map(factor)
    for i in 0..<codes.rows { for j in 0..<codes.columns { codes[i, j] *= factors[j] } }
  }
}
