import Autoencoders
import Datasets
import Files
import Linalg
import Testing

/// What a model knows of its parameters is forgotten where they change, in memory and in files.
@Suite struct KnowledgeTests {
  private let data = curvedData(samples: 80)

  private func trained() throws -> Model {
    try Trainer(TrainingOptions(epochs: 2, batch: 20)).train(try deepModel(for: data), on: data)
  }

  private func knowsNothing(_ model: Model) -> Bool {
    model.training == nil && model.errorDistribution == nil && model.codeDistribution == nil && model.density == nil
      && model.knowledge.all.isEmpty
  }

  @Test func trainingKnowsWhatItMeasured() throws {
    let model = try trained()
    #expect(model.training?.epochs == 2 && model.training?.samples == 80 && model.training?.data == "curved data")
    #expect(model.errorDistribution?.samples == 80 && model.codeDistribution?.samples == 80)
    #expect(model.codeDistribution?.codeSize == 2)
    #expect(knowsNothing(try deepModel(for: data)))
  }

  @Test func otherParametersAreUnknown() throws {
    let model = try trained()
    var (entry, all, tensor) = (model, model, model)
    entry.parameters[3] += 0.5
    all.parameters = all.parameters.map { 2 * $0 }
    tensor.set("decoder.0.bias", Array(repeating: 1, count: 8))
    for changed in [entry, all, tensor] { #expect(knowsNothing(changed)) }
    // The model whose copies were changed still knows what it knew.
    #expect(model.training != nil && model.errorDistribution != nil && model.codeDistribution != nil)
    let pca = try Model(PCA.fit(SampleStream(data), .components(2)), shape: data.shape)
    #expect(pca.density != nil)
    var moved = pca
    moved.parameters[0] += 1
    #expect(knowsNothing(moved) && pca.density != nil)
  }

  @Test func filesHoldWhatIsKnownOfTheirNumbers() throws {
    let model = try trained()
    func read(_ model: Model) throws -> (model: Model, text: String) {
      let path = temporaryPath("known.safetensors")
      try model.save(to: path)
      return (try Model.load(path), try Safetensors(readFile(path), path: path).metadata["aetool"]!)
    }
    let (same, text) = try read(model)
    #expect(same.training == model.training && same.errorDistribution == model.errorDistribution)
    #expect(same.codeDistribution == model.codeDistribution)
    let keys = ["training", "error_distribution", "code_distribution"]
    for key in keys { #expect(text.contains("\"\(key)\":"), "\(key)") }
    // The file holds no times, because another run of the same command would write other ones.
    #expect(!text.contains("seconds"))
    var changed = model
    changed.parameters[0] += 1
    let (other, rest) = try read(changed)
    #expect(knowsNothing(other) && other.parameters == changed.parameters)
    for key in keys { #expect(!rest.contains("\"\(key)\":"), "\(key)") }
  }

  /// The parameters of a checkpoint come from an unfinished run, and no statistics were measured with them.
  @Test func checkpointsHoldNoOldStatistics() throws {
    let old = try trained()
    let options = TrainingOptions(epochs: 4, batch: 20, seed: 2)
    var states: [TrainingState] = []
    let whole = try Trainer(options).train(old, on: data, onEpoch: { _, state in states.append(state) })
    let path = temporaryPath("checkpoint.safetensors")
    // Where no epoch was better than the start, the best parameters are those of the old model.
    var noBetter = states[1]
    noBetter.bestParameters = old.parameters
    for state in [noBetter, states[1]] {
      try Checkpoint(model: old, options: options, state: state).save(to: path)
      let read = try Checkpoint.load(path)
      #expect(try knowsNothing(read.model) && knowsNothing(Model.load(path)))
      #expect(read.state == state)
    }
    let resumed = try Trainer(options).train(try Checkpoint.load(path).model, on: data, resuming: states[1])
    #expect(resumed.parameters == whole.parameters && resumed.training == whole.training)
    #expect(resumed.errorDistribution == whole.errorDistribution)
    #expect(resumed.codeDistribution == whole.codeDistribution)
  }

  /// The model that an interrupted or diverged run leaves knows how far training came, but has no statistics from
  /// before.
  @Test func brokenRunsLeaveNoOldStatistics() throws {
    let old = try trained()
    do {
      _ = try Trainer(TrainingOptions(epochs: 5, batch: 20)).train(
        old, on: data, onProgress: { $0.epoch < 3 })
      Issue.record("was not stopped")
    } catch TrainingError.interrupted(_, let soFar, _) {
      #expect(soFar.training?.epochs == 2 && soFar.errorDistribution == nil && soFar.codeDistribution == nil)
    }
    let wild = TrainingOptions(epochs: 20, batch: 20, optimizer: .sgd, learningRate: 1e30, schedule: .constant)
    do {
      _ = try Trainer(wild).train(old, on: data)
      Issue.record("trained with a rate of 1e30")
    } catch TrainingError.diverged(_, _, let lastGood) {
      #expect(lastGood.training != nil && lastGood.errorDistribution == nil && lastGood.codeDistribution == nil)
    }
  }

  /// A model with other terms of the loss keeps the parameters, but forgets what was known of them.
  @Test func anotherLossIsAnotherModel() throws {
    let model = try Trainer(TrainingOptions(epochs: 1)).train(
      try Model(.vae(hidden: [8], latent: 2), for: data), on: data)
    let other = try model.trainedFor(beta: 3, reconstructs: true)
    #expect(other.parameters == model.parameters && knowsNothing(other))
    #expect(other.blueprint.encoder.last == .gaussianSample(beta: 3) && other.blueprint.loss == model.blueprint.loss)
    let deep = try deepModel(for: data)
    #expect(throws: InvalidArgument.self) { try deep.trainedFor(beta: nil, reconstructs: false) }
  }

  /// A file that states a fact that cannot be true of its model is refused.
  @Test func factsThatCannotBeTrueAreRefused() throws {
    var model = try trained()
    let short = try Trainer(TrainingOptions(epochs: 1)).train(
      try Model(.deep(hidden: [4], latent: 3), for: data), on: data)
    model.knowledge.remember(try #require(short.codeDistribution))
    let path = temporaryPath("wrong.safetensors")
    try model.save(to: path)
    let error = #expect(throws: FileError.self) { try Model.load(path) }
    #expect(error?.description.contains("the distribution of the codes is not one of 2 numbers") == true)
  }
}
