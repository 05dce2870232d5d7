import Linalg

/// Kullback–Leibler divergences KL(p ‖ q) = E_p[ln p − ln q] in closed form, in nats.
public enum Divergence {
  /// A normal distribution N(mean, covariance) of n dimensions.
  public struct Gaussian: Sendable {
    public let mean: [Double]
    /// The covariance Σ, n × n, symmetric and positive definite.
    public let covariance: Matrix<Double>

    public init(mean: [Double], covariance: Matrix<Double>) {
      precondition(
        covariance.rows == mean.count && covariance.columns == mean.count && !mean.isEmpty,
        "Gaussian: \(covariance.rows)×\(covariance.columns) for \(mean.count) means")
      self.mean = mean
      self.covariance = covariance
    }
  }

  /// Returns KL(N(μ₀, Σ₀) ‖ N(μ₁, Σ₁)) = ½ [tr(Σ₁⁻¹Σ₀) + (μ₁ − μ₀)ᵀ Σ₁⁻¹ (μ₁ − μ₀) − n + ln det Σ₁ − ln det Σ₀].
  ///
  /// With Σ = L Lᵀ the trace is ‖L₁⁻¹L₀‖²_F, the quadratic form is ‖L₁⁻¹(μ₁ − μ₀)‖², and ln det Σ = 2 Σ ln Lᵢᵢ. (Some
  /// notes have + ln det Σ₀ in place of −: a misprint, since KL(p ‖ p) = 0.)
  /// - Throws: `LinalgError` where a covariance is not positive definite.
  public static func gaussians(_ p: Gaussian, _ q: Gaussian) throws -> Double {
    let n = p.mean.count
    precondition(q.mean.count == n, "Divergence: \(n) and \(q.mean.count) dimensions")
    let (pFactor, qFactor) = (try Cholesky(p.covariance), try Cholesky(q.covariance))
    // The columns are those of L₀, then the difference of the means.
    var columns = Matrix<Double>(rows: n, columns: n + 1)
    for i in 0..<n {
      for j in 0...i { columns[i, j] = pFactor.lower[i, j] }
      columns[i, n] = q.mean[i] - p.mean[i]
    }
    let squares = try qFactor.solve(.no, columns).values.reduce(0) { $0 + $1 * $1 }
    return 0.5 * (squares - Double(n) + qFactor.logDeterminant - pFactor.logDeterminant)
  }

  /// Returns the divergence for diagonal covariances diag eᵛ, where v are the log-variances: ½ Σ
  /// [e^(v₀ − v₁) + (μ₁ − μ₀)² e^(−v₁) − 1 + v₁ − v₀].
  public static func diagonalGaussians(
    mean p: [Double], logVariance pLog: [Double], _ q: [Double], logVariance qLog: [Double]
  ) -> Double {
    precondition(
      p.count == pLog.count && p.count == q.count && p.count == qLog.count,
      "Divergence: \(p.count), \(pLog.count), \(q.count) and \(qLog.count) numbers")
    return p.indices.reduce(0) { total, i in
      let d = q[i] - p[i]
      return total + 0.5 * (Double.exp(pLog[i] - qLog[i]) + d * d * Double.exp(-qLog[i]) - 1 + qLog[i] - pLog[i])
    }
  }

  /// Returns the divergence from the standard normal distribution, as in a variational autoencoder: ½ Σ
  /// (eᵛ + μ² − 1 − v).
  public static func toStandardNormal(mean: [Double], logVariance: [Double]) -> Double {
    let zeros = mean.map { _ in 0.0 }
    return diagonalGaussians(mean: mean, logVariance: logVariance, zeros, logVariance: zeros)
  }

  /// Returns the divergence of two coins, p ln(p/q) + (1 − p) ln((1 − p)/(1 − q)) with 0 ln 0 = 0; +∞ where q excludes
  /// what p allows.
  public static func bernoullis(_ p: Double, _ q: Double) -> Double { discrete([p, 1 - p], [q, 1 - q]) }

  /// Returns Σ pᵢ ln(pᵢ/qᵢ) with 0 ln 0 = 0; +∞ where qᵢ = 0 < pᵢ. Both p and q must add up to 1.
  public static func discrete(_ p: [Double], _ q: [Double]) -> Double {
    precondition(p.count == q.count, "Divergence: \(p.count) and \(q.count) probabilities")
    for (name, values) in [("p", p), ("q", q)] {
      precondition(
        values.allSatisfy { $0 >= 0 } && abs(values.reduce(0, +) - 1) < 1e-9 * Double(max(1, values.count)),
        "Divergence: \(name) is no distribution")
    }
    return Swift.zip(p, q).reduce(0) { total, pair in
      if pair.0 == 0 { return total }
      return total + (pair.1 == 0 ? .infinity : pair.0 * Double.log(pair.0 / pair.1))
    }
  }
}
