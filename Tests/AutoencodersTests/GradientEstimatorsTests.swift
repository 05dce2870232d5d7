import Datasets
import Linalg
import Testing

@testable import Autoencoders

/// The two estimates of ∂/∂μ E_q[ln p(x|z)] have the same mean; that of the score function spreads far more.
@Suite struct GradientEstimatorsTests {
  @Test func bothGradientsHaveTheSameMean() throws {
    let data = Digits.generate(count: 300, seed: 3)
    var model = try Model(.vae(hidden: [16], latent: 3), for: data, seed: 2)
    model = try Trainer(TrainingOptions(epochs: 5, batch: 50)).train(model, on: data)
    let one = try model.gradientEstimators(data.subset(7..<8), draws: 20_000, seed: 5)
    for j in 0..<3 {
      let error = (one.scoreError[j] * one.scoreError[j] + one.reparametrisedError[j] * one.reparametrisedError[j])
        .squareRoot()
      #expect(abs(one.score[j] - one.reparametrised[j]) < 4 * error, "number \(j): \(one)")
    }
    #expect(one.reparametrisedVariance < one.baselineVariance && one.baselineVariance < one.scoreVariance)
  }

  /// Where the likelihood is Gaussian and the decoder linear, the gradient is known: ∂/∂μ E[ln p] = Wᵀ(x − Wμ − b)/s².
  @Test func ofALinearDecoderItIsTheClosedForm() throws {
    let data = Dataset(Matrix(rows: 2, columns: 3, values: [0.3, -0.2, 0.9, 0.1, 0.4, -0.5]))
    var options = RecipeOptions()
    options.hidden = []
    options.latent = 2
    options.likelihood = .gaussian(deviation: 0.5)
    options.scaling = Scaling.Kind.none
    let model = try Model(Recipe(named: "vae", options), for: data, seed: 4)
    let one = try model.gradientEstimators(data.subset(0..<1), draws: 40_000, seed: 1)
    let (weight, bias) = (model.tensor("decoder.0.weight")!, model.tensor("decoder.0.bias")!)
    let code = try model.encode(data.subset(0..<1))
    for j in 0..<2 {
      let expected = (0..<3).reduce(0.0) { total, i in
        let output = Double(bias.values[i]) + (0..<2).reduce(0.0) { $0 + Double(weight[i, $1] * code[0, $1]) }
        return total + Double(weight[i, j]) * (Double(data.matrix[0, i]) - output) / 0.25
      }
      #expect(abs(one.reparametrised[j] - expected) < 4 * one.reparametrisedError[j] + 1e-4)
      #expect(abs(one.score[j] - expected) < 4 * one.scoreError[j] + 1e-4)
    }
  }

  @Test func otherModelsAreRefused() throws {
    let data = Digits.generate(count: 20)
    #expect(throws: InvalidArgument.self) {
      try Model(.deep(hidden: [4], latent: 2), for: data).gradientEstimators(data, draws: 10)
    }
  }
}
