import Datasets
import Files
import Linalg
import Testing

@testable import Autoencoders

/// These tests examine what can be trained besides the plain ELBO.
@Suite struct BoundTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  private let data = curvedData(samples: 300, shape: [20])

  /// Returns a variational model, whose likelihood is Bernoulli unless `change` sets another one.
  private func model(_ change: (inout RecipeOptions) -> Void = { _ in }) throws -> Model {
    let recipe = Recipe.vae(hidden: [16], latent: 3, likelihood: .bernoulli).with(change)
    return try Model(recipe.blueprint(inputShape: [20]), seed: 1)
  }

  /// Returns the loss of all 300 samples as one batch.
  private func loss(_ model: Model, epoch: Int = 1, threads: Int = 1) -> Double {
    let run = TrainingRun(
      model, TrainingOptions(batch: 300), samples: 300,
      state: TrainingState(parameters: model.parameters),
      pool: WorkerPool(threads: threads))
    return run.loss(
      of: (0..<300).map { Int32($0) }[...], in: data, noise: (NoiseStream(seed: 5, epoch: epoch), 0), gradients: true)
  }

  /// With the same parameters, the loss L of k draws falls with k in expectation: E[L₁] ≥ E[L₂] ≥ E[L₁₀] ≥ −ln p(x)
  /// (Burda et al. 2016, theorem 1).
  @Test func moreDrawsMakeATighterBound() throws {
    let trained = try Trainer(TrainingOptions(epochs: 10, batch: 50)).train(
      try model(), on: data)
    func bound(_ draws: Int) throws -> Double {
      var other = try model { $0.importanceSamples = draws }
      other.parameters = trained.parameters
      return (1...20).reduce(0) { $0 + loss(other, epoch: $1) } / 20
    }
    let bounds = try [1, 2, 10].map(bound)
    #expect(bounds[0] > bounds[1] + 0.01 && bounds[1] > bounds[2] + 0.01, "\(bounds)")
  }

  /// The bound of k draws equals its formula, the log of the mean weight, computed from the outputs of the layers.
  @Test func theBoundIsTheLogOfTheMeanWeight() throws {
    let model = try model {
      $0.likelihood = .gaussian(deviation: 0.5)
      $0.importanceSamples = 4
    }
    let network = model.network
    let run = Propagation<Double>(network, capacity: 3, training: true, pool: WorkerPool(threads: 1))
    run.parameters.values = model.parameters.map { Double($0) }
    var random = RandomStream(seed: 2, purpose: .other)
    random.fillUniform(run.input(rows: 3), 0, 1)
    run.drawNoise(rows: 0..<3, from: NoiseStream(seed: 1, epoch: 1), sample: 0)
    let loss = run.loss(rows: 3, noise: true)
    let heads = try #require(network.headsIndex)
    let (moments, z) = (run.output(of: heads, rows: 3), run.output(of: heads + 1, rows: 3))
    let (x, y) = (run.input(rows: 3), run.output(of: network.layers.count - 1, rows: 3))
    #expect(z.rows == 12 && y.rows == 12)
    func logNormal(_ x: Double, _ mean: Double, _ s: Double) -> Double {
      -0.5 * Double.log(2 * Double.pi * s * s) - (x - mean) * (x - mean) / (2 * s * s)
    }
    var bound = 0.0
    for sample in 0..<3 {
      var mean = 0.0
      for row in 4 * sample..<4 * sample + 4 {
        var logWeight = 0.0
        for j in 0..<3 {
          logWeight += logNormal(z[row, j], 0, 1)
          logWeight -= logNormal(z[row, j], moments[sample, j], Double.exp(0.5 * moments[sample, 3 + j]))
        }
        for j in 0..<20 { logWeight += logNormal(x[sample, j], y[row, j], 0.5) }
        mean += Double.exp(logWeight) / 4
      }
      bound += Double.log(mean) / 3
    }
    #expect(abs(loss + bound) < 1e-9 * abs(bound), "\(loss), \(bound)")
  }

  /// Training gives the same bits for any number of threads, also with several draws and with free bits.
  @Test func threadsDoNotChangeTheBits() throws {
    for model in [
      try model { $0.importanceSamples = 5 },
      try model {
        $0.likelihood = .learnedGaussian
        $0.freeBits = 0.3
      },
    ] {
      let results = try [1, 3].map {
        try Trainer(TrainingOptions(epochs: 3, batch: 128), threads: $0).train(model, on: data).parameters
      }
      #expect(results[0] == results[1])
    }
  }

  /// A dimension of the code whose KL is below λ nats costs λ, and nothing pulls it to the prior.
  @Test func freeBitsAreFree() throws {
    func kl(_ freeBits: Double) throws -> [Double] {
      let trained = try Trainer(TrainingOptions(epochs: 60, batch: 50)).train(
        try model {
          $0.beta = 30
          $0.freeBits = freeBits
        }, on: data)
      return try #require(try trained.evaluateVariational(data)).klByDimension
    }
    #expect(try kl(0).allSatisfy { $0 < 0.05 })
    let free = try kl(0.5)
    #expect(free.allSatisfy { $0 > 0.2 && $0 < 0.8 }, "\(free)")
    let unweighted = try model {
      $0.beta = 0
      $0.freeBits = 100
    }
    #expect(loss(unweighted) < 100)
    let (with, without) = (loss(try model { $0.freeBits = 100 }), loss(try model { $0.beta = 0 }))
    #expect(abs(with - without - 300) < 1e-3)
  }

  /// The weight of the KL term is β times the share of the warm-up that is over.
  @Test func warmUpWeighsTheDivergence() throws {
    let model = try model()
    var kl: [Double] = []
    _ = try Trainer(TrainingOptions(epochs: 3, batch: 300, learningRate: 1e-9, betaWarmup: 2)).train(model, on: data) {
      _ in
      true
    } onEpoch: { report, _ in
      kl.append(try #require(report.terms.first { $0.name == "kl" }).value)
    }
    #expect(kl[0] == 0 && kl[2] > 0 && abs(kl[1] / kl[2] - 0.5) < 1e-3, "\(kl)")
  }

  /// The code need not hold what the class tells of a sample, so the ELBO rises; and the class steers what is decoded.
  @Test func aConditionalModelFollowsTheClass() throws {
    let digits = try Dataset.open("digits:1000")
    func trained(conditional: Bool) throws -> Model {
      let recipe = Recipe.vae(hidden: [64], latent: 2, likelihood: .bernoulli, classes: conditional ? 10 : nil)
      let model = try Model(recipe, for: digits, seed: 1)
      return try Trainer(TrainingOptions(epochs: 40, batch: 50, learningRate: 3e-3)).train(model, on: digits)
    }
    let conditional = try trained(conditional: true)
    #expect(conditional.network.classes == 10)
    let elbo = try #require(try conditional.evaluateVariational(digits)).elbo
    let without = try #require(try trained(conditional: false).evaluateVariational(digits)).elbo
    #expect(elbo > without + 5, "\(elbo), \(without)")
    // The same code under two classes becomes two digits. Each is nearer to the mean of its own class than to the other
    // mean.
    let code = Matrix<Float>(rows: 2, columns: 2)
    let decoded = try conditional.decode(Dataset(code, labels: [1, 0], source: "codes"))
    let means = (0..<2).map { label -> [Double] in
      let own = digits.labels!.indices.filter { digits.labels![$0] == label }.map { Int32($0) }
      let x = Matrix<Float>(rows: own.count, columns: 784)
      var copy = x
      copy.withMutableView { digits.gather(own[...], into: $0) }
      return (0..<784).map { j in (0..<own.count).reduce(0.0) { $0 + Double(copy[$1, j]) } / Double(own.count) }
    }
    func distance(_ row: Int, _ label: Int) -> Double {
      (0..<784).reduce(0.0) {
        $0 + (Double(decoded[row, $1]) - means[label][$1]) * (Double(decoded[row, $1]) - means[label][$1])
      }
    }
    #expect(distance(0, 1) < distance(0, 0) && distance(1, 0) < distance(1, 1))
    #expect(throws: FileError.self) { try conditional.decode(Dataset(code, source: "codes")) }
    #expect(throws: FileError.self) { try conditional.decode(Dataset(code, labels: [1, 10], source: "codes")) }
  }
}
