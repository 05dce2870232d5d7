import Autoencoders
import Datasets
import Linalg
import Testing

@Suite struct ExcitationTests {
  @Test func aFirstLayersUnitsAreExcitedMostByTheirWeights() throws {
    let data = curvedData(samples: 10)
    let model = try Model(variant: "deep", for: data, hidden: [5], latent: 2, seed: 3)
    let inputs = model.excitingInputs(layer: 0, most: 9, norm: 2)
    let weight = model.tensor("encoder.0.weight")!
    #expect(inputs.rows == 5)
    for unit in 0..<5 {
      let length = (0..<12).reduce(Float(0)) { $0 + weight[unit, $1] * weight[unit, $1] }.squareRoot()
      for j in 0..<12 { #expect(abs(inputs[unit, j] - 2 * weight[unit, j] / length) < 1e-5) }
    }
  }

  /// Penalties below a layer have no say in what excites it.
  @Test func penaltiesDoNotMatter() throws {
    let data = curvedData(samples: 10)
    func inputs(_ penalties: Regularization) throws -> Matrix<Float> {
      try Model(
        variant: "deep", for: data, hidden: [8, 5], latent: 2, activation: .sigmoid, regularization: penalties, seed: 3
      ).excitingInputs(layer: penalties == .none ? 2 : 4, most: 2, norm: 2)
    }
    let penalised = Regularization(
      l1: 5, klSparsity: KLSparsity(target: 0.1, weight: 5), contraction: 3, layer: 1)
    #expect(try inputs(penalised) == inputs(.none))
  }

  /// No random input of the same norm excites a unit more.
  @Test func deeperUnitsAreExcitedMoreThanByChance() throws {
    let data = curvedData(samples: 10, shape: [5, 6])
    let model = try Model(
      variant: "conv", for: data, latent: 3, activation: .tanh, convolution: ConvolutionOptions(channels: [4]), seed: 3)
    let layer = try model.network.encoderStage(nil)
    let inputs = model.excitingInputs(layer: layer, most: 3, norm: 3)
    var random = RandomStream(seed: 1, purpose: .other)
    var others = Matrix<Float>(rows: 300, columns: 30)
    others.withMutableView { random.fillNormal($0) }
    for row in 0..<300 {
      let length = others.rows(row..<row + 1).values.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
      for j in 0..<30 { others[row, j] *= 3 / length }
    }
    func codes(_ x: Matrix<Float>) throws -> Matrix<Float> {
      let squared = try Model(
        variant: "conv", for: Dataset(x, shape: [5, 6], source: "x"), latent: 3, activation: .tanh,
        loss: .squaredError, scaling: Scaling.Kind.none, convolution: ConvolutionOptions(channels: [4]), seed: 3)
      return try squared.encode(Dataset(x, shape: [5, 6], source: "x"))
    }
    let (best, chance) = (try codes(inputs), try codes(others))
    for unit in 0..<3 {
      #expect(best[unit, unit] > (0..<300).map { chance[$0, unit] }.max()!)
    }
  }
}
