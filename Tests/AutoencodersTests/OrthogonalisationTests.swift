import Linalg
import Testing

@testable import Autoencoders

/// These tests examine what each way to make a matrix orthogonal does to its singular values.
@Suite struct OrthogonalisationTests {
  static let shapes = [(5, 5), (4, 11), (11, 4), (1, 6), (60, 33)]

  /// Returns a matrix of normal random numbers whose columns become smaller from left to right.
  private func matrix(_ m: Int, _ n: Int, seed: UInt64 = 3) -> Matrix<Double> {
    var random = RandomStream(seed: seed, purpose: .other)
    var result = Matrix<Double>(rows: m, columns: n)
    result.withMutableView { random.fillNormal($0) }
    for i in 0..<m { for j in 0..<n { result[i, j] /= 1 + 0.2 * Double(j) } }
    return result
  }

  /// Returns the Gram matrix of the shorter side of `a`, which is N or O.
  private func gram(_ a: Matrix<Double>) -> Matrix<Double> {
    a.rows <= a.columns ? a.product(with: a, .yes) : a.product(.yes, with: a)
  }

  /// OOᵀ has the eigenvalues σ²/(σ² + ε mean σ²). Therefore, in both ways, ‖OOᵀ − I‖ is at most the ratio of the shift
  /// to the least σ².
  @Test(arguments: [Orthogonalisation.cholesky, .polar], [1e-3, 1e-9])
  func singularValuesBecomeOneUpToTheShift(kind: Orthogonalisation, shift: Double) throws {
    for (m, n) in Self.shapes {
      let a = matrix(m, n)
      let squares = try SymmetricEigen(gram(a)).values
      let more = shift * squares.reduce(0, +) / Double(squares.count)
      let found = try SymmetricEigen(gram(try #require(kind.factor(of: a, shift: shift)))).values
      for (found, square) in Swift.zip(found, squares) {
        #expect(abs(found - square / (square + more)) < 1e-9, "\(m)×\(n)")
      }
      let distance = found.map { abs($0 - 1) }.max()!
      #expect(distance <= more / squares.last! + 1e-9)
    }
  }

  /// Newton-Schulz applies the polynomial of five steps to each singular value of N/‖N‖.
  @Test func newtonSchulzIsAPolynomialOfTheSingularValues() throws {
    for (m, n) in Self.shapes {
      let a = matrix(m, n)
      let norm = gram(a)
      var trace = 0.0
      for i in 0..<norm.rows { trace += norm[i, i] }
      let wanted = try SymmetricEigen(norm).values.map { square in
        var x = (square / trace).squareRoot()
        for _ in 0..<5 { x = 3.4445 * x - 4.7750 * x * x * x + 2.0315 * x * x * x * x * x }
        return x * x
      }
      let found = try SymmetricEigen(gram(try #require(Orthogonalisation.newtonSchulz.factor(of: a)))).values
      for (found, wanted) in Swift.zip(found, wanted.sorted(by: >)) { #expect(abs(found - wanted) < 1e-9) }
      // The method's authors state singular values between 0.7 and 1.2 (Jordan et al. 2024), where the least singular
      // value of N is not far below the largest. The test allows 0.6 to 1.25.
      #expect(found.allSatisfy { $0 > 0.6 * 0.6 && $0 < 1.25 * 1.25 }, "\(m)×\(n): \(found)")
    }
  }

  /// The polar factor and Newton-Schulz give the nearest matrix with the new singular values, so O Nᵀ is symmetric.
  /// With Cholesky, O Nᵀ is triangular: Lᵀ.
  @Test func thePolarFactorIsTheNearest() throws {
    for (m, n) in Self.shapes {
      let a = matrix(m, n)
      for kind in [Orthogonalisation.polar, .newtonSchulz] {
        let o = try #require(kind.factor(of: a))
        let product = m <= n ? o.product(with: a, .yes) : o.product(.yes, with: a)
        for i in 0..<product.rows { for j in 0..<i { #expect(abs(product[i, j] - product[j, i]) < 1e-10) } }
      }
      let o = try #require(Orthogonalisation.cholesky.factor(of: a, shift: 0))
      let product = m <= n ? o.product(with: a, .yes) : o.product(.yes, with: a)
      for i in 0..<product.rows { for j in 0..<i { #expect(abs(product[i, j]) < 1e-9 * abs(product[0, 0])) } }
    }
  }

  /// Neither the scale nor the precision of the gradient matters.
  @Test(arguments: Orthogonalisation.allCases)
  func scaleDoesNotMatter(kind: Orthogonalisation) throws {
    let a = matrix(7, 12)
    let o = try #require(kind.factor(of: a))
    for scale in [1e-15, 1e15] {
      let single = Matrix<Float>(rows: 7, columns: 12, values: a.values.map { Float(scale * $0) })
      let found = try #require(kind.factor(of: single))
      for (found, wanted) in Swift.zip(found.values, o.values) { #expect(abs(Double(found) - wanted) < 2e-5) }
    }
  }

  @Test(arguments: Orthogonalisation.allCases)
  func zeroAndInfiniteMatricesHaveNone(kind: Orthogonalisation) {
    for value in [0, Float.infinity, .nan, 1e30] {
      #expect(kind.factor(of: Matrix<Float>(rows: 3, columns: 4, values: Array(repeating: value, count: 12))) == nil)
    }
  }

  /// A gradient of zeros does not change the weights, and it does not spoil the steps that follow.
  @Test(arguments: Orthogonalisation.allCases)
  func aZeroGradientLeavesTheWeights(kind: Orthogonalisation) throws {
    let network = try OptimizerGoldenTests.network([5, 4, 6, 5])
    let (theta, gradient) = (Buffer<Float>(count: network.layout.count), Buffer<Float>(count: network.layout.count))
    theta.values = network.layout.initialValues(seed: 1)
    let before = theta.values
    let run = OptimizerRun(
      StepRules(SGD(), matrices: Muon(kind, takes: .all)), network, theta: theta, gradient: gradient, weightDecay: 0,
      pool: WorkerPool(threads: 1))
    func step() {
      for parameter in network.layout.parameters {
        run.absorb(ParameterRange(range: parameter.offset..<parameter.offset + parameter.count, decays: true))
      }
      run.finish()
    }
    run.step = OptimizerStep(number: 1, learningRate: 0.1)
    step()
    #expect(theta.values == before)
    gradient.values = before
    step()
    #expect(theta.values != before && theta.values.allSatisfy(\.isFinite))
  }

  /// A gradient that is not finite is left out, and the decay of its step with it.
  @Test func aGradientThatIsNotFiniteLeavesTheWeights() throws {
    let network = try OptimizerGoldenTests.network([5, 4, 5])
    for rule in [Muon(takes: .all), SOAP()] as [any MatrixRule] {
      let (theta, gradient) = (Buffer<Float>(count: network.layout.count), Buffer<Float>(count: network.layout.count))
      theta.values = network.layout.initialValues(seed: 1)
      let run = OptimizerRun(
        StepRules(SGD(), matrices: rule), network, theta: theta, gradient: gradient, weightDecay: 0.1,
        pool: WorkerPool(threads: 1))
      func step(_ number: Int, _ value: Float) {
        gradient.values = network.layout.parameters.flatMap { parameter in
          (0..<parameter.count).map { parameter.isWeightMatrix ? value + Float($0 % 3) : 0 }
        }
        run.step = OptimizerStep(number: number, learningRate: 0.1)
        for parameter in network.layout.parameters {
          run.absorb(ParameterRange(range: parameter.offset..<parameter.offset + parameter.count, decays: true))
        }
        run.finish()
      }
      step(1, 1)
      step(2, 2)
      let before = theta.values
      step(3, .nan)
      #expect(theta.values == before, "\(type(of: rule).name)")
    }
  }

  /// In Float, a matrix of rank one cannot be factored without a shift. The optimizer raises the shift until it can,
  /// and reports this.
  @Test func aFailedFactorisationRaisesTheShiftAndTells() throws {
    let network = try OptimizerGoldenTests.network([40, 30, 40])
    let (theta, gradient) = (Buffer<Float>(count: network.layout.count), Buffer<Float>(count: network.layout.count))
    let run = OptimizerRun(
      StepRules(SGD(), matrices: Muon(.cholesky, shift: 0, takes: .all)), network, theta: theta, gradient: gradient,
      weightDecay: 0, pool: WorkerPool(threads: 2))
    let parameter = network.layout.parameters[0]
    var values = [Float](repeating: 0, count: network.layout.count)
    for i in 0..<30 { for j in 0..<40 { values[parameter.offset + 40 * i + j] = Float((i + 1) * (j + 2)) / 7 } }
    gradient.values = values
    run.step = OptimizerStep(number: 1, learningRate: 0.1)
    run.absorb(ParameterRange(range: parameter.offset..<parameter.offset + parameter.count, decays: true))
    run.finish()
    let trouble = run.takeTrouble()
    #expect(trouble.map(\.tensor) == ["encoder.0.weight"])
    #expect(trouble.allSatisfy { $0.failures >= 1 && $0.shift >= 1e-6 })
    #expect(theta.values.allSatisfy(\.isFinite) && theta.values.contains { $0 != 0 })
    #expect(run.takeTrouble().isEmpty)
  }
}
