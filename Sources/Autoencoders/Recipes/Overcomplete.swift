extension RecipeKind {
  static let overcomplete = RecipeKind(
    "overcomplete", "a code larger than the input and nothing against copying: a warning",
    source: "Bengio et al. 2007", takes: .deterministic.union([.hidden]), defaults: { $0.latent = 1024 },
    layers: { options, _ in activatedCode(options) })
}

extension Recipe {
  /// Returns the recipe of a code larger than the input with nothing against copying. It is there as a warning.
  public static func overcomplete(latent: Int = 1024, activation: Activation = .relu) -> Recipe {
    Recipe(.overcomplete) {
      $0.latent = latent
      $0.activation = activation
    }
  }
}

/// Returns the hidden layers of `options`, if any, and a code with their activation.
func activatedCode(_ options: RecipeOptions, usual: Activation = .relu) -> EncoderAndDecoder {
  var options = options
  options.activation = options.activation ?? usual
  options.codeActivation = options.codeActivation ?? options.activation
  return mirroredLayers(options)
}
