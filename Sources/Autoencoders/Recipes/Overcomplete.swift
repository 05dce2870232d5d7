extension RecipeKind {
  static let overcomplete = RecipeKind(
    "overcomplete", "a code larger than the input and nothing against copying: a warning",
    source: "Bengio et al. 2007", takes: .deterministic.union([.hidden]), defaults: { $0.latent = 1024 },
    layers: { options, _ in activatedCode(options) })
}

extension Recipe {
  /// A code larger than the input and nothing against copying: a warning.
  public static func overcomplete(latent: Int = 1024, activation: Activation = .relu) -> Recipe {
    Recipe(.overcomplete) {
      $0.latent = latent
      $0.activation = activation
    }
  }
}

/// Hidden layers where there are some; the code has their activation.
func activatedCode(_ options: RecipeOptions, usual: Activation = .relu) -> EncoderAndDecoder {
  var options = options
  options.activation = options.activation ?? usual
  options.codeActivation = options.codeActivation ?? options.activation
  return mirroredLayers(options)
}
