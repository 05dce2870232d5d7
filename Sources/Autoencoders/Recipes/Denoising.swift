extension RecipeKind {
  static let denoising = RecipeKind(
    "denoising", "corrupted input, the clean input as target", source: "Vincent et al. 2008, 2010",
    takes: .deterministic.union([.hidden]),
    defaults: {
      $0.hidden = [1024]
      $0.latent = 256
      $0.noise = .masking(share: 0.5)
    }, layers: { options, _ in mirroredLayers(options) })
}

extension Recipe {
  /// Returns the recipe with a corrupted input and the clean input as target.
  public static func denoising(
    noise: Corruption = .masking(share: 0.5), hidden: [Int] = [1024], latent: Int = 256, activation: Activation = .relu
  ) -> Recipe {
    Recipe(.denoising) {
      $0.noise = noise
      $0.hidden = hidden
      $0.latent = latent
      $0.activation = activation
    }
  }
}
