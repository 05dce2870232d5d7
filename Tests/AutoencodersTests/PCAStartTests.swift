import Autoencoders
import Datasets
import Foundation
import Linalg
import Testing

@Suite struct PCAStartTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  /// The values lie beyond [0, 1]. Therefore they are standardised, and the loss is the squared error.
  static let data: Dataset = {
    let curved = curvedData(samples: 500, shape: [20])
    var x = Matrix<Float>(rows: curved.count, columns: 20)
    x.withMutableView { curved.gather(rows: 0..<curved.count, into: $0) }
    var random = RandomStream(seed: 2, purpose: .other)
    for i in 0..<x.rows { for j in 0..<20 { x[i, j] = 3 * x[i, j] - 5 + Float(random.uniform(-0.3, 0.3)) } }
    return Dataset(x, source: "noisy curved data")
  }()

  private func model(
    _ hidden: [Int]?, _ latent: Int, _ activation: Activation? = nil, variant: String = "deep",
    code: Activation? = nil, data: Dataset = data, seed: UInt64 = 3, threads: Int = 2
  ) throws -> Model {
    let options = RecipeOptions.with {
      $0.hidden = hidden
      $0.latent = latent
      $0.activation = activation
      $0.codeActivation = code
      $0.start = .pca
    }
    return try Model(Recipe(named: variant, options), for: data, seed: seed, threads: threads)
  }

  private func components(_ model: Model, _ count: Int, of data: Dataset = data) throws -> PCA {
    try PCA.fit(SampleStream(data), .components(count), solver: .svd, scaling: model.scaling)
  }

  /// Returns the variance that the components leave out, with divisor N in place of N − 1: it is the squared error of
  /// PCA on the scaled samples that it was fitted to.
  private func error(of pca: PCA) -> Double {
    (pca.totalVariance - pca.explainedVariance.reduce(0, +)) * Double(pca.samples - 1) / Double(pca.samples)
  }

  /// Returns the squared error per sample on the scaled samples, which is also the loss.
  private func error(of model: Model, on data: Dataset = data) throws -> Double {
    try model.squaredErrors(data, in: model.scaling).reduce(0, +) / Double(data.count)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var variant = "deep"
    var hidden: [Int]? = []
    let latent: Int
    var activation: Activation?
    var code: Activation?
    /// k, the number of components
    let components: Int
    var testDescription: String {
      "\(variant) \(hidden ?? [])-\(latent) \(activation?.rawValue ?? "") \(code?.rawValue ?? "")"
    }
  }

  /// The networks have from one to nine hidden layers (the code included), which are wide or just wide enough.
  static let exactCases: [Case] = [
    Case(variant: "linear", hidden: nil, latent: 4, components: 4),
    // A code with as many numbers as there are features, or more, holds all components that there are.
    Case(variant: "linear", hidden: nil, latent: 19, components: 19),
    Case(variant: "linear", hidden: nil, latent: 30, components: 20),
    Case(variant: "vanilla", hidden: nil, latent: 8, activation: .relu, components: 4),
    Case(variant: "vanilla", hidden: nil, latent: 9, activation: .relu, components: 4),
    Case(variant: "vanilla", hidden: nil, latent: 4, activation: .relu, code: .identity, components: 4),
    Case(hidden: [8], latent: 4, components: 4), Case(hidden: [33], latent: 4, components: 4),
    Case(hidden: [4], latent: 4, activation: .identity, components: 4),
    Case(hidden: [40, 8, 30], latent: 4, components: 4), Case(hidden: [8, 8, 8, 8], latent: 4, components: 4),
    Case(hidden: [40, 8, 30], latent: 4, activation: .leakyReLU, components: 4),
    Case(hidden: [40, 8, 30], latent: 4, activation: .silu, components: 4),
    Case(variant: "denoising", hidden: [12], latent: 5, components: 5),
  ]

  /// In Float, θ, x and every sum have a relative rounding error of 6e-8. The squared error is less than a tenth of the
  /// squares of x in these cases, so the rounding is larger in relation to it.
  @Test(arguments: exactCases)
  func theErrorBeforeTheFirstStepIsThatOfComponents(_ example: Case) throws {
    let model = try model(
      example.hidden, example.latent, example.activation, variant: example.variant, code: example.code)
    let pca = try components(model, example.components)
    let (found, wanted) = (try error(of: model), error(of: pca))
    // With all components the only error is rounding, of numbers near 1 in 20 features.
    #expect(abs(found - wanted) < 1e-5 * wanted + 1e-10, "\(found), PCA \(wanted)")
    #expect(model.blueprint.start == .pca)
  }

  /// Since tanh u = u − u³/3 + …, a coordinate v loses less than s²|v|³/3 in each of L layers, where s|v| ≤ 0.1. This
  /// loss lies in the span of the components, at right angles to what they leave out. So the squared error grows by at
  /// most Σ (L s² v³/3)².
  @Test(arguments: [([Int](), 1), ([6], 2), ([6, 4, 9], 6)])
  func layersOfTanhAreNearlyStraight(hidden: [Int], layers: Int) throws {
    let code = hidden.count == 1 ? Activation.identity : nil
    let model = try model(
      hidden.isEmpty ? nil : hidden, 4, .tanh, variant: hidden.isEmpty ? "vanilla" : "deep", code: code)
    let pca = try components(model, 4)
    let linear = try Model(pca, shape: Self.data.shape, scaling: model.scaling)
    let codes = try linear.encode(Self.data).values.map { Double($0) }
    let scale = 0.1 / codes.map(abs).max()!
    let bound = codes.reduce(0) { $0 + pow(Double(layers) * scale * scale * $1 * $1 * $1 / 3, 2) }
    let (found, wanted) = (try error(of: model), error(of: pca))
    let growth = found - wanted
    #expect(growth > -1e-5 * wanted && growth <= bound / Double(Self.data.count) + 1e-5 * wanted)
    // The growth that the bound allows is small as well.
    #expect(growth < 1e-3 * wanted, "\(found), PCA \(wanted)")
  }

  @Test func widthsThatDoNotDoAreNamed() throws {
    func refused(_ make: @autoclosure () throws -> Model) -> String {
      do {
        _ = try make()
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      refused(try model([40, 7, 30], 4))
        == "start pca: encoder.1 (dense relu 40→7) needs 8 units for the 4 components that the code takes; it has 7")
    #expect(
      refused(try model([3], 4, .tanh))
        == "start pca: encoder.0 (dense tanh 20→3) needs 4 units for the 4 components that the code takes; it has 3")
    #expect(
      refused(try model(nil, 1, variant: "vanilla"))
        == "start pca: a code of 1 (dense relu 20→1) has no room for a component, which takes two units")
    #expect(
      refused(try model([8], 4, .sigmoid))
        == "start pca: encoder.0 (dense sigmoid 20→8) cannot pass components on unchanged; dense layers of "
        + "identity, relu, leaky-relu, silu, tanh can")
    #expect(
      refused(try model([8], 4, variant: "vae"))
        == "start pca: the code of the variant 'vae' is a draw from a distribution, which components do not give")
    let images = curvedData(samples: 30, shape: [6, 6])
    #expect(
      refused(try model([8], 4, variant: "conv", data: images))
        == "start pca: the variant 'conv' has convolutions, and components pass through dense layers alone")
    #expect(
      refused(try model(nil, 4, variant: "pca")).hasPrefix("start pca: does not apply to the variant 'pca'"))
    #expect(
      refused(try model(nil, 4, variant: "sparse-kl", data: images))
        == "start pca: encoder.0 (dense sigmoid 36→4) cannot pass components on unchanged; dense layers of "
        + "identity, relu, leaky-relu, silu, tanh can")
    #expect(
      refused(try model([8], 4, data: Self.data.subset(0..<1)))
        == "noisy curved data: one sample has no variance; PCA needs at least two")
    func refusedLayers(_ encoder: [LayerSpec], _ decoder: [LayerSpec], for data: Dataset = Self.data) -> String {
      let recipe = Recipe.layers(encoder: encoder, decoder: decoder).with { $0.start = .pca }
      return refused(try Model(recipe, for: data))
    }
    let labelled = try Dataset.open("digits:30")
    #expect(
      refusedLayers([.classCondition(10), .dense(8)], [.dense()], for: labelled).hasPrefix(
        "start pca: encoder (class of 10) cannot pass components on unchanged"))
    // An encoder or a decoder without weights has nothing to put components into, and an output layer with an
    // activation cannot give them.
    #expect(refusedLayers([.l1(0.1)], [.dense()]).hasPrefix("start pca: "))
    #expect(refusedLayers([.dense(20)], [.l1(0.1)]).hasPrefix("start pca: "))
    #expect(refusedLayers([.dense(4)], [.dense(nil, .tanh)]).hasPrefix("start pca: "))
    #expect(refusedLayers([.dense(4)], [.dense()]) == "")
    // Six samples have five components, so some units of the code carry none.
    let few = Self.data.subset(0..<6)
    #expect(try error(of: try model([10], 9, data: few), on: few) < 1e-8)
  }

  /// Units that no component needs do not matter at first. Their outgoing weights are 0, but get gradients in the first
  /// step, like those of their neighbours that carry components. The error is at right angles to what the components
  /// give. Therefore everything before the output layer gets gradients only in later steps. The units of the first
  /// layers wait longest, because the output does not depend on them until the weights behind them have grown.
  @Test func surplusUnitsLearn() throws {
    let start = try model([20, 14], 4)
    func trained(steps: Int) throws -> Model {
      let options = TrainingOptions(
        epochs: steps, batch: 500, optimizer: .sgd, learningRate: 1e-2, schedule: .constant)
      return try Trainer(options, threads: 1).train(start, on: Self.data)
    }
    /// Returns the root mean square of the change of a part of a weight.
    func change(_ name: String, _ model: Model, rows: Range<Int>, columns: Range<Int>) -> Double {
      let (a, b) = (start.tensor(name)!, model.tensor(name)!)
      let squares = rows.flatMap { i in columns.map { pow(Double(a[i, $0]) - Double(b[i, $0]), 2) } }
      return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
    let output = "decoder.2.weight"
    let silent = start.tensor(output)!
    for i in 0..<20 { for j in 8..<20 { #expect(silent[i, j] == 0) } }
    let one = try trained(steps: 1)
    let (carrying, surplus) = (
      change(output, one, rows: 0..<20, columns: 0..<8), change(output, one, rows: 0..<20, columns: 8..<20)
    )
    #expect(carrying > 1e-4 && surplus > 0.1 * carrying, "\(carrying), \(surplus)")
    let many = try trained(steps: 2000)
    for (name, rows, columns) in [
      ("encoder.0.weight", 8..<20, 0..<20), ("encoder.1.weight", 0..<8, 8..<20),
      ("encoder.1.weight", 8..<14, 0..<20), ("encoder.2.weight", 0..<4, 8..<14),
      ("decoder.0.weight", 8..<14, 0..<4), ("decoder.1.weight", 8..<20, 0..<14),
    ] {
      let part = change(name, many, rows: rows, columns: columns)
      // Gradients that are only rounding are near 1e-7. In 2000 steps at a rate of 1e-2 they change a weight by 2e-6.
      #expect(part > 1e-5, "\(name) \(rows) × \(columns): \(part)")
    }
  }

  @Test func trainingGoesOnBelowTheComponents() throws {
    let start = try model([64, 32], 2)
    let wanted = error(of: try components(start, 2))
    var reports: [EpochReport] = []
    var seen: Set<Double?> = []
    let options = TrainingOptions(epochs: 2, batch: 20)
    let trained = try Trainer(options, threads: 1).train(
      start, on: Self.data,
      onProgress: {
        if $0.epoch == 1 { seen.insert($0.startLoss) }
        return true
      },
      onEpoch: { report, _ in reports.append(report) })
    let first = try #require(reports[0].startLoss)
    #expect(abs(first - wanted) < 1e-5 * wanted && seen == [first])
    #expect(reports[1].startLoss == nil)
    #expect(try reports[1].trainLoss < wanted && error(of: trained) < wanted)
    // The loss at the start is reported neither for a model that has been trained nor for one with another start.
    let other = try Model(.deep(hidden: [8], latent: 2), for: Self.data)
    for model in [trained, other] {
      _ = try Trainer(TrainingOptions(epochs: 1), threads: 1).train(
        model, on: Self.data, onEpoch: { report, _ in #expect(report.startLoss == nil) })
    }
  }

  /// The scale and the offset of the logits are the best ones: the derivatives of the cross-entropy by both are 0.
  @Test func crossEntropyStartsAtCalibratedLogits() throws {
    let data = curvedData(samples: 400)
    let start = try model([32, 16], 3, data: data)
    #expect(start.blueprint.loss == .crossEntropy)
    let linear = try Model(try components(start, 3, of: data), shape: data.shape)
    let (p, y) = (try start.reconstruct(data).values, try linear.reconstruct(data).values)
    var x = Matrix<Float>(rows: data.count, columns: 12)
    x.withMutableView { data.gather(rows: 0..<data.count, into: $0) }
    var (slope, offset) = (0.0, 0.0)
    for k in y.indices {
      let residual = Double(p[k]) - Double(x.values[k])
      slope += residual * Double(y[k])
      offset += residual
    }
    // The derivatives per value are below 1e-4, because Newton's method stops where a step lowers the loss by less than
    // 1e-9 of it.
    #expect(abs(slope) < 1e-4 * Double(y.count) && abs(offset) < 1e-4 * Double(y.count))
    // The logits are ax̂ + b, so all values lie on one line.
    let logits = p.map { Double.log(Double($0) / (1 - Double($0))) }
    let a = (logits[1] - logits[0]) / Double(y[1] - y[0])
    for k in y.indices { #expect(abs(logits[k] - logits[0] - a * Double(y[k] - y[0])) < 1e-3) }
    #expect(a > 3 && a < 8)
    let flat = Dataset(pixels: Array(repeating: 7, count: 40), count: 10, shape: [4], source: "constant pixels")
    #expect(try model([4], 2, data: flat).parameters.allSatisfy { $0.isFinite })
    let bits = Dataset(pixels: (0..<40).map { $0 % 3 == 0 ? 255 : 0 }, count: 10, shape: [4], source: "bits")
    #expect(try model([8], 4, data: bits).parameters.allSatisfy { $0.isFinite })
  }

  @Test func oneSeedGivesOneStart() throws {
    for activation in [Activation.relu, .tanh] {
      let one = try model([20], 4, activation, threads: 1)
      for threads in [2, 3] { #expect(try model([20], 4, activation, threads: threads).parameters == one.parameters) }
      #expect(try model([20], 4, activation, seed: 4).parameters != one.parameters)
    }
  }

  @Test func filesOfSuchModelsLoad() throws {
    let start = try model([20], 4)
    let path = temporaryPath("start.safetensors")
    try start.save(to: path)
    let read = try Model.load(path)
    #expect(read.blueprint.start == .pca && read.parameters == start.parameters)
    // Without data there are no components, so the weights start in the usual way.
    let empty = try Model(start.blueprint, seed: 3)
    let usual = try Model(.deep(hidden: [20], latent: 4), for: Self.data, seed: 3)
    #expect(empty.parameters == usual.parameters)
  }
}
