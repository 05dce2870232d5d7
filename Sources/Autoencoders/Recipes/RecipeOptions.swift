/// What can be asked of a recipe; nil everywhere: the recipe's own choice. `RecipeOption.all` tells which recipes take which.
public struct RecipeOptions: Sendable, Equatable {
  /// Layers one by one, for the recipe `custom`.
  public var encoder: [LayerSpec]?
  public var decoder: [LayerSpec]?
  /// Hidden sizes from input to code; behind the convolutions where there are any.
  public var hidden: [Int]?
  /// The code's size d.
  public var latent: Int?
  /// The activation of hidden layers.
  public var activation: Activation?
  public var codeActivation: Activation?
  /// Channels of each convolution, from the input on.
  public var channels: [Int]?
  /// The side of the kernels.
  public var kernel: Int?
  /// By how much a convolution makes each side smaller.
  public var stride: Int?
  public var pooling: Pooling?
  public var loss: LossSpec?
  /// p(x|z) of a variational model.
  public var likelihood: LossSpec?
  /// β of the divergence; 1 makes the loss −ELBO.
  public var beta: Double?
  /// Nats of the divergence that are free in each dimension of the code.
  public var freeBits: Double?
  /// k of the importance-weighted bound; 1: the ELBO.
  public var importanceSamples: Int?
  /// How many classes a conditional model is told of.
  public var classes: Int?
  /// Noise on the input while training.
  public var noise: Corruption?
  /// λ of λ Σ |a|; 0: no such penalty.
  public var l1: Double?
  public var klSparsity: KLSparsity?
  /// Over what mean activations are taken; of the recipe's own penalty where `klSparsity` names none.
  public var klMean: KLSparsity.Mean?
  /// λ of λ ‖∂h/∂x‖², h the code; 0: no such penalty.
  public var contraction: Double?
  /// The encoder layer whose units `l1` and `klSparsity` concern, from 1; nil: the code.
  public var sparseLayer: Int?
  /// Δ: the code is to be rounded to its multiples, and has noise of that width while training.
  public var quantisationNoise: Double?
  /// λ of the penalty λ · bits of the rounded code. Without `quantisationNoise` Δ is 1.
  public var rateWeight: Double?
  public var start: Start?
  public var outputBias: OutputBias?
  public var scaling: Scaling.Kind?
  /// How values in [0, 1] become 0 or 1 first.
  public var binarise: Binarisation?

  public init() {}

  /// How a convolutional recipe makes images smaller.
  public enum Pooling: String, Sendable, Codable, CaseIterable {
    /// A convolution with a stride; the decoder has transposed convolutions.
    case stride
    /// A convolution of stride 1, then the largest of every square; the decoder repeats pixels, then convolves.
    case max
  }

  /// What is named here, and what `other` has for the rest.
  func over(_ other: RecipeOptions) -> RecipeOptions {
    var result = self
    for option in RecipeOption.all where option.text(self) == nil { option.copy(other, &result) }
    return result
  }
}

/// One option of recipes. `RecipeOption.all` is THE table of which there are: refusals, help, and the question whether
/// anything is named go by it, and by what each recipe says it takes.
public struct RecipeOption: Sendable {
  /// The name as `RecipeOptions` has it.
  public let name: String
  /// The group of options that a recipe takes or leaves.
  public let group: Group
  /// The value as text; nil where none is named.
  let text: @Sendable (RecipeOptions) -> String?
  /// Copies the value from the first to the second.
  let copy: @Sendable (RecipeOptions, inout RecipeOptions) -> Void

  public enum Group: Sendable, CaseIterable {
    case layers, hidden, latent, activation, codeActivation, convolution, loss, variational, noise, penalties, start
    case scaling, binarisation
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
    RecipeOption("klSparsity", .penalties, \.klSparsity) { "\($0.target),\($0.weight)" },
    RecipeOption("klMean", .penalties, \.klMean) { $0.rawValue },
    RecipeOption("contraction", .penalties, \.contraction) { "\($0)" },
    RecipeOption("sparseLayer", .penalties, \.sparseLayer) { "\($0)" },
    RecipeOption("quantisationNoise", .penalties, \.quantisationNoise) { "\($0)" },
    RecipeOption("rateWeight", .penalties, \.rateWeight) { "\($0)" },
    RecipeOption("start", .start, \.start) { $0.rawValue },
    RecipeOption("outputBias", .start, \.outputBias) { $0.rawValue },
    RecipeOption("scaling", .scaling, \.scaling) { $0.rawValue },
    RecipeOption("binarise", .binarisation, \.binarise) { $0.description },
  ]

  /// The names of the recipes that take it.
  public var recipes: [String] { RecipeKind.all.filter { $0.takes.contains(group) }.map(\.name) }

  /// The options that are named in `options`, with their values.
  public static func named(in options: RecipeOptions) -> [(option: RecipeOption, value: String)] {
    all.compactMap { option in option.text(options).map { (option, $0) } }
  }
}
