import Datasets
import Linalg

/// A recipe with options; it makes a blueprint for data.
///
/// ```swift
/// let model = try Model(.deep(hidden: [256, 64], latent: 16), for: data, seed: 1)
/// let denoising = try Model(.deep().with { $0.noise = .masking(share: 0.5) }, for: data)
/// ```
public struct Recipe: Sendable {
  public let kind: RecipeKind
  /// The options that are named.
  public var options: RecipeOptions

  init(_ kind: RecipeKind, _ change: (inout RecipeOptions) -> Void) {
    self.kind = kind
    var options = RecipeOptions()
    change(&options)
    self.options = options
  }

  /// Creates the recipe called `name`, which `RecipeKind.all` lists, with `options`.
  /// - Throws: `InvalidArgument` for an unknown name and for options that the recipe does not take.
  public init(named name: String, _ options: RecipeOptions = RecipeOptions()) throws(InvalidArgument) {
    guard let kind = RecipeKind.named(name) else {
      let known = RecipeKind.all.map(\.name).joined(separator: ", ")
      throw InvalidArgument("there is no variant '\(name)'; known are \(known)")
    }
    self.kind = kind
    self.options = options
    try refuseOthers()
  }

  /// Returns a copy with the options that `change` changes.
  public func with(_ change: (inout RecipeOptions) -> Void) -> Recipe {
    var result = self
    change(&result.options)
    return result
  }

  /// Refuses options that belong to other recipes.
  private func refuseOthers() throws(InvalidArgument) {
    for (option, value) in RecipeOption.named(in: options) where !kind.takes.contains(option.group) {
      let others = option.recipes
      throw InvalidArgument(
        option.name, value,
        expected: "does not apply to the variant '\(kind.name)'; it is for "
          + (others.isEmpty ? "`encoder` and `decoder`" : others.joined(separator: ", ")))
    }
  }

  /// Returns the kind of scaling for data; `valuesAreFractions` says whether all values lie in [0, 1].
  func scalingKind(valuesAreFractions: Bool) -> Scaling.Kind {
    options.scaling ?? (valuesAreFractions ? .none : .standard)
  }

  /// Returns whether a rectified code stands right behind the data, and the options leave scaling and loss to the data.
  /// All inputs then push its units the same way, and those that fall below 0 for all samples never come back.
  func centresBrightData(of inputShape: [Int]) throws(InvalidArgument) -> Bool {
    guard kind.name != RecipeKind.custom.name, kind.takes.contains(.codeActivation), options.scaling == nil,
      options.loss == nil, options.binarise == nil, options.noise == nil, options.start != .pca
    else { return false }
    let activations = try blueprint(inputShape: inputShape).encoder.compactMap(\.activation)
    return activations.count == 1 && activations[0].isRectifier
  }

  /// Returns the blueprint for samples of `inputShape`.
  ///
  /// - `valuesAreFractions`: whether all values lie in [0, 1] before scaling.
  /// - `scaling`: the scaling that was measured for the data.
  /// - Throws: `InvalidArgument` for options and sizes that do not go together.
  public func blueprint(
    inputShape: [Int], valuesAreFractions: Bool = true, scaling: Scaling = .none
  ) throws(InvalidArgument) -> Blueprint {
    try refuseOthers()
    let seesFractions = valuesAreFractions && scaling.kind == .none
    var chosen = options.over(kind.defaults(features: inputShape.reduce(1, *)))
    if let mean = chosen.klMean {
      guard chosen.klSparsity != nil else { throw InvalidArgument("klMean", expected: "needs `klSparsity`") }
      chosen.klSparsity!.mean = mean
    }
    let loss = try chosenLoss(chosen, seesFractions: seesFractions)
    if chosen.binarise != nil && !seesFractions {
      throw InvalidArgument("binarise", expected: "needs data in [0, 1] without scaling")
    }
    try chosen.validateRegularization(seesFractions: seesFractions)
    try chosen.validateVariational()
    if kind.takes.contains(.codeActivation), chosen.klSparsity != nil, chosen.sparseLayer == nil {
      // The penalty compares mean activations with a probability, so units must lie between 0 and 1.
      chosen.codeActivation = chosen.codeActivation ?? .sigmoid
    }
    if let hidden = chosen.hidden {
      try require(
        hidden.count <= 64 && hidden.allSatisfy { 1...LayerSpec.largestSize ~= $0 }, "hidden",
        hidden.map(String.init).joined(separator: ","), "at most 64 layers of 1 to \(LayerSpec.largestSize) units")
    }
    if let latent = chosen.latent {
      try require(
        1...LayerSpec.largestSize ~= latent, "latent", "\(latent)", "must be from 1 to \(LayerSpec.largestSize)")
    }
    var blueprint = Blueprint(
      inputShape: inputShape, encoder: [], decoder: [], loss: loss,
      contraction: chosen.contraction == 0 ? nil : chosen.contraction, start: chosen.start ?? .he,
      outputBias: chosen.outputBias ?? .zero,
      preparation: Preparation(scaling: scaling, binarisation: chosen.binarise),
      recipe: kind.name == RecipeKind.custom.name
        ? nil
        : RecipeRecord(
          name: kind.name,
          options: Dictionary(
            uniqueKeysWithValues: RecipeOption.named(in: options).map { ($0.option.name, $0.value) })))
    let parts = try kind.layers(
      chosen, LayerSpec.Shape(size: blueprint.inputSize, image: blueprint.inputImage))
    blueprint.encoder = try chosen.regularized(parts.encoder, choosesActivation: kind.takes.contains(.activation))
    blueprint.decoder = parts.decoder
    let network = try blueprint.network()
    if chosen.outputBias == nil && network.isVariational && network.outputBias != nil { blueprint.outputBias = .mean }
    return blueprint
  }

  /// Returns the loss that is named, or one that fits the data.
  private func chosenLoss(_ chosen: RecipeOptions, seesFractions: Bool) throws(InvalidArgument) -> LossSpec {
    let loss: LossSpec
    let hasHeads = chosen.encoder?.contains(where: \.isHeads) ?? false
    if kind.isVariational || hasHeads {
      let named = chosen.likelihood
      if let named, let other = chosen.loss, named.loss.link != other.loss.link {
        throw InvalidArgument(
          "likelihood", named.likelihoodDescription, expected: "does not go with `loss` \(other)")
      }
      loss = named ?? .usualLikelihood(loss: chosen.loss, valuesAreFractions: seesFractions)
    } else {
      loss = chosen.loss ?? (seesFractions ? .crossEntropy : .squaredError)
    }
    if loss.loss.link == .logistic && !seesFractions {
      throw kind.isVariational || hasHeads
        ? InvalidArgument(
          "likelihood", loss.likelihoodDescription, expected: "needs data in [0, 1]",
          advice: "use `likelihood` gaussian:learned")
        : InvalidArgument(
          "loss", "\(loss)", expected: "needs data in [0, 1]",
          advice: "use `loss` squared-error, or scale the data")
    }
    return loss
  }
}
