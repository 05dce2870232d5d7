import Autoencoders
import Linalg
import Testing

@Suite struct DivergenceTests {
  private func covariance(_ values: [Double]) -> Matrix<Double> {
    let n = Int(Double(values.count).squareRoot())
    return Matrix(rows: n, columns: n, values: values)
  }

  /// The divergence is compared with the mean of ln p − ln q over a million draws from p.
  @Test func gaussiansAreWhatMonteCarloSays() throws {
    let p = Divergence.Gaussian(mean: [1, -0.5], covariance: covariance([1.2, 0.6, 0.6, 0.8]))
    let q = Divergence.Gaussian(mean: [0.2, 0.4], covariance: covariance([0.9, -0.3, -0.3, 1.5]))
    let (lower, other) = (try Cholesky(p.covariance), try Cholesky(q.covariance))
    var random = RandomStream(seed: 1, purpose: .other)
    let draws = 1_000_000
    var (sum, squares) = (0.0, 0.0)
    func logDensity(_ x: (Double, Double), _ mean: [Double], _ factor: Cholesky<Double>) -> Double {
      // The result lacks the constant −ln 2π, which cancels in the difference.
      let l = factor.lower
      let a = (x.0 - mean[0]) / l[0, 0]
      let b = (x.1 - mean[1] - l[1, 0] * a) / l[1, 1]
      return -0.5 * (a * a + b * b + factor.logDeterminant)
    }
    for _ in 0..<draws {
      let (e, f) = random.normalPair()
      let x = (p.mean[0] + lower.lower[0, 0] * e, p.mean[1] + lower.lower[1, 0] * e + lower.lower[1, 1] * f)
      let term = logDensity(x, p.mean, lower) - logDensity(x, q.mean, other)
      sum += term
      squares += term * term
    }
    let mean = sum / Double(draws)
    let error = ((squares / Double(draws) - mean * mean) / Double(draws)).squareRoot()
    let exact = try Divergence.gaussians(p, q)
    #expect(abs(exact - mean) < 4 * error, "\(exact) against \(mean) ± \(error)")
    #expect(error < 0.003)
  }

  /// The diagonal formula, with its −1 − ln σ², equals the general formula computed by Cholesky. Some notes misprint
  /// that sign.
  @Test func theDiagonalFormulaFollowsFromTheGeneralOne() throws {
    let (mean, log) = ([0.3, -1.2, 2.0], [-0.7, 0.4, 1.1])
    var covariance = Matrix<Double>(rows: 3, columns: 3)
    var identity = Matrix<Double>(rows: 3, columns: 3)
    for i in 0..<3 {
      covariance[i, i] = Double.exp(log[i])
      identity[i, i] = 1
    }
    let general = try Divergence.gaussians(
      .init(mean: mean, covariance: covariance), .init(mean: [0, 0, 0], covariance: identity))
    #expect(abs(Divergence.toStandardNormal(mean: mean, logVariance: log) - general) < 1e-12)
    let half = mean.indices.reduce(0.0) {
      $0 + 0.5 * (Double.exp(log[$1]) + mean[$1] * mean[$1] - 1 - log[$1])
    }
    #expect(abs(half - general) < 1e-12)
  }

  @Test func ofADistributionAndItselfItIsZeroAndOtherwisePositive() throws {
    let p = Divergence.Gaussian(mean: [1, 2], covariance: covariance([2, 0.5, 0.5, 1]))
    #expect(abs(try Divergence.gaussians(p, p)) < 1e-14)
    #expect(Divergence.bernoullis(0.3, 0.3) == 0)
    #expect(Divergence.discrete([0.2, 0.8], [0.8, 0.2]) > 0.8)
  }

  @Test func edgesOfProbabilities() {
    #expect(Divergence.discrete([0, 1], [0.5, 0.5]) == Double.log(2))
    #expect(Divergence.discrete([0.5, 0.5], [1, 0]) == .infinity)
    #expect(Divergence.discrete([0, 1], [0, 1]) == 0)
    #expect(Divergence.bernoullis(0, 0.5) == Double.log(2))
    #expect(Divergence.bernoullis(0.5, 0) == .infinity)
    // The exact value is 0.2 ln(0.2/0.5) + 0.8 ln(0.8/0.5).
    #expect(abs(Divergence.bernoullis(0.2, 0.5) - 0.192745) < 1e-6)
  }

  @Test func aCovarianceThatIsNoneIsRefused() {
    let p = Divergence.Gaussian(mean: [0, 0], covariance: covariance([1, 2, 2, 1]))
    #expect(throws: LinalgError.self) { try Divergence.gaussians(p, p) }
  }
}
