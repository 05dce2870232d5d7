extension RecipeKind {
  static let deep = RecipeKind(
    "deep", "any hidden layers, mirrored in the decoder; code and output linear",
    source: "Hinton and Salakhutdinov 2006", takes: .deterministic.union([.hidden]),
    defaults: {
      $0.hidden = [512, 256]
      $0.latent = 32
    }, layers: { options, _ in mirroredLayers(options) })
}

extension Recipe {
  /// Returns the recipe with any hidden layers, mirrored in the decoder, and with a linear code and output.
  public static func deep(
    hidden: [Int] = [512, 256], latent: Int = 32, activation: Activation = .relu, codeActivation: Activation? = nil
  ) -> Recipe {
    Recipe(.deep) {
      $0.hidden = hidden
      $0.latent = latent
      $0.activation = activation
      $0.codeActivation = codeActivation
    }
  }
}

/// Returns hidden layers to a linear code and back to a linear output.
func mirroredLayers(_ options: RecipeOptions) -> EncoderAndDecoder {
  var layers = denseLayers(options)
  layers.decoder.append(.dense())
  return layers
}
