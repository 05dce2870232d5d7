/// The options of recipes; nil leaves the choice to the recipe. `RecipeOption.all` says which recipes take which
/// options.
public struct RecipeOptions: Sendable, Equatable {
  /// The encoder's layers one by one, for the recipe `custom`.
  public var encoder: [LayerSpec]?
  public var decoder: [LayerSpec]?
  /// The hidden sizes from input to code; they lie behind the convolutions where there are any.
  public var hidden: [Int]?
  /// The size d of the code.
  public var latent: Int?
  /// The activation of hidden layers.
  public var activation: Activation?
  public var codeActivation: Activation?
  /// The number of channels of each convolution, from the input on.
  public var channels: [Int]?
  /// The side of the kernels.
  public var kernel: Int?
  /// The factor by which a convolution makes each side smaller.
  public var stride: Int?
  public var pooling: Pooling?
  public var loss: LossSpec?
  /// The likelihood p(x|z) of a variational model.
  public var likelihood: LossSpec?
  /// The factor β of the divergence; at 1 the loss is −ELBO.
  public var beta: Double?
  /// The nats of the divergence that are free in each dimension of the code.
  public var freeBits: Double?
  /// The number k of draws of the importance-weighted bound; 1 gives the ELBO.
  public var importanceSamples: Int?
  /// The number of classes that a conditional model is told.
  public var classes: Int?
  /// The noise on the input in training.
  public var noise: Corruption?
  /// The factor λ of the penalty λ Σ |a|; 0 for no penalty.
  public var l1: Double?
  public var klSparsity: KLSparsity?
  /// Says over which samples mean activations are taken; it overrides the mean of `klSparsity`, also of the recipe's
  /// own.
  public var klMean: KLSparsity.Mean?
  /// The factor λ of the penalty λ ‖∂h/∂x‖², where h is the code; 0 for no penalty.
  public var contraction: Double?
  /// The number, from 1, of the encoder layer whose units `l1` and `klSparsity` concern; nil for the code.
  public var sparseLayer: Int?
  /// The width Δ: the code is to be rounded to multiples of Δ, and has uniform noise of this width in training.
  public var quantisationNoise: Double?
  /// The factor λ of the penalty λ · bits of the rounded code; Δ is 1 where `quantisationNoise` is nil.
  public var rateWeight: Double?
  public var start: Start?
  public var outputBias: OutputBias?
  public var scaling: Scaling.Kind?
  /// Says how values in [0, 1] become 0 or 1 first.
  public var binarise: Binarisation?

  public init() {}

  /// Says how a convolutional recipe makes images smaller.
  public enum Pooling: String, Sendable, Codable, CaseIterable {
    /// A convolution has the stride; the decoder has transposed convolutions.
    case stride
    /// A convolution of stride 1 is followed by the largest number of every square; the decoder repeats pixels, then
    /// convolves.
    case max
  }

  /// Returns the options that are named here, and those of `other` for the rest.
  func over(_ other: RecipeOptions) -> RecipeOptions {
    var result = self
    for option in RecipeOption.all where option.text(self) == nil { option.copy(other, &result) }
    return result
  }
}

/// One option of recipes. `RecipeOption.all` is THE table of options: refusals, help, and the question whether anything
/// is named go by it, and by what each recipe takes.
public struct RecipeOption: Sendable {
  /// The name of the option, by which messages and records call it.
  public let name: String
  /// The group of options that the option belongs to; a recipe takes or leaves a whole group.
  public let group: Group
  /// Returns the value as text; nil where none is named.
  let text: @Sendable (RecipeOptions) -> String?
  /// Copies the value from the first options to the second.
  let copy: @Sendable (RecipeOptions, inout RecipeOptions) -> Void

  public enum Group: Sendable, CaseIterable {
    case layers, hidden, latent, activation, codeActivation, convolution, loss, variational, noise, penalties, klPenalty
    case start, scaling, binarisation
  }

  private init<Value: Sendable>(
    _ name: String, _ group: Group, _ path: WritableKeyPath<RecipeOptions, Value?> & Sendable,
    _ text: @escaping @Sendable (Value) -> String
  ) {
    self.name = name
    self.group = group
    self.text = { $0[keyPath: path].map(text) }
    copy = { from, to in to[keyPath: path] = from[keyPath: path] }
  }

  public static let all: [RecipeOption] = [
    RecipeOption("encoder", .layers, \.encoder) { $0.map(\.description).joined(separator: ", ") },
    RecipeOption("decoder", .layers, \.decoder) { $0.map(\.description).joined(separator: ", ") },
    RecipeOption("hidden", .hidden, \.hidden) { $0.map(String.init).joined(separator: ",") },
    RecipeOption("latent", .latent, \.latent) { "\($0)" },
    RecipeOption("activation", .activation, \.activation) { $0.rawValue },
    RecipeOption("codeActivation", .codeActivation, \.codeActivation) { $0.rawValue },
    RecipeOption("channels", .convolution, \.channels) { $0.map(String.init).joined(separator: ",") },
    RecipeOption("kernel", .convolution, \.kernel) { "\($0)" },
    RecipeOption("stride", .convolution, \.stride) { "\($0)" },
    RecipeOption("pooling", .convolution, \.pooling) { $0.rawValue },
    RecipeOption("loss", .loss, \.loss) { $0.description },
    RecipeOption("likelihood", .variational, \.likelihood) { $0.likelihoodDescription },
    RecipeOption("beta", .variational, \.beta) { "\($0)" },
    RecipeOption("freeBits", .variational, \.freeBits) { "\($0)" },
    RecipeOption("importanceSamples", .variational, \.importanceSamples) { "\($0)" },
    RecipeOption("conditional", .variational, \.classes) { "\($0)" },
    RecipeOption("noise", .noise, \.noise) { $0.description },
    RecipeOption("l1", .penalties, \.l1) { "\($0)" },
    RecipeOption("klSparsity", .klPenalty, \.klSparsity) { "\($0.target),\($0.weight)" },
    RecipeOption("klMean", .klPenalty, \.klMean) { $0.rawValue },
    RecipeOption("contraction", .penalties, \.contraction) { "\($0)" },
    RecipeOption("sparseLayer", .penalties, \.sparseLayer) { "\($0)" },
    RecipeOption("quantisationNoise", .penalties, \.quantisationNoise) { "\($0)" },
    RecipeOption("rateWeight", .penalties, \.rateWeight) { "\($0)" },
    RecipeOption("start", .start, \.start) { $0.rawValue },
    RecipeOption("outputBias", .start, \.outputBias) { $0.rawValue },
    RecipeOption("scaling", .scaling, \.scaling) { $0.rawValue },
    RecipeOption("binarise", .binarisation, \.binarise) { $0.description },
  ]

  /// The names of the recipes that take the option.
  public var recipes: [String] { RecipeKind.all.filter { $0.takes.contains(group) }.map(\.name) }

  /// Returns the options that are named in `options`, with their values.
  public static func named(in options: RecipeOptions) -> [(option: RecipeOption, value: String)] {
    all.compactMap { option in option.text(options).map { (option, $0) } }
  }
}
