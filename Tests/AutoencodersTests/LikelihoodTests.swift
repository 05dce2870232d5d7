import Linalg
import Testing

@testable import Autoencoders
@testable import Datasets

@Suite struct LikelihoodTests {
  /// −ln N(x; y, s² I) written out, and its derivative.
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

  /// Noise of known size about a curve: s is found, and what is trained with it is as good as with the right s.
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
    // The posterior's own spread adds a little.
    #expect(abs(deviation - 0.2) < 0.02, "\(deviation)")
    let elbo = try #require(try learned.evaluateVariational(data)).elbo
    let fixed = try #require(try trained(.gaussian(deviation: 0.2)).evaluateVariational(data)).elbo
    #expect(abs(elbo - fixed) < 0.2, "\(elbo), \(fixed)")
  }

  /// The steps' probabilities are those of a distribution: all 256 add up to 1; in the middle they are density · width.
  @Test(arguments: [0.003, 0.05, 0.7], [0.0, 0.31, 1.2])
  func stepsOfADensityAddUpToOne(scale: Double, mean: Double) {
    for distribution in [Distribution.gaussian, .logistic] {
      let total = (0...255).reduce(0.0) {
        $0 + Double.exp(logProbability(Double($1) / 255, mean, scale: scale, of: distribution))
      }
      #expect(abs(total - 1) < 1e-10, "\(distribution): \(total)")
    }
    // In the middle of a wide one: density · width.
    let middle = logProbability(0.4, 0.45, scale: 0.5, of: .gaussian)
    #expect(abs(middle - (-0.005 - 0.5 * Double.log(2 * Double.pi)) - Double.log(1 / 0.5 / 255)) < 1e-4)
    // Far out, by the tail's series (mpmath, 50 digits).
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

  /// Bits of steps are those of the density and log₂ 255 more, away from the ends; both are in the evaluation.
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
