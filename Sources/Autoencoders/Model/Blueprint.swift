import Linalg

/// Everything that fixes a model but its numbers; a blueprint and θ are the model. A model file stores the blueprint.
public struct Blueprint: Sendable, Codable, Equatable {
  /// The shape of one sample, as in [28, 28] or [21].
  public var inputShape: [Int]
  /// The encoder's layers, noise and penalties included.
  public var encoder: [LayerSpec]
  public var decoder: [LayerSpec]
  /// The loss, which for a variational model is −ln p(x|z) of a likelihood.
  public var loss: LossSpec
  /// The factor λ of the contractive penalty λ ‖∂h/∂x‖², where h is the code; nil where there is none.
  public var contraction: Double?
  /// Says how weights start.
  public var start: Start
  /// Says where the output's bias starts.
  public var outputBias: OutputBias
  /// Says what is done to data before the network sees them.
  public var preparation: Preparation
  /// The recipe that made the layers; nil where they were named one by one.
  public var recipe: RecipeRecord?

  public init(
    inputShape: [Int], encoder: [LayerSpec], decoder: [LayerSpec], loss: LossSpec, contraction: Double? = nil,
    start: Start = .he, outputBias: OutputBias = .zero, preparation: Preparation = Preparation(),
    recipe: RecipeRecord? = nil
  ) {
    self.inputShape = inputShape
    self.encoder = encoder
    self.decoder = decoder
    self.loss = loss
    self.contraction = contraction
    self.start = start
    self.outputBias = outputBias
    self.preparation = preparation
    self.recipe = recipe
  }

  /// The recipe's name; "custom" where there is no recipe.
  public var name: String { recipe?.name ?? "custom" }

  public var inputSize: Int { inputShape.reduce(1, *) }

  /// The input's shape as an image, from [height, width] or [height, width, channels]; nil for other shapes.
  public var inputImage: Volume? {
    guard 2...3 ~= inputShape.count else { return nil }
    return Volume(
      height: inputShape[0], width: inputShape[1], channels: inputShape.count == 3 ? inputShape[2] : 1)
  }

  /// Returns the network of this blueprint.
  /// - Throws: `InvalidArgument` for sizes and parts that do not go together, also in a blueprint that comes from a
  ///   file.
  public func network() throws(InvalidArgument) -> Autoencoder {
    try validateShape()
    let network = try Autoencoder(
      inputs: inputSize, image: inputImage, encoder: encoder, decoder: decoder, loss: loss.loss, start: start,
      contraction: contraction)
    try validateVariational(network)
    try validateConditions(network)
    try validateLoss(network)
    try validateContraction(network)
    return network
  }

  /// Refuses sizes out of bounds, so that nothing computed from them overflows.
  private func validateShape() throws(InvalidArgument) {
    guard 1...8 ~= inputShape.count, encoder.count + decoder.count <= 256 else {
      throw InvalidArgument(
        "\(inputShape.count) input dimensions and \(encoder.count + decoder.count) layers; at most 8 and 256")
    }
    var features = 1
    for size in inputShape {
      guard 1...LayerSpec.largestSize ~= size else {
        throw InvalidArgument("samples of shape \(inputShape); each side must be from 1 to \(LayerSpec.largestSize)")
      }
      features *= size
      if features > LayerSpec.largestSize {
        throw InvalidArgument("samples of shape \(inputShape) have more than \(LayerSpec.largestSize) features")
      }
    }
  }

  /// Refuses heads and draws unless they are the last two layers of the encoder, and the loss is a likelihood.
  private func validateVariational(_ network: Autoencoder) throws(InvalidArgument) {
    for (index, layer) in network.layers.enumerated() {
      switch layer.role {
      case .heads where index != network.encoderDepth - 2, .draws where index != network.encoderDepth - 1:
        throw InvalidArgument(
          "\(network.name(ofLayer: index)): heads and the draw from them are the last two layers of an encoder")
      default: break
      }
    }
    let draws = network.layers[network.encoderDepth - 1].role
    if case .draws = draws, network.headsIndex == nil {
      throw InvalidArgument("\(network.name(ofLayer: network.encoderDepth - 1)): a draw needs heads before it")
    }
    if network.isVariational {
      guard case .draws = draws else {
        throw InvalidArgument("\(network.name(ofLayer: network.headsIndex!)): a draw must follow the heads")
      }
      if !network.loss.isLikelihood {
        throw InvalidArgument(
          "loss", "\(loss)", expected: "a variational model needs a likelihood, which is −ln p(x|z) with its constant")
      }
    }
  }

  private func validateConditions(_ network: Autoencoder) throws(InvalidArgument) {
    for case .condition(let classes) in network.layers.map(\.role) where classes != network.classes {
      throw InvalidArgument("one layer is told of \(network.classes!) classes, another of \(classes)")
    }
  }

  private func validateLoss(_ network: Autoencoder) throws(InvalidArgument) {
    if loss.isListed && LossSpec(loss.description) == nil {
      throw InvalidArgument("loss", "\(loss)", expected: "its number is out of range")
    }
    if network.loss.link == .logistic,
      let last = network.layers.lastIndex(where: { $0.role == .map }), network.layers[last].activation != .identity
    {
      throw InvalidArgument(
        "\(network.name(ofLayer: last)): \(loss) applies the sigmoid itself; the last layer must be without an "
          + "activation"
      )
    }
    if preparation.binarisation != nil, network.loss.link != .logistic && !network.loss.isLikelihood {
      throw InvalidArgument("binarise", expected: "goes with cross-entropy or a likelihood")
    }
    try preparation.validate(features: inputSize)
  }

  private func validateContraction(_ network: Autoencoder) throws(InvalidArgument) {
    guard let contraction else { return }
    try require(
      contraction > 0 && contraction <= 1e9, "contraction", "\(contraction)", "must be positive and at most 1e9")
    for (index, layer) in network.layers[..<network.encoderDepth].enumerated() {
      switch layer.role {
      case .corruption, .penalty: continue
      case .map where layer is any AffineLayer: break
      default:
        throw InvalidArgument(
          "contraction",
          expected: "goes through dense layers, convolutions and max pooling, but "
            + "\(network.name(ofLayer: index)) is none of them")
      }
      if layer.activation == .silu {
        throw InvalidArgument(
          "contraction", expected: "needs the activation's second derivative, which silu's output does not tell")
      }
    }
    let numbers = Contraction<Float>.numbersPerSample(network)
    try require(
      numbers <= Contraction<Float>.largestSample, "contraction", nil,
      "needs \(numbers) numbers for each sample with these sizes, at most \(Contraction<Float>.largestSample)",
      advice: "a smaller `latent` makes fewer")
  }
}

/// The recipe that a blueprint comes from: its name, and the options that were named, as text.
public struct RecipeRecord: Sendable, Codable, Equatable {
  public var name: String
  public var options: [String: String]

  public init(name: String, options: [String: String] = [:]) {
    self.name = name
    self.options = options
  }
}

/// Says where the bias of the output starts.
public enum OutputBias: String, Sendable, Codable, CaseIterable {
  case zero
  /// The bias starts where the output is the mean of the training data.
  case mean
}
