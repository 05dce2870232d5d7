import Autoencoders
import Datasets
import Linalg
import Testing

@Suite struct ExcitationTests {
  @Test func aFirstLayersUnitsAreExcitedMostByTheirWeights() throws {
    let data = curvedData(samples: 10)
    let model = try Model(.deep(hidden: [5], latent: 2), for: data, seed: 3)
    let inputs = model.excitingInputs(layer: 0, most: 9, norm: 2)
    let weight = model.tensor("encoder.0.weight")!
    #expect(inputs.rows == 5)
    for unit in 0..<5 {
      let length = (0..<12).reduce(Float(0)) { $0 + weight[unit, $1] * weight[unit, $1] }.squareRoot()
      for j in 0..<12 { #expect(abs(inputs[unit, j] - 2 * weight[unit, j] / length) < 1e-5) }
    }
  }

  /// An encoder may consist of layers without weights. Then it has no layer whose units could be excited.
  @Test func layersThatAreNotThereAreRefused() throws {
    let data = curvedData(samples: 10)
    let deep = try Model(.deep(hidden: [5], latent: 2), for: data).network
    #expect(try deep.encoderStage(nil) == 1 && deep.encoderStage(1) == 0)
    for number in [0, 3, .min, .max] { #expect(throws: InvalidArgument.self) { try deep.encoderStage(number) } }
    let bare = try Model(encoder: [.l1(0.1)], decoder: [.dense()], for: data).network
    #expect(throws: InvalidArgument.self) { try bare.encoderStage(nil) }
  }

  /// Penalties in the layers below do not affect which input excites a unit most.
  @Test func penaltiesDoNotMatter() throws {
    let data = curvedData(samples: 10)
    func inputs(layer: Int, _ penalties: (inout RecipeOptions) -> Void) throws -> Matrix<Float> {
      let recipe = Recipe.deep(hidden: [8, 5], latent: 2, activation: .sigmoid).with(penalties)
      return try Model(recipe, for: data, seed: 3).excitingInputs(layer: layer, most: 2, norm: 2)
    }
    let penalised = try inputs(layer: 4) {
      $0.l1 = 5
      $0.klSparsity = KLSparsity(target: 0.1, weight: 5)
      $0.contraction = 3
      $0.sparseLayer = 1
    }
    #expect(try penalised == inputs(layer: 2) { _ in })
  }

  /// No random input of the same norm excites a unit more than the input that was found for it.
  @Test func deeperUnitsAreExcitedMoreThanByChance() throws {
    let data = curvedData(samples: 10, shape: [5, 6])
    let recipe = Recipe.conv(channels: [4], latent: 3, activation: .tanh)
    let model = try Model(recipe, for: data, seed: 3)
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
      let data = Dataset(x, shape: [5, 6], source: "x")
      let squared = recipe.with {
        $0.loss = .squaredError
        $0.scaling = Scaling.Kind.none
      }
      return try Model(squared, for: data, seed: 3).encode(data)
    }
    let (best, chance) = (try codes(inputs), try codes(others))
    for unit in 0..<3 {
      #expect(best[unit, unit] > (0..<300).map { chance[$0, unit] }.max()!)
    }
  }
}
