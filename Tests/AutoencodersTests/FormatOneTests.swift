import Autoencoders
import Datasets
import Files
import Foundation
import Linalg
import Testing

/// These tests read model files of format 1, whose descriptions name a variant and its sizes.
@Suite struct FormatOneTests {
  private let data = curvedData(samples: 30)

  /// Writes a file with the tensors of `model` and a description of format 1, and returns its path.
  private func file(_ model: Model, _ architecture: String, more: String = "") throws -> String {
    let path = temporaryPath("format-1.safetensors")
    try model.save(to: path)
    var file = try Safetensors(readFile(path), path: path)
    file.metadata["aetool"] = """
      {"architecture":\(architecture),"format_version":1,"scaling":{"factor":[],"kind":"none","mean":[]},"seed":7,\
      "tool_version":"0.1.0"\(more)}
      """
    try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func expectSame(_ recipe: Recipe, _ architecture: String) throws {
    let model = try Model(recipe, for: data, seed: 7)
    let read = try Model.load(try file(model, architecture))
    var (found, wanted) = (read.blueprint, model.blueprint)
    #expect(found.recipe?.name == wanted.recipe?.name)
    found.recipe = nil
    wanted.recipe = nil
    // Format 1 does not say where the output's bias began.
    wanted.outputBias = .zero
    #expect(found == wanted)
    #expect(read.parameters == model.parameters && read.seed == 7)
    #expect(try read.encode(data) == model.encode(data) && read.reconstruct(data) == model.reconstruct(data))
  }

  @Test func descriptionsAreThoseOfTheSameRecipe() throws {
    let sizes = #""activation":"relu","hidden":[8],"input_shape":[12],"latent":3,"start":"he""#
    try expectSame(.deep(hidden: [8], latent: 3), #"{"variant":"deep","loss":"cross-entropy",\#(sizes)}"#)
    // Files that are older than the rate penalty do not mention it.
    try expectSame(
      .deep(hidden: [8], latent: 3).with { $0.l1 = 0.5 },
      #"{"variant":"deep","loss":"cross-entropy","regularization":{"l1":0.5,"contraction":0},\#(sizes)}"#)
    try expectSame(
      .deep(hidden: [8], latent: 3).with {
        $0.loss = .squaredError
        $0.noise = .uniform(width: 0.1)
        $0.quantisationNoise = 0.25
        $0.rateWeight = 0.01
      },
      #"{"variant":"deep","loss":"squared-error","regularization":{"noise":"uniform:0.1","l1":0,"contraction":0,"#
        + #""quantisation_noise":0.25,"rate_weight":0.01},\#(sizes)}"#)
    try expectSame(
      .vae(hidden: [8], latent: 3, likelihood: .gaussian(deviation: 0.5), beta: 2, freeBits: 0.1),
      #"{"variant":"vae","loss":"squared-error","variational":{"beta":2,"free_bits":0.1,"has_reconstruction":true,"#
        + #""importance_samples":1,"likelihood":"gaussian:0.5"},\#(sizes)}"#)
    let flat = #""hidden":[],"input_shape":[12],"latent":3,"start":"he""#
    try expectSame(
      .contractive(latent: 3),
      #"{"variant":"contractive","loss":"cross-entropy","activation":"sigmoid","#
        + #""regularization":{"l1":0,"contraction":0.1},\#(flat)}"#)
    // A description may name the activation although these variants have only one.
    try expectSame(
      .linear(latent: 3),
      #"{"variant":"linear","loss":"squared-error","activation":"identity","#
        + #""code_activation":"identity",\#(flat)}"#)
  }

  @Test func checkpointsGoOn() throws {
    let model = try Model(.deep(hidden: [8], latent: 3), for: data, seed: 7)
    let options = TrainingOptions(
      epochs: 4, batch: 10, optimizer: .adam(Adam(epsilon: 1e-3)), learningRate: 0.01, seed: 2)
    var saved: TrainingState?
    let whole = try Trainer(options).train(
      model, on: data, onEpoch: { report, state in if report.epoch == 2 { saved = state } })
    // That format did not know the loss of the first epoch.
    saved?.firstLoss = nil
    let path = temporaryPath("format-1.safetensors")
    try Checkpoint(model: model, options: options, state: try #require(saved)).save(to: path)
    var file = try Safetensors(readFile(path), path: path)
    file.metadata["aetool"] = """
      {"architecture":{"variant":"deep","loss":"cross-entropy","activation":"relu","hidden":[8],"input_shape":[12],\
      "latent":3,"start":"he"},"checkpoint":{"best_epoch":2,"best_loss":\(saved!.bestLoss),"epoch":2,"options":{\
      "batch":10,"epochs":4,"optimizer":"adam","epsilon":0.001,"learning_rate":0.01,"schedule":"cosine","seed":2,\
      "shuffle":true,"warmup":0,"weight_decay":0},"seconds":\(saved!.seconds),"step":6,\
      "train_loss":\(saved!.trainLoss)},"format_version":1,"scaling":{"factor":[],"kind":"none","mean":[]},"seed":7,\
      "tool_version":"0.1.0"}
      """
    try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
    let read = try Checkpoint.load(path)
    #expect(read.options == options && read.state == saved)
    #expect(try Trainer(read.options).train(read.model, on: data, resuming: read.state).parameters == whole.parameters)
  }

  /// Descriptions with impossible penalties or sizes, unknown names or missing entries are refused before anything is
  /// built.
  @Test(arguments: [
    (#""latent":3"#, #""latent":0"#, "latent 0: must be from 1 to"),
    (#""l1":0.5"#, #""l1":-5.0"#, "l1 -5.0"),
    (#""hidden":[8]"#, #""hidden":[-8]"#, "hidden -8: at most 64 layers"),
    (#""input_shape":[12]"#, #""input_shape":[4611686018427387904,4]"#, "samples of shape"),
    (#""variant":"deep""#, #""variant":"linger""#, "there is no variant 'linger'"),
    (#""optimizer":"adam""#, #""optimizer":"eve""#, "there is no optimizer 'eve'"),
    (#""noise":"gaussian:0.25""#, #""noise":"snowfall:0.25""#, "no Corruption: snowfall:0.25"),
    (#""loss":"cross-entropy","#, "", "not complete or of another format"),
  ])
  func wrongDescriptionsAreRefused(old: String, new: String, message: String) throws {
    let recipe = Recipe.deep(hidden: [8], latent: 3).with {
      $0.noise = .gaussian(deviation: 0.25)
      $0.l1 = 0.5
    }
    let architecture =
      #"{"variant":"deep","loss":"cross-entropy","activation":"relu","hidden":[8],"input_shape":[12],"latent":3,"#
      + #""start":"he","regularization":{"noise":"gaussian:0.25","l1":0.5,"contraction":0}}"#
    let training =
      #","training":{"data":"d","samples":5,"epochs":1,"best_epoch":1,"seconds":2,"options":{"batch":10,"epochs":4,"#
      + #""optimizer":"adam","schedule":"cosine","seed":2,"shuffle":true,"warmup":0,"weight_decay":0}}"#
    let model = try Model(recipe, for: data, seed: 7)
    #expect(try Model.load(try file(model, architecture, more: training)).training?.options.optimizer == .adam)
    #expect((architecture + training).contains(old))
    let path = try file(
      model, architecture.replacingOccurrences(of: old, with: new),
      more: training.replacingOccurrences(of: old, with: new))
    do {
      _ = try Model.load(path)
      Issue.record("was read")
    } catch { #expect(error.description.contains(message), "\(error)") }
  }
}
