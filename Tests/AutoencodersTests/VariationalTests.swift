import Autoencoders
import Datasets
import Linalg
import Testing

@Suite struct VariationalTests {
  private let data = curvedData(samples: 600, shape: [20])

  private func trained(likelihood: LossSpec? = nil, beta: Double = 1) throws -> Model {
    let recipe = Recipe.vae(hidden: [32], latent: 4, likelihood: likelihood, beta: beta)
    let model = try Model(recipe, for: data, seed: 1)
    return try Trainer(TrainingOptions(epochs: 40, batch: 50)).train(model, on: data)
  }

  /// The KL term of the layer equals that of `Divergence`, averaged over the samples.
  @Test func theTermIsTheDivergenceFromThePrior() throws {
    let model = try trained()
    let evaluation = try #require(try model.evaluateVariational(data, draws: 2))
    let heads = try #require(model.network.layers.firstIndex { $0 is GaussianHeads })
    let moments = try Inference(model, .layer(heads))(data)
    let divergences = (0..<moments.rows).map { row in
      Divergence.toStandardNormal(
        mean: (0..<4).map { Double(moments[row, $0]) }, logVariance: (4..<8).map { Double(moments[row, $0]) })
    }
    let mean = divergences.reduce(0, +) / Double(moments.rows)
    #expect(abs(evaluation.kl - mean) < 1e-9 * mean && mean > 0.5)
    #expect(abs(evaluation.klByDimension.reduce(0, +) - evaluation.kl) < 1e-9)
    #expect(abs(evaluation.elbo - (evaluation.reconstructionTerm - evaluation.kl)) < 1e-9)
  }

  /// The training loss is the negative ELBO of one draw, so after training it is near the negative ELBO of the
  /// evaluation.
  @Test func theLossIsTheNegativeELBO() throws {
    let model = try trained()
    let elbo = try #require(try model.evaluateVariational(data, draws: 20)).elbo
    #expect(abs(-elbo - model.training!.trainLoss!) < 0.02 * abs(elbo), "\(elbo), \(model.training!.trainLoss!)")
  }

  /// The loss is the negative ELBO also for a density, whose constant is part of the loss.
  @Test func theLossOfAGaussianIsTheNegativeELBO() throws {
    let model = try trained(likelihood: .gaussian(deviation: 0.5))
    let elbo = try #require(try model.evaluateVariational(data, draws: 20)).elbo
    #expect(abs(-elbo - model.training!.trainLoss!) < 0.02 * abs(elbo), "\(elbo), \(model.training!.trainLoss!)")
  }

  @Test func aLargeWeightCollapsesTheCode() throws {
    let evaluation = try #require(
      try trained(likelihood: .bernoulli, beta: 200).evaluateVariational(data))
    #expect(evaluation.verdict.hasPrefix("the posterior has collapsed"))
    #expect(evaluation.activeUnits == 0 && evaluation.kl < 0.05, "\(evaluation)")
    #expect(try #require(try trained().evaluateVariational(data)).activeUnits >= 1)
  }

  @Test func codesAreMeansAndTensorsAreNamedByHead() throws {
    let model = try trained()
    #expect(
      model.network.layout.parameters.map(\.name).prefix(6) == [
        "encoder.0.weight", "encoder.0.bias", "encoder.mean.weight", "encoder.log_variance.weight",
        "encoder.mean.bias", "encoder.log_variance.bias",
      ])
    let codes = try model.encode(data)
    let heads = try #require(model.network.layers.firstIndex { $0 is GaussianHeads })
    let moments = try Inference(model, .layer(heads))(data)
    #expect((0..<codes.rows).allSatisfy { row in (0..<4).allSatisfy { codes[row, $0] == moments[row, $0] } })
  }
}
