import Autoencoders
import Datasets
import Linalg
import Testing

/// To repeat a training gives the same file, to the byte.
@Suite struct ReproducibilityTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  private func file(_ recipe: Recipe, _ data: Dataset, _ options: TrainingOptions, threads: Int) throws -> [UInt8] {
    let model = try Model(recipe, for: data, seed: 4, threads: threads)
    return try Trainer(options, threads: threads).train(model, on: data, validation: data).encoded()
  }

  @Test(arguments: RecipeKind.all.map(\.name))
  func everyRecipesFileIsTheSame(name: String) throws {
    let data = curvedData(samples: 90, shape: [6, 7])
    let recipe = try Recipe(named: name, .with { $0.latent = 5 })
    let options = TrainingOptions(epochs: 2, batch: 32, seed: 5)
    let first = try file(recipe, data, options, threads: 1)
    for threads in [1, 3] {
      let again = try file(recipe, data, options, threads: threads)
      #expect(again == first, "\(threads) threads")
    }
  }

  @Test(arguments: Optimizer.all.map(\.name))
  func everyOptimizersFileIsTheSame(name: String) throws {
    let data = curvedData(samples: 90)
    let recipe = Recipe.deep(hidden: [16, 8], latent: 3).with { $0.noise = .masking(share: 0.2) }
    let optimizer = try #require(Optimizer.named(name)).optimizer()
    let options = TrainingOptions(epochs: 3, batch: 32, optimizer: optimizer, seed: 5)
    let first = try file(recipe, data, options, threads: 1)
    for threads in [1, 3] {
      let again = try file(recipe, data, options, threads: threads)
      #expect(again == first, "\(threads) threads")
    }
  }

  @Test func everyLossHasTheSameFile() throws {
    let data = curvedData(samples: 90)
    for loss in everyLoss {
      let recipe = Recipe.deep(hidden: [8], latent: 3).with { $0.loss = loss }
      let options = TrainingOptions(epochs: 2, batch: 32, averaging: 0.9, seed: 5)
      let first = try file(recipe, data, options, threads: 1)
      for threads in [1, 3] {
        let again = try file(recipe, data, options, threads: threads)
        #expect(again == first, "\(loss), \(threads) threads")
      }
    }
  }
}
