extension RecipeKind {
  static let vanilla = RecipeKind(
    "vanilla", "three layers: input, code, output; the activation on the code",
    source: "Rumelhart, Hinton and Williams 1986; Bourlard and Kamp 1988", takes: .deterministic,
    defaults: { $0.latent = 32 }, layers: { options, _ in threeLayers(options) })
}

extension Recipe {
  /// Three layers: input, code, output; the activation on the code.
  public static func vanilla(latent: Int = 32, activation: Activation = .relu) -> Recipe {
    Recipe(.vanilla) {
      $0.latent = latent
      $0.activation = activation
    }
  }
}

/// The code, where none is named with the activation of all units.
func threeLayers(_ options: RecipeOptions, usual: Activation = .relu) -> EncoderAndDecoder {
  var options = options
  options.activation = options.activation ?? usual
  options.codeActivation = options.codeActivation ?? options.activation
  var layers = denseLayers(options)
  layers.decoder.append(.dense())
  return layers
}
