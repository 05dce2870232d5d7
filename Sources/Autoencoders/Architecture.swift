import Linalg

/// Everything that fixes a network's shape; with it and θ a model is rebuilt. Stored in the model file.
public struct Architecture: Sendable, Codable, Equatable {
  public let variant: String
  /// The shape of one sample: [28, 28], [21].
  public let inputShape: [Int]
  /// Hidden sizes from input to code; behind the convolutions where there are any.
  public let hidden: [Int]
  /// The code's size d.
  public let latent: Int
  public let activation: Activation
  /// The code's activation; nil: the variant's usual one.
  public let codeActivation: Activation?
  public let loss: LossKind
  public let start: Start
  public let convolution: ConvolutionOptions?
  public let regularization: Regularization?
  /// Only of variational models.
  public private(set) var variational: VariationalOptions?
  /// How many classes a conditional model is told of; nil: it is none.
  public let classes: Int?
  /// nil: the values as they are.
  public let binarisation: Binarisation?

  static let mostClasses = 10_000

  public var inputSize: Int { inputShape.reduce(1, *) }

  /// The input as an image: [height, width] or [height, width, channels]; nil for other shapes.
  public var inputImage: Volume? {
    guard 2...3 ~= inputShape.count else { return nil }
    return Volume(
      height: inputShape[0], width: inputShape[1], channels: inputShape.count == 3 ? inputShape[2] : 1)
  }

  /// Fills what is left out with the variant's defaults and checks the rest.
  public init(
    variant name: String, inputShape: [Int], hidden: [Int]? = nil, latent: Int? = nil, activation: Activation? = nil,
    codeActivation: Activation? = nil, loss: LossKind? = nil, start: Start = .he,
    convolution: ConvolutionOptions? = nil, regularization: Regularization = .none,
    variational: VariationalOptions? = nil, classes: Int? = nil, binarisation: Binarisation? = nil,
    valuesAreFractions: Bool = true
  ) throws(InvalidArgument) {
    guard let variant = Variant.named(name) else {
      let known = Variant.all.map(\.name).joined(separator: ", ")
      throw InvalidArgument("there is no variant '\(name)'; known are \(known)")
    }
    if hidden != nil && variant.defaultHidden == nil {
      throw InvalidArgument("the variant '\(name)' has no hidden layers; use 'deep' for them")
    }
    if !variant.takesActivation {
      for case let chosen? in [activation, codeActivation] where chosen != variant.defaultActivation {
        throw InvalidArgument("the variant '\(name)' has no activation to choose")
      }
    }
    if convolution != nil && !variant.isConvolutional {
      throw InvalidArgument(
        "the variant '\(name)' has no convolutions; --channels, --kernel, --stride and --pooling are "
          + "for 'conv'")
    }
    if (variational != nil || classes != nil) && !variant.isVariational {
      throw InvalidArgument("the variant '\(name)' is not variational; 'vae' and 'conv-vae' are")
    }
    if variant.isVariational && codeActivation != nil {
      throw InvalidArgument(
        "the code of the variant '\(name)' is a draw from a normal distribution: it has no activation")
    }
    if variant.isFitted && regularization != .none {
      throw InvalidArgument("the variant '\(name)' is fitted at once: noise and penalties do not apply")
    }
    let options =
      variant.isVariational
      ? variational ?? VariationalOptions(likelihood: .usual(loss: loss, valuesAreFractions: valuesAreFractions)) : nil
    let loss =
      options?.likelihood.lossKind ?? loss ?? variant.defaultLoss
      ?? (valuesAreFractions ? .crossEntropy : .squaredError)
    if loss == .crossEntropy && !valuesAreFractions {
      throw InvalidArgument(
        variant.isVariational
          ? "the Bernoulli likelihood needs data in [0, 1]; use --likelihood gaussian:learned"
          : "cross-entropy needs data in [0, 1]; use --loss squared-error, or scale the data")
    }
    if binarisation != nil && (!valuesAreFractions || variant.isFitted) {
      throw InvalidArgument("--binarise needs data in [0, 1] without scaling, and a variant that is trained")
    }
    let regularization = regularization.over(variant.defaultRegularization)
    try regularization.validate(valuesAreFractions: valuesAreFractions)
    // Mean activations are compared with a probability.
    let needsSigmoid = regularization.klSparsity != nil && regularization.layer == nil && variant.takesActivation
    self.variant = name
    self.inputShape = inputShape
    self.hidden = hidden ?? variant.defaultHidden ?? []
    self.latent = latent ?? variant.defaultLatent
    self.activation = activation ?? variant.defaultActivation
    self.codeActivation = codeActivation ?? (needsSigmoid ? .sigmoid : nil)
    self.loss = loss
    self.start = start
    self.convolution = variant.isConvolutional ? convolution ?? ConvolutionOptions() : nil
    self.regularization = regularization == .none ? nil : regularization
    self.variational = options
    self.classes = classes
    self.binarisation = binarisation
    try validate()
  }

  /// Every size within 1 ... 2²⁴, so that nothing computed from them overflows, and sizes that go together: for what
  /// comes from a file too.
  func validate() throws(InvalidArgument) {
    guard let variant = Variant.named(variant) else { throw InvalidArgument("there is no variant '\(variant)'") }
    let sizes = inputShape + hidden + [latent]
    guard !inputShape.isEmpty, inputShape.count <= 8, hidden.count <= 64 else {
      throw InvalidArgument("\(inputShape.count) input dimensions and \(hidden.count) hidden layers; at most 8 and 64")
    }
    guard sizes.allSatisfy({ 1...Autoencoder.largestSize ~= $0 }) else {
      throw InvalidArgument("layer sizes \(sizes); each must be from 1 to \(Autoencoder.largestSize)")
    }
    var features = 1
    for size in inputShape {
      features *= size
      if features > Autoencoder.largestSize {
        throw InvalidArgument("samples of shape \(inputShape) have more than \(Autoencoder.largestSize) features")
      }
    }
    if variant.isConvolutional {
      guard let convolution else { throw InvalidArgument("the variant '\(variant.name)' lacks its convolutions") }
      try convolution.validate()
      guard inputImage != nil else {
        throw InvalidArgument(
          "the variant '\(variant.name)' needs images, [height, width] or [height, width, channels]; "
            + "the samples have shape \(inputShape)")
      }
    }
    try (regularization ?? .none).validate(valuesAreFractions: true)
    if variant.isVariational && variational == nil {
      throw InvalidArgument("nothing is said of the likelihood; an earlier version wrote it: train it again")
    }
    try variational?.validate()
    if binarisation != nil && (variant.isFitted || loss != .crossEntropy && variational == nil) {
      throw InvalidArgument("--binarise goes with a variant that is trained, and cross-entropy or a likelihood")
    }
    guard (variational != nil) == variant.isVariational, variational.map({ $0.likelihood.lossKind == loss }) ?? true,
      classes == nil || variant.isVariational
    else {
      throw InvalidArgument("the variant '\(variant.name)' and what is said of its likelihood do not go together")
    }
    if let classes, !(1...Self.mostClasses ~= classes) {
      throw InvalidArgument("\(classes) classes; must be from 1 to \(Self.mostClasses)")
    }
    if variant.isVariational, let regularization,
      regularization.l1 > 0 || regularization.klSparsity != nil || regularization.contraction > 0
    {
      throw InvalidArgument(
        "the variant '\(variant.name)' has a penalty of its own, --beta; of the others it takes --noise alone")
    }
    if variant.isVariational, regularization?.quantisationNoise != nil {
      throw InvalidArgument(
        "the variant '\(variant.name)' has noise on its code and a rate of its own, --beta; --quantisation-noise and "
          + "--rate-weight are for others")
    }
    let network = try build()
    if network.contraction == 0 { return }
    let numbers = Contraction<Float>.numbersPerSample(network)
    if numbers > Contraction<Float>.largestSample {
      throw InvalidArgument(
        "--contraction needs \(numbers) numbers for each sample with these sizes, at most "
          + "\(Contraction<Float>.largestSample); a smaller --latent makes fewer")
    }
  }

  /// The same network, trained for something else.
  func trainedFor(_ options: VariationalOptions) throws(InvalidArgument) -> Architecture {
    var result = self
    result.variational = options
    try result.validate()
    return result
  }

  /// The network of this shape.
  public func network() -> Autoencoder {
    do {
      return try build()
    } catch {
      // Every way to an architecture leads through `validate`.
      preconditionFailure("Architecture: \(error)")
    }
  }

  private func build() throws(InvalidArgument) -> Autoencoder {
    guard let variant = Variant.named(variant) else { throw InvalidArgument("there is no variant '\(variant)'") }
    let (encoder, decoder) = try variant.layers(self)
    let regularization = regularization ?? .none
    return try Autoencoder(
      inputs: inputSize, image: inputImage,
      encoder: try regularization.applied(to: encoder, choosesActivation: variant.takesActivation), decoder: decoder,
      loss: variational?.loss ?? loss.loss, start: start, contraction: regularization.contraction)
  }
}

/// An argument that cannot be meant: the program reports it as wrong usage.
public struct InvalidArgument: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
