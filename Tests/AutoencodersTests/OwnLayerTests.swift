import Autoencoders
import Datasets
import Files
import Foundation
import Linalg
import Testing

/// These tests use kinds of layers, losses and optimizers that the library does not know, as another package would
/// bring them.
@Suite struct OwnLayerTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  private let data = curvedData(samples: 120)

  /// Returns a model whose encoder contains `layer` in front of the code.
  private func model(_ layer: LayerSpec) throws -> Model {
    try Model(
      encoder: [.dense(6, .tanh), layer, .dense(3)], decoder: [.dense(6, .tanh), .dense()], for: data, seed: 3)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func itsGradientIsRight() throws {
    var layout = ParameterLayout()
    _ = layout.add("other", shape: [3], startBound: 1, decays: false)
    let layer = try LayerSpec(GainKind(start: 1)).layer(.init(size: 5), start: .he, name: "layer", in: &layout).layer
    for row in GradientCheck.layer(layer, layout: layout) {
      #expect(row.relativeError < 1e-8 && row.largestDerivative > 0.01, "\(row.name)")
    }
  }

  /// An unknown kind of layer trains like any other, to the same bits for any number of threads.
  @Test func itTrains() throws {
    let start = try model(LayerSpec(UnregisteredKind()))
    #expect(start.network.layout.parameters.map(\.name).contains("encoder.1.gain"))
    #expect(start.tensor("encoder.1.gain")?.values == Array(repeating: 1, count: 6))
    let trained = try [1, 3].map {
      try Trainer(TrainingOptions(epochs: 5, batch: 20), threads: $0).train(start, on: data)
    }
    #expect(trained[0].parameters == trained[1].parameters)
    #expect(trained[0].tensor("encoder.1.gain")?.values.contains { $0 != 1 } == true)
    #expect(trained[0].training!.trainLoss! < 1.05 * (try start.evaluate(data).crossEntropyPerSample!))
  }

  @Test func withoutRegistrationItIsNotSaved() throws {
    let model = try model(LayerSpec(UnregisteredKind()))
    let path = temporaryPath("unregistered.safetensors")
    let wanted =
      "encoder, layer 2 (test-unregistered): a file can hold only layers that are known by their names; call "
      + "LayerSpec.register with its kind before saving and loading"
    #expect(message { try model.save(to: path) } == wanted)
    #expect(message { _ = try model.encoded() } == wanted)
    let checkpoint = Checkpoint(
      model: model, options: TrainingOptions(), state: TrainingState(parameters: model.parameters))
    #expect(message { try checkpoint.save(to: path) } == wanted)
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(message { _ = try LayerSpec("test-unregistered") }.hasPrefix("there is no layer 'test-unregistered'"))
    // The file would name the library's kind `l1`, so a different kind of that name is not saved.
    let impostor = try self.model(LayerSpec(ImpostorKind()))
    #expect(message { try impostor.save(to: path) }.contains("a file can hold only layers that are known"))
  }

  @Test func registeredItIsSavedAndLoaded() throws {
    LayerSpec.register(GainKind.self)
    // To register a kind twice is the same as to register it once.
    LayerSpec.register(GainKind.self)
    #expect(try LayerSpec("test-gain:2.0") == LayerSpec(GainKind(start: 2)))
    #expect(
      message { _ = try LayerSpec("test-gain:2:3") }.contains("'3' has no meaning there; the form is test-gain:START"))
    let start = try model(LayerSpec("test-gain:2"))
    let trained = try Trainer(TrainingOptions(epochs: 2, batch: 20)).train(start, on: data)
    let path = temporaryPath("registered.safetensors")
    try trained.save(to: path)
    let read = try Model.load(path)
    #expect(read.blueprint == trained.blueprint && read.parameters == trained.parameters)
    #expect(try read.encode(data) == trained.encode(data))
    // A program that does not know the kind would read such a file.
    var file = try Safetensors(readFile(path), path: path)
    file.metadata["aetool"] = file.metadata["aetool"]!.replacingOccurrences(of: "test-gain:", with: "test-gone:")
    try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
    #expect(message { _ = try Model.load(path) }.contains("there is no layer 'test-gone'; known are dense, "))
  }

  @Test func aLossWithoutATextFormIsNotSaved() throws {
    let model = try Model(
      encoder: [.dense(3)], decoder: [.dense()], loss: LossSpec(HalvedError()), for: data, seed: 1)
    let trained = try Trainer(TrainingOptions(epochs: 2, batch: 20)).train(model, on: data)
    #expect(trained.parameters != model.parameters)
    #expect(message { _ = try trained.encoded() } == "the loss 'test-halved' has no text form that a file could hold")
    // A loss with the name of another loss is not saved either, because the file would be read as that other loss.
    let impostor = try Model(encoder: [.dense(3)], decoder: [.dense()], loss: LossSpec(ImpostorError()), for: data)
    #expect(message { _ = try impostor.encoded() }.contains("has no text form that a file could hold"))
  }

  /// A model is its layers and its numbers, so its file leaves out an unknown rule that trained it. A checkpoint needs
  /// the rule.
  @Test func anOptimizersRuleIsRegisteredBeforeItIsWritten() throws {
    let optimizer = Optimizer(name: "test-share", StepRules(ShareRule(share: 0.25)), learningRate: 1e-3)
    let options = TrainingOptions(epochs: 2, batch: 20, optimizer: optimizer)
    let model = try deepModel(for: data)
    let trained = try Trainer(options).train(model, on: data)
    #expect(trained.parameters != model.parameters)
    let coded = try JSONEncoder().encode(options)
    #expect(message { _ = try JSONDecoder().decode(TrainingOptions.self, from: coded) }.contains("'test-share'"))
    let path = temporaryPath("share.safetensors")
    try trained.save(to: path)
    let read = try Model.load(path)
    #expect(read.parameters == trained.parameters && read.training == nil && trained.training != nil)
    #expect(read.errorDistribution == trained.errorDistribution)
    var state: TrainingState?
    _ = try Trainer(options).train(model, on: data, onEpoch: { report, now in if report.epoch == 1 { state = now } })
    let checkpoint = Checkpoint(model: model, options: options, state: try #require(state))
    let refusal = message { try checkpoint.save(to: path) }
    #expect(refusal.contains("'test-share'") && refusal.contains("call Optimizer.register"))
    Optimizer.register(ShareRule.self)
    #expect(try JSONDecoder().decode(TrainingOptions.self, from: coded) == options)
    try trained.save(to: path)
    #expect(try Model.load(path).training?.options == options)
    try checkpoint.save(to: path)
    let saved = try Checkpoint.load(path)
    let resumed = try Trainer(saved.options).train(saved.model, on: data, resuming: saved.state)
    #expect(resumed.parameters == trained.parameters)
  }
}

/// The layer computes y = g ⊙ x with one factor g for each unit.
private struct Gain: Layer {
  let inputSize: Int
  let gain: Parameter
  var role: LayerRole { .map }
  var summary: String { "gain \(inputSize)" }
  var outputSize: Int { inputSize }
  var parameters: [Parameter] { [gain] }
  var cut: LayerCut { LayerCut(units: inputSize) }

  init(size: Int, start: Double, name: String, in layout: inout ParameterLayout) {
    inputSize = size
    gain = layout.add("\(name).gain", shape: [size], startBound: 0, startCentre: start, decays: false)
  }

  func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    let g = pass.values(of: gain)
    for i in 0..<x.rows { for j in 0..<inputSize { y[i, j] = g[0, j] * x[i, j] } }
    return 0
  }

  func backward<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>) {
    let g = pass.values(of: gain)
    for i in 0..<dz.rows { for j in 0..<inputSize { dx[i, j] = g[0, j] * dz[i, j] } }
  }

  func parameterGradient<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>) {
    for j in units {
      var total: S = 0
      for i in 0..<dz.rows { total += dz[i, j] * x[i, j] }
      pass.gradient(of: gain)[0, j] = total
    }
  }
}

/// A test registers this kind of layer, whose text form is `test-gain:1`.
private struct GainKind: LayerKind {
  static let form = LayerForm(name: "test-gain", arguments: ":START", summary: "a factor for each unit")
  let start: Double

  init(start: Double) { self.start = start }
  init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    start = try arguments.number(try arguments.required("START"), "START", in: -10...10)
  }

  var arguments: [String] { ["\(start)"] }

  func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    Gain(size: site.input.size, start: start, name: site.name, in: &layout)
  }
}

/// This kind makes the same layer as `GainKind` under a name that nobody registers.
private struct UnregisteredKind: LayerKind {
  static let form = LayerForm(name: "test-unregistered", summary: "a factor for each unit")
  init() {}
  init(_ arguments: inout LayerArguments) throws(InvalidArgument) {}
  var arguments: [String] { [] }

  func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    Gain(size: site.input.size, start: 1, name: site.name, in: &layout)
  }
}

/// This kind makes the same layer as `GainKind` under the name of a layer of the library.
private struct ImpostorKind: LayerKind {
  static let form = LayerForm(name: "l1", arguments: ":λ", summary: "a factor for each unit")
  init() {}
  init(_ arguments: inout LayerArguments) throws(InvalidArgument) {}
  var arguments: [String] { ["1.0"] }

  func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    Gain(size: site.input.size, start: 1, name: site.name, in: &layout)
  }
}

/// This loss is always 0, and has the name of a loss of the library.
private struct ImpostorError: Loss {
  static let form = LossForm(name: "squared-error", summary: "nothing", examples: [])
  init() {}
  init?(argument: String?) { if argument != nil { return nil } }

  func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    dy.fill(0)
    return 0
  }
}

/// The loss is ½ Σ (x̂ − x)².
private struct HalvedError: Loss {
  static let form = LossForm(name: "test-halved", summary: "½ Σ (x̂ − x)²", examples: ["test-halved"])
  init() {}
  init?(argument: String?) { if argument != nil { return nil } }

  func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    let scale = S.Vector(1 / S(batch))
    zip(y, target, into: dy) { y, x in scale * (y - x) }
    return 0.5 * squaredDistance(y, target) / Double(batch)
  }
}

/// This rule is gradient descent with a share of the gradient.
private struct ShareRule: ElementwiseRule {
  static let name = "test-share"
  let share: Double
  var stateVectors: Int { 0 }

  func update<S: BLASScalar>(
    _ theta: MutableMatrixView<S>, gradient: MatrixView<S>, state: MutableMatrixView<S>, _ step: OptimizerStep,
    decay: Double
  ) {
    let rate = S.Vector(S(share * step.learningRate))
    transform(theta, with: gradient) { theta, g in theta - rate * g }
  }
}
