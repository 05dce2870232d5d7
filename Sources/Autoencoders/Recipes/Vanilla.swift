extension RecipeKind {
  static let vanilla = RecipeKind(
    "vanilla", "three layers: input, code, output; the activation on the code",
    source: "Rumelhart, Hinton and Williams 1986; Bourlard and Kamp 1988", takes: .deterministic,
    defaults: { $0.latent = 32 }, layers: { options, _ in threeLayers(options) })
}

extension Recipe {
  /// Returns the recipe of three layers, input, code and output, with the activation on the code.
  public static func vanilla(latent: Int = 32, activation: Activation = .relu) -> Recipe {
    Recipe(.vanilla) {
      $0.latent = latent
      $0.activation = activation
    }
  }
}

/// Returns a code and an output; the code has the activation of all units where it has none of its own.
func threeLayers(_ options: RecipeOptions, usual: Activation = .relu) -> EncoderAndDecoder {
  var options = options
  options.activation = options.activation ?? usual
  options.codeActivation = options.codeActivation ?? options.activation
  var layers = denseLayers(options)
  layers.decoder.append(.dense())
  return layers
}
