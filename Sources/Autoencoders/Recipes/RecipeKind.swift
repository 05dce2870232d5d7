import Linalg

/// One kind of autoencoder: which options it takes, its own defaults, and how its layers follow from them.
/// `RecipeKind.all` is the list that the command line, its help, the documentation and the tests read.
public struct RecipeKind: Sendable {
  public let name: String
  /// One line for help and tables.
  public let summary: String
  /// Where it is described.
  public let source: String
  /// The groups of options that it takes.
  public let takes: Set<RecipeOption.Group>
  /// What it uses where the user names nothing.
  public let defaults: RecipeOptions
  /// Whether the encoder gives a distribution of codes, and the loss has its divergence from the prior.
  public let isVariational: Bool
  /// Whether it has a solution in closed form, found by `PCA.fit` instead of by training.
  public let isFitted: Bool
  /// Encoder and decoder, without noise and penalties.
  let layers: @Sendable (RecipeOptions, LayerSpec.Shape) throws(InvalidArgument) -> EncoderAndDecoder

  /// THE list of recipes.
  public static let all: [RecipeKind] = [
    vanilla, deep, conv, overcomplete, sparseL1, sparseKL, denoising, contractive, vae, convVAE, linear, pca,
  ]

  /// The recipe of that name, `custom` included; nil where there is none.
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
}

/// The layers of both halves.
struct EncoderAndDecoder {
  var encoder: [LayerSpec]
  var decoder: [LayerSpec]
}

extension Set where Element == RecipeOption.Group {
  /// What every recipe takes that is trained.
  static let trained: Self = [.latent, .loss, .noise, .start, .scaling, .binarisation]
  /// What networks of a free choice of activations take beside that.
  static let deterministic: Self = trained.union([.activation, .codeActivation, .penalties])
}

/// The mirrored dense layers that most recipes consist of: hidden sizes to the code and back.
///
/// `ends`: the encoder's last layers; a dense one with the code's activation where none are named.
func denseLayers(_ options: RecipeOptions, ends: [LayerSpec]? = nil) -> EncoderAndDecoder {
  let activation = options.activation ?? .relu
  let hidden = options.hidden ?? []
  let condition: [LayerSpec] = options.classes.map { [.classCondition($0)] } ?? []
  let code = ends ?? [.dense(options.latent ?? 32, options.codeActivation ?? .identity)]
  return EncoderAndDecoder(
    encoder: condition + hidden.map { .dense($0, activation) } + code,
    decoder: condition + hidden.reversed().map { .dense($0, activation) })
}
