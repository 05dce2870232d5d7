import Foundation
import Linalg
import Testing

@testable import Autoencoders
@testable import Datasets

@Suite struct LikelihoodTests {
  /// The loss and its derivative equal those of −ln N(x; y, s² I).
  @Test func theGaussianLossIsTheDensityWithItsConstant() {
    let (x, y): ([Double], [Double]) = ([0.3, -1, 2, 0.5, 0, 1], [0.1, 0.4, 2.5, -1, 0.2, 1])
    let s = 0.7
    let loss = GaussianLoss(fixedVariance: s * s)
    let (target, output) = (Matrix(rows: 2, columns: 3, values: x), Matrix(rows: 2, columns: 3, values: y))
    let gradient = Buffer<Double>(count: 6)
    let value = output.withView { y in
      target.withView { x in
        loss.evaluate(
          y, target: x, gradient: gradient.view(rows: 2, columns: 3), batch: 2, parameters: x.rows(0..<1))
      }
    }
    let densities = Swift.zip(x, y).map { Double.log(2 * Double.pi * s * s) / 2 + ($0 - $1) * ($0 - $1) / (2 * s * s) }
    #expect(abs(value - densities.reduce(0, +) / 2) < 1e-12)
    for i in 0..<6 { #expect(abs(gradient.row[0, i] - (y[i] - x[i]) / (s * s * 2)) < 1e-12) }
  }

  /// Returns e^−L of one number x under a likelihood whose output is y and whose state is `state`.
  private func density(_ loss: any Loss, _ x: Double, _ y: Double, state: Double = 0) -> Double {
    let memory = Buffer<Double>(count: 4)
    memory.values = [y, x, 0, state]
    func number(_ place: Int) -> MutableMatrixView<Double> { memory.view(rows: 1, columns: 1, offset: place) }
    return Double.exp(
      -loss.evaluate(
        number(0).readOnly, target: number(1).readOnly, gradient: number(2), batch: 1, parameters: number(3).readOnly))
  }

  /// The probabilities of every likelihood add up to 1: for logits Σ e^−L over x in {0, 1}, otherwise ∫ e^−L dx. The
  /// trapezoidal rule computes the integral with x = y + sinh u, which brings the tails within reach.
  @Test(arguments: everyLoss.filter { $0.loss.isLikelihood })
  func everyLikelihoodIsADensity(spec: LossSpec) {
    for y in [-0.7, 0.2, 1.5] {
      var total = 0.0
      if spec.loss.link == .logistic {
        total = density(spec.loss, 0, y) + density(spec.loss, 1, y)
      } else {
        // Where the density has a corner at y, a point of the grid lies there; the corner adds an error of h²/12 of the
        // change of slope.
        for k in -40_000...40_000 {
          let u = Double(k) * 0.001
          total += density(spec.loss, y + sinh(u), y) * cosh(u) * 0.001
        }
      }
      #expect(abs(total - 1) < 1e-5, "\(spec), y = \(y): \(total)")
    }
  }

  /// A learned scale becomes the scale of the noise. Batches of numbers are drawn from the likelihood itself with scale
  /// 0.2, by inverting its distribution function. The density at 0 tells which scale was learned.
  @Test(arguments: everyLoss.filter { $0.loss.isLikelihood && $0.loss.link == .identity })
  func learnedScalesAreThoseOfTheNoise(spec: LossSpec) throws {
    var layout = ParameterLayout()
    let loss = spec.loss.placed(in: &layout)
    // A likelihood with a fixed scale has nothing to learn.
    if loss.state == nil { return }
    let grid = (-2500...2500).map { Double($0) * 0.004 }
    var sums = [0.0]
    for u in grid { sums.append(sums.last! + density(loss, sinh(u), 0) * cosh(u)) }
    var random = RandomStream(seed: 8, purpose: .other)
    func draw() -> Double {
      let level = random.uniform(0, 1) * sums.last!
      var (low, high) = (0, grid.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if sums[middle] <= level { low = middle } else { high = middle }
      }
      return 0.2 * sinh(grid[low] + 0.004 * (level - sums[low]) / (sums[high] - sums[low]) - 0.002)
    }
    let count = 400
    let memory = Buffer<Double>(count: 3 * count + 1)
    let x = memory.view(rows: 1, columns: count, offset: count)
    let theta = memory.view(rows: 1, columns: 1, offset: 3 * count)
    for _ in 0..<1500 {
      for j in 0..<count { x[0, j] = draw() }
      let value = loss.evaluate(
        memory.view(rows: 1, columns: count).readOnly, target: x.readOnly,
        gradient: memory.view(rows: 1, columns: count, offset: 2 * count), batch: 1, parameters: theta.readOnly)
      theta[0, 0] = loss.nextState(theta[0, 0], after: value, features: count)
    }
    let scale = density(loss, 0, 0) / density(loss, 0, 0, state: theta[0, 0])
    #expect(abs(scale - 0.2) < 0.01, "\(spec): \(scale)")
  }

  /// The data lie on a line with noise of a known deviation s. Training finds s, and the model becomes as good as one
  /// that is given the right s.
  @Test func theLearnedDeviationIsTheNoises() throws {
    var random = RandomStream(seed: 3, purpose: .other)
    var noise = Matrix<Float>(rows: 2000, columns: 8)
    noise.withMutableView { random.fillNormal($0) }
    let values = (0..<2000).flatMap { row in
      let t = random.uniform(-1, 1)
      return (0..<8).map { Float(t * Double($0 - 3)) + 0.2 * noise[row, $0] }
    }
    let data = Dataset(Matrix(rows: 2000, columns: 8, values: values), source: "a line with noise")
    func trained(_ likelihood: LossSpec) throws -> Model {
      let recipe = Recipe.vae(hidden: [32], latent: 1, likelihood: likelihood).with { $0.scaling = Scaling.Kind.none }
      let model = try Model(recipe, for: data, seed: 1)
      return try Trainer(TrainingOptions(epochs: 100, batch: 50, learningRate: 3e-3)).train(model, on: data)
    }
    let learned = try trained(.learnedGaussian)
    let deviation = Double(try #require(learned.tensor("decoder.variance"))[0, 0]).squareRoot()
    // The tolerance leaves room for the spread of the posterior, which adds a little to the noise.
    #expect(abs(deviation - 0.2) < 0.02, "\(deviation)")
    let elbo = try #require(try learned.evaluateVariational(data)).elbo
    let fixed = try #require(try trained(.gaussian(deviation: 0.2)).evaluateVariational(data)).elbo
    #expect(abs(elbo - fixed) < 0.2, "\(elbo), \(fixed)")
  }

  /// The probabilities of all 256 steps add up to 1. In the middle of a wide density the probability of a step is
  /// density · width.
  @Test(arguments: [0.003, 0.05, 0.7], [0.0, 0.31, 1.2])
  func stepsOfADensityAddUpToOne(scale: Double, mean: Double) {
    for distribution in [Distribution.gaussian, .logistic] {
      let total = (0...255).reduce(0.0) {
        $0 + Double.exp(logProbability(Double($1) / 255, mean, scale: scale, of: distribution))
      }
      #expect(abs(total - 1) < 1e-10, "\(distribution): \(total)")
    }
    // The step lies near the middle of a wide density, so its probability is density · width.
    let middle = logProbability(0.4, 0.45, scale: 0.5, of: .gaussian)
    #expect(abs(middle - (-0.005 - 0.5 * Double.log(2 * Double.pi)) - Double.log(1 / 0.5 / 255)) < 1e-4)
    // Far out, the expected values come from the series of the tail (mpmath, 50 digits).
    #expect(abs(logProbability(0.9, 0, scale: 0.02, of: .gaussian) - -1012.81710310658) < 1e-6)
    #expect(abs(logProbability(0.5, 0, scale: 0.01, of: .gaussian) - -1245.04273682079) < 1e-6)
    #expect(logProbability(0.8, 0.1, scale: 1e-6, of: .gaussian).isFinite)
  }

  @Test func namesAreReadAsTheyAreWritten() {
    for likelihood in [LossSpec.bernoulli, .gaussian(deviation: 0.25), .learnedGaussian] {
      #expect(LossSpec(likelihood.likelihoodDescription) == likelihood)
      #expect(LossSpec(likelihood.description) == likelihood)
    }
    #expect(LossSpec.bernoulli.likelihoodDescription == "bernoulli")
    for text in ["gaussian", "gaussian:", "gaussian:0", "gaussian:-1", "gaussian:nan", "poisson"] {
      #expect(LossSpec(text) == nil, "\(text)")
    }
  }

  /// The evaluation has both the bits of the density and the bits of steps. Away from the ends of the range, the bits
  /// of steps are log₂ 255 more.
  @Test func bitsOfStepsGoWithThoseOfTheDensity() throws {
    let pixels = (0..<200 * 16).map { place -> UInt8 in
      let step = place * 37 + place / 16 * 11
      return UInt8(100 + step % 60)
    }
    let data = Dataset(pixels: pixels, count: 200, shape: [4, 4], source: "grey pixels")
    let model = try Model(.vae(hidden: [32], latent: 4, likelihood: .gaussian(deviation: 0.3)), for: data)
    let trained = try Trainer(TrainingOptions(epochs: 5)).train(model, on: data)
    let evaluation = try #require(try trained.evaluateVariational(data, draws: 1))
    let bits = try #require(evaluation.discretised)
    #expect(abs(evaluation.bitsPerDimension + Double.log(255) / Double.log(2) - bits.gaussian) < 1e-3)
    #expect(abs(bits.gaussian - bits.logistic) < 1 && bits.gaussian != bits.logistic)
    #expect(abs(evaluation.bitsPerDimension + evaluation.elbo / (16 * Double.log(2))) < 1e-12)
    let bernoulli = try Model(.vae(hidden: [32], latent: 4), for: data)
    #expect(try #require(try bernoulli.evaluateVariational(data)).discretised == nil)
  }
}
