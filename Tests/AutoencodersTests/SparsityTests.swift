import Autoencoders
import Datasets
import Linalg
import Testing

@Suite struct SparsityTests {
  /// Returns a model whose code of three units equals its input, with hand-made samples.
  private func identityModel(samples: [[Float]]) throws -> (Model, Dataset) {
    let data = Dataset(
      Matrix(rows: samples.count, columns: 3, values: samples.flatMap { $0 }), source: "hand-made")
    var model = try Model(
      .vanilla(latent: 3).with {
        $0.loss = .squaredError
        $0.scaling = Scaling.Kind.none
      }, for: data)
    model.parameters = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
    return (model, data)
  }

  @Test func codeStatisticsAreWhatTheirDefinitionsSay() throws {
    let (model, data) = try identityModel(samples: [[1, 0, 0], [1, 1, 0], [0.004, 0.02, 0], [0, 0, 0]])
    let code = try model.codeStatistics(data)
    #expect(code.units == 3 && code.neverActive == 1)
    #expect(abs(code.activityThreshold - 0.01) < 1e-9)
    #expect(abs(code.activeShare - 4.0 / 12) < 1e-12)
    #expect(zip(code.meanActivations, [2.004 / 4, 1.02 / 4, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
    let root = 3.0.squareRoot()
    let third = 0.024 / (0.004 * 0.004 + 0.02 * 0.02).squareRoot()
    let hoyer = [1, (root - 2.0.squareRoot()) / (root - 1), (root - third) / (root - 1), 1]
    #expect(abs(code.hoyerSparsity! - hoyer.reduce(0, +) / 4) < 1e-6)
    #expect(code.share(within: 0.1, of: 0.5) == 1.0 / 3)
  }

  @Test func l1MakesCodesSparse() throws {
    let data = curvedData(samples: 600, shape: [20])
    func activeShare(_ l1: Double) throws -> Double {
      let model = try Model(.overcomplete(latent: 40).with { $0.l1 = l1 }, for: data, seed: 1)
      let trained = try Trainer(TrainingOptions(epochs: 60, batch: 50, learningRate: 3e-3)).train(model, on: data)
      return try trained.codeStatistics(data).activeShare
    }
    let (free, penalised) = (try activeShare(0), try activeShare(0.1))
    #expect(penalised < 0.5 * free, "\(penalised) against \(free)")
  }

  @Test(arguments: KLSparsity.Mean.allCases)
  func klDrawsMeanActivationsToTheirTarget(mean: KLSparsity.Mean) throws {
    let data = curvedData(samples: 2000, shape: [20])
    let recipe = Recipe.sparse(latent: 30, klSparsity: KLSparsity(target: 0.1, weight: 10, mean: mean))
    let model = try Model(recipe, for: data, seed: 1)
    let options = TrainingOptions(epochs: 60, batch: 50, learningRate: 3e-3)
    let code = try Trainer(options).train(model, on: data).codeStatistics(data)
    #expect(code.share(within: 0.04, of: 0.1) > 0.9, "\(code.meanActivations)")
  }

  /// The penalty of a batch equals its formula.
  @Test func klPenaltyIsItsFormula() throws {
    let network = try Autoencoder(
      inputs: 2, encoder: [.dense(2, .sigmoid), .klSparsity(KLSparsity(target: 0.2, weight: 3))], decoder: [.dense(2)],
      loss: SquaredError(), start: .he)
    let run = Propagation<Double>(network, capacity: 2, training: true, pool: WorkerPool(threads: 1))
    run.parameters.values = Array(repeating: 0, count: network.layout.count)
    run.input(rows: 2).fill(0)
    // Every unit is 0.5, and the reconstruction equals the input, which is 0.
    let divergence = 0.2 * Double.log(0.4) + 0.8 * Double.log(1.6)
    #expect(abs(run.loss(rows: 2) - 3 * 2 * divergence) < 1e-9)
    // The penalty stays finite where the units are silent.
    run.parameters.row[0, 4] = -1e4
    run.parameters.row[0, 5] = -1e4
    let silent = run.loss(rows: 2)
    #expect(silent.isFinite && silent > 3 * 2 * 2)
  }
}
