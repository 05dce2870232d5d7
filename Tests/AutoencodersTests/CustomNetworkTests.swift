import Autoencoders
import Datasets
import Linalg
import Testing

/// These tests build networks whose layers are named one by one.
@Suite struct CustomNetworkTests {
  private let data = curvedData(samples: 200)

  private func saved(_ model: Model) throws -> Model {
    let path = temporaryPath("custom.safetensors")
    try model.save(to: path)
    return try Model.load(path)
  }

  private func refused(
    _ encoder: [LayerSpec], _ decoder: [LayerSpec], loss: LossSpec? = nil, for data: Dataset? = nil
  ) -> String {
    do {
      _ = try Model(encoder: encoder, decoder: decoder, loss: loss, for: data ?? self.data)
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func itTrainsAndComesBackFromItsFile() throws {
    let model = try Model(
      encoder: [.dense(8, .relu), .dense(3)], decoder: [.dense(8, .relu), .dense()], for: data, seed: 4)
    #expect(model.name == "custom" && model.blueprint.recipe == nil && model.blueprint.loss == .crossEntropy)
    #expect(model.network.codeSize == 3 && model.network.encoderDepth == 2 && model.network.layers.count == 4)
    var losses: [Double] = []
    let trained = try Trainer(TrainingOptions(epochs: 20, batch: 20, learningRate: 0.01)).train(
      model, on: data, onEpoch: { report, _ in losses.append(report.trainLoss - (report.trainFloor ?? 0)) })
    #expect(losses[19] < 0.5 * losses[0], "\(losses)")
    let read = try saved(trained)
    #expect(read.blueprint == trained.blueprint && read.seed == 4)
    #expect(try read.encode(data) == trained.encode(data))
    #expect(try read.reconstruct(data) == trained.reconstruct(data))
  }

  /// A network of the layers that a recipe consists of, named one by one, equals the recipe's network to the bit, also
  /// after training.
  @Test func layersOfARecipeAreTheRecipe() throws {
    let recipe = try Model(.deep(hidden: [8], latent: 3, activation: .tanh), for: data, seed: 2)
    let custom = try Model(
      encoder: try LayerSpec.list("dense:8:tanh, dense:3"), decoder: try LayerSpec.list("dense:8:tanh, dense"),
      for: data, seed: 2)
    #expect(custom.parameters == recipe.parameters)
    let trainer = Trainer(TrainingOptions(epochs: 2, batch: 32, optimizer: .muon))
    #expect(try trainer.train(custom, on: data).parameters == trainer.train(recipe, on: data).parameters)
  }

  @Test func theLossFollowsTheData() throws {
    let table = Dataset(
      Matrix(rows: 20, columns: 3, values: (0..<60).map { Float($0 % 7) * 30 }), source: "table")
    func model(_ loss: LossSpec?, _ data: Dataset) throws -> Model {
      try Model(encoder: [.dense(2)], decoder: [.dense()], loss: loss, for: data)
    }
    #expect(try model(nil, table).blueprint.loss == .squaredError && model(nil, table).scaling.kind == .standard)
    #expect(try model(.squaredError, data).blueprint.loss == .squaredError)
    #expect(
      refused([.dense(2)], [.dense()], loss: .crossEntropy, for: table)
        == "loss cross-entropy: needs data in [0, 1]; use loss squared-error, or scale the data")
  }

  @Test func sizesThatDoNotMeetAreNamed() throws {
    let images = curvedData(samples: 20, shape: [5, 4])
    #expect(
      refused([.dense(3)], [.dense(8), .dense(11)])
        == "decoder, layer 2 (dense:11): it gives 11 numbers, but the samples have 12 features")
    #expect(
      refused([.dense(3), .conv2D(2, kernel: 3)], [.dense()])
        == "encoder, layer 2 (conv:2:padding=0): it needs images, but gets 3 features without a shape")
    #expect(
      refused([.conv2D(2, kernel: 7)], [.dense()], for: images)
        == "encoder, layer 1 (conv:2:kernel=7:padding=0): a kernel of 7×7 is larger than an image of 5×4 with a "
        + "padding of 0")
    #expect(
      refused(
        [.conv2D(2, kernel: 3, stride: 2, padding: 1), .dense(3)],
        [.dense(image: Volume(height: 3, width: 2, channels: 2)), .convTranspose2D(1, height: 7, width: 4, kernel: 3)],
        for: images)
        == "decoder, layer 2 (conv-transpose:1:7x4:padding=0): an image of 3×2 cannot become one of 7×4 by a kernel of "
        + "3×3, stride 1 and padding 0")
    #expect(
      refused([.conv2D(2, kernel: 3), .maxPool2D(4)], [.dense()], for: images).hasPrefix(
        "encoder, layer 2 (max-pool:4): an image of 3×2 has no square of 4×4"))
    #expect(
      refused([.dense(5), .gaussianSample(beta: 1)], [.dense()]).hasPrefix(
        "encoder, layer 2 (gaussian-sample): it draws from means and log-variances, but gets 5 numbers"))
    let wide = LayerSpec.dense(LayerSpec.largestSize)
    #expect(
      refused([wide, wide], [.dense()]).hasPrefix("encoder, layer 2 (dense:16777216): 16777216 numbers a sample"))
    #expect(refused([], [.dense()]) == "encoder: has no layers" && refused([.dense(3)], []) == "decoder: has no layers")
  }

  /// Cross-entropy takes logits. A sigmoid's outputs are no logits, whatever layers stand behind the sigmoid.
  @Test func crossEntropyBehindASigmoidIsRefused() {
    let message = "decoder.1 (dense sigmoid 8→12): cross-entropy applies the sigmoid itself; the last layer must be "
    #expect(refused([.dense(3)], [.dense(8), .dense(nil, .sigmoid)]) == message + "without an activation")
    #expect(refused([.dense(3)], [.dense(8), .dense(nil, .relu)], loss: .crossEntropy) != "accepted")
    #expect(refused([.dense(3)], [.dense(8), .dense(nil, .sigmoid)], loss: .squaredError) == "accepted")
    #expect(refused([.dense(3)], [.dense(nil, .sigmoid), .l1(0.1)]) != "accepted")
    #expect(refused([.dense(3)], [.dense(nil, .sigmoid), .corruption(.gaussian(deviation: 0.1))]) != "accepted")
  }

  @Test func headsAndDrawsGoTogether() throws {
    let (heads, draw) = (LayerSpec.gaussianHeads(3), LayerSpec.gaussianSample(beta: 1))
    let places = "heads and the draw from them are the last two layers of an encoder"
    #expect(refused([.dense(8), heads], [.dense()]).contains(places))
    #expect(refused([heads, .dense(3)], [.dense()]).contains("a draw must follow the heads"))
    #expect(refused([.dense(6), draw], [.dense()]).contains("a draw needs heads before it"))
    #expect(refused([.dense(6), .importanceSamples(3)], [.dense()]).contains("a draw needs heads before it"))
    #expect(refused([.dense(6)], [heads, draw, .dense()]).contains(places))
    #expect(refused([heads, draw, .dense(3)], [.dense()]).contains(places))
    #expect(refused([heads, draw, draw], [.dense()]) != "accepted")
    #expect(refused([heads, draw], [.dense()]) == "accepted")
  }

  /// Heads make a network variational: its loss becomes a likelihood, and the ELBO is evaluated.
  @Test func headsMakeItVariational() throws {
    let encoder: [LayerSpec] = [.dense(16, .tanh), .gaussianHeads(3), .gaussianSample(beta: 1)]
    let model = try Model(encoder: encoder, decoder: [.dense(16, .tanh), .dense()], for: data, seed: 1)
    let named = try Model(.vae(hidden: [16], latent: 3, activation: .tanh), for: data, seed: 1)
    #expect(model.network.isVariational && model.parameters == named.parameters)
    let trainer = Trainer(TrainingOptions(epochs: 3, batch: 50))
    let (trained, wanted) = (try trainer.train(model, on: data), try trainer.train(named, on: data))
    #expect(trained.parameters == wanted.parameters)
    let elbo = try #require(try saved(trained).evaluateVariational(data)).elbo
    #expect(try elbo == #require(try wanted.evaluateVariational(data)).elbo)
    let squared = try Model(
      encoder: encoder, decoder: [.dense()], loss: .squaredError, for: data)
    #expect(squared.blueprint.loss == .gaussian(deviation: 0.5.squareRoot()))
  }

  @Test func imagesGoThroughConvolutions() throws {
    let images = curvedData(samples: 100, shape: [6, 5])
    let small = Volume(height: 3, width: 3, channels: 4)
    let model = try Model(
      encoder: [.conv2D(4, kernel: 3, stride: 2, padding: 1, .relu), .dense(3)],
      decoder: [
        .dense(nil, .relu, image: small), .upsample2D(height: 6, width: 5), .conv2D(1, kernel: 3, padding: 1),
      ], for: images, seed: 1)
    let trained = try Trainer(TrainingOptions(epochs: 3, batch: 20)).train(model, on: images)
    let read = try saved(trained)
    #expect(read.parameters == trained.parameters)
    #expect(try read.encode(images) == trained.encode(images))
  }

  /// The file of every accepted network can be read again, so all of its tensors must have different names.
  @Test func severalLayersOfAKindHaveTensorsOfTheirOwn() throws {
    let sparsity = LayerSpec.klSparsity(KLSparsity(target: 0.1, weight: 1, mean: .running))
    let model = try Model(
      encoder: [
        .dense(8, .sigmoid), sparsity, .rate(0.1, width: 1), .dense(4, .sigmoid), sparsity, .rate(0.2, width: 0.5),
      ], decoder: [.dense(8, .relu), .dense()], for: data, seed: 1)
    let names = model.network.layout.parameters.map(\.name)
    #expect(Set(names).count == names.count, "\(names)")
    #expect(try saved(model).parameters == model.parameters)
  }

  /// A layer has the same bounds whether it was made in code or read from text, so the file of every accepted network
  /// can be read again.
  @Test func numbersThatNoTextNamesAreRefused() {
    let (images, code) = (curvedData(samples: 20, shape: [4, 3]), LayerSpec.dense(3))
    for spec in [
      .dense(0), .dense(-3), .l1(-1), .l1(.nan), .l1(1e10),
      .maxPool2D(0), .conv2D(3, kernel: 3, stride: 0), .conv2D(3, kernel: 0), .conv2D(0, kernel: 3),
      .convTranspose2D(0, height: 4, width: 3, kernel: 1), .upsample2D(height: 0, width: 0), .classCondition(0),
      .corruption(.masking(share: 2)), .corruption(.gaussian(deviation: -1)), .rate(0, width: 1), .rate(1, width: 0),
    ] as [LayerSpec] {
      let message = refused([spec, code], [.dense()], for: images)
      #expect(message.hasPrefix("encoder, layer 1 (\(spec)): "), "\(spec): \(message)")
    }
    for sparsity in [KLSparsity(target: 0, weight: 1), .init(target: 1, weight: 1), .init(target: 0.1, weight: -1)] {
      #expect(refused([.dense(3, .sigmoid), .klSparsity(sparsity)], [.dense()]).hasPrefix("encoder, layer 2"))
    }
    for draw in [LayerSpec.importanceSamples(0), .importanceSamples(1), .gaussianSample(beta: -1)] {
      #expect(refused([.gaussianHeads(2), draw], [.dense()]).hasPrefix("encoder, layer 2"), "\(draw)")
    }
    #expect(refused([.gaussianHeads(0), .gaussianSample(beta: 1)], [.dense()]).hasPrefix("encoder, layer 1"))
    #expect(refused([code], [.dense()], loss: .gaussian(deviation: 0)) != "accepted")
  }

  @Test func optionsOfRecipesApplyWhereTheyCan() throws {
    let recipe = Recipe.layers(encoder: [.dense(8, .relu), .dense(3)], decoder: [.dense(8, .relu), .dense()])
    let penalised = recipe.with {
      $0.noise = .masking(share: 0.1)
      $0.l1 = 0.1
      $0.sparseLayer = 1
      $0.start = .glorot
    }
    #expect(
      try Model(penalised, for: data).blueprint.encoder == [
        .corruption(.masking(share: 0.1)), .dense(8, .relu), .l1(0.1), .dense(3),
      ])
    let error = #expect(throws: InvalidArgument.self) { try Model(recipe.with { $0.hidden = [4] }, for: data) }
    #expect(error?.parameter == "hidden" && error?.value == "4")
    let half = RecipeOptions.with { $0.encoder = [.dense(3)] }
    #expect(throws: InvalidArgument.self) { try Model(Recipe(named: "custom", half), for: data) }
    #expect(throws: InvalidArgument.self) { try Model(Recipe(named: "deep", half), for: data) }
  }
}
