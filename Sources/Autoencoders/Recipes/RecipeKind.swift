import Linalg

/// One kind of autoencoder: the options that it takes, its own defaults, and how its layers follow from options.
/// `RecipeKind.all` is the list that the command line, its help, the documentation and the tests read.
public struct RecipeKind: Sendable {
  public let name: String
  /// One line for help and tables.
  public let summary: String
  /// The papers that describe this autoencoder.
  public let source: String
  /// The groups of options that the recipe takes.
  public let takes: Set<RecipeOption.Group>
  /// The options that the recipe uses where the user names none, for images of the size of MNIST's.
  public let defaults: RecipeOptions
  /// Whether the encoder gives a distribution of codes, whose divergence from the prior is part of the loss.
  public let isVariational: Bool
  /// Whether the model has a solution in closed form, which `PCA.fit` finds instead of training.
  public let isFitted: Bool
  /// Returns encoder and decoder, without noise and penalties.
  let layers: @Sendable (RecipeOptions, LayerSpec.Shape) throws(InvalidArgument) -> EncoderAndDecoder

  /// THE list of recipes.
  public static let all: [RecipeKind] = [
    vanilla, deep, conv, overcomplete, sparseL1, sparseKL, denoising, contractive, vae, convVAE, linear, pca,
  ]

  /// Returns the recipe called `name`, `custom` included; nil where there is none.
  public static func named(_ name: String) -> RecipeKind? { (all + [custom]).first { $0.name == name } }

  init(
    _ name: String, _ summary: String, source: String, takes: Set<RecipeOption.Group>, isVariational: Bool = false,
    isFitted: Bool = false, defaults: (inout RecipeOptions) -> Void,
    layers: @escaping @Sendable (RecipeOptions, LayerSpec.Shape) throws(InvalidArgument) -> EncoderAndDecoder
  ) {
    self.name = name
    self.summary = summary
    self.source = source
    self.takes = takes
    self.isVariational = isVariational
    self.isFitted = isFitted
    var options = RecipeOptions()
    defaults(&options)
    self.defaults = options
    self.layers = layers
  }

  /// Returns the defaults for samples of `features` numbers n. Those of small samples are smaller, since a table of 21
  /// columns has no use for 280,000 parameters: at most 4n, 2n, n … hidden units from the input on, and n/2 numbers in
  /// a code that compresses. A code that is to be large, which stands alone behind the input, has at most 4n.
  func defaults(features: Int) -> RecipeOptions {
    var result = defaults
    result.hidden = defaults.hidden.map { sizes in
      sizes.enumerated().map { min($1, max(2, features > 1 << 20 ? $1 : (4 * features) >> $0)) }
    }
    if let latent = defaults.latent {
      let isLarge = defaults.hidden == nil && latent > 64
      result.latent = min(latent, isLarge ? 4 * min(features, latent) : max(1, features / 2))
    }
    return result
  }
}

/// The layers of the encoder and of the decoder.
struct EncoderAndDecoder {
  var encoder: [LayerSpec]
  var decoder: [LayerSpec]
}

extension Set where Element == RecipeOption.Group {
  /// The groups of options that every trained recipe takes.
  static let trained: Self = [.latent, .loss, .noise, .start, .scaling, .binarisation]
  /// The groups of options of recipes that are not variational and whose activations are free.
  static let deterministic: Self = trained.union([.activation, .codeActivation, .penalties, .klPenalty])
}

/// Returns the mirrored dense layers of most recipes: hidden sizes to the code and back.
///
/// - `ends`: the encoder's last layers; nil for a dense one with the code's activation.
func denseLayers(_ options: RecipeOptions, ends: [LayerSpec]? = nil) -> EncoderAndDecoder {
  let activation = options.activation ?? .relu
  let hidden = options.hidden ?? []
  let condition: [LayerSpec] = options.classes.map { [.classCondition($0)] } ?? []
  let code = ends ?? [.dense(options.latent ?? 32, options.codeActivation ?? .identity)]
  return EncoderAndDecoder(
    encoder: condition + hidden.map { .dense($0, activation) } + code,
    decoder: condition + hidden.reversed().map { .dense($0, activation) })
}
