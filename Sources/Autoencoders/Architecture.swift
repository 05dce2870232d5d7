/// Everything that fixes a network's shape; with it and θ a model is rebuilt. Stored in the model file.
public struct Architecture: Sendable, Codable, Equatable {
  public let variant: String
  /// The shape of one sample: [28, 28], [21].
  public let inputShape: [Int]
  /// Hidden sizes from input to code.
  public let hidden: [Int]
  /// The code's size d.
  public let latent: Int
  public let activation: Activation
  public let loss: LossKind
  public let start: Start

  public var inputSize: Int { inputShape.reduce(1, *) }

  /// The largest size that a layer may have: products of a few such sizes stay far from overflow.
  static let largestSize = 1 << 24

  /// Fills what is left out with the variant's defaults and checks the rest.
  public init(
    variant name: String, inputShape: [Int], hidden: [Int]? = nil, latent: Int = 32, activation: Activation? = nil,
    loss: LossKind? = nil, start: Start = .he, valuesAreFractions: Bool = true
  ) throws(InvalidArgument) {
    guard let variant = Variant.named(name) else {
      let known = Variant.all.map(\.name).joined(separator: ", ")
      throw InvalidArgument("there is no variant '\(name)'; known are \(known)")
    }
    if hidden != nil && variant.defaultHidden == nil {
      throw InvalidArgument("the variant '\(name)' has no hidden layers; use 'deep' for them")
    }
    if let activation, !variant.takesActivation, activation != variant.defaultActivation {
      throw InvalidArgument("the variant '\(name)' has no activation to choose")
    }
    let loss = loss ?? variant.defaultLoss ?? (valuesAreFractions ? .crossEntropy : .squaredError)
    if loss == .crossEntropy && !valuesAreFractions {
      throw InvalidArgument("cross-entropy needs data in [0, 1]; use --loss squared-error, or scale the data")
    }
    self.variant = name
    self.inputShape = inputShape
    self.hidden = hidden ?? variant.defaultHidden ?? []
    self.latent = latent
    self.activation = activation ?? variant.defaultActivation
    self.loss = loss
    self.start = start
    try validate()
  }

  /// Every size within 1 ... 2²⁴, so that nothing computed from them overflows: for sizes that come from a file too.
  func validate() throws(InvalidArgument) {
    if Variant.named(variant) == nil { throw InvalidArgument("there is no variant '\(variant)'") }
    let sizes = inputShape + hidden + [latent]
    guard !inputShape.isEmpty, inputShape.count <= 8, hidden.count <= 64 else {
      throw InvalidArgument("\(inputShape.count) input dimensions and \(hidden.count) hidden layers; at most 8 and 64")
    }
    guard sizes.allSatisfy({ 1...Self.largestSize ~= $0 }) else {
      throw InvalidArgument("layer sizes \(sizes); each must be from 1 to \(Self.largestSize)")
    }
    var features = 1
    for size in inputShape {
      features *= size
      if features > Self.largestSize {
        throw InvalidArgument("samples of shape \(inputShape) have more than \(Self.largestSize) features")
      }
    }
  }

  /// The network of this shape.
  public func network() -> Autoencoder {
    guard let variant = Variant.named(variant) else { preconditionFailure("Architecture: variant \(variant)") }
    return Autoencoder(
      inputs: inputSize, encoder: variant.encoder(self), decoder: variant.decoder(self), loss: loss.loss, start: start)
  }
}

/// An argument that cannot be meant: the program reports it as wrong usage.
public struct InvalidArgument: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
