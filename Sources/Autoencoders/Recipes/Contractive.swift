extension RecipeKind {
  static let contractive = RecipeKind(
    "contractive", "λ ‖∂h/∂x‖² makes the code insensitive to its input", source: "Rifai et al. 2011",
    takes: .deterministic.union([.hidden]),
    defaults: {
      $0.latent = 128
      $0.contraction = 0.1
    }, layers: { options, _ in activatedCode(options, usual: .sigmoid) })
}

extension Recipe {
  /// Returns the recipe whose penalty λ ‖∂h/∂x‖² makes the code insensitive to its input; `contraction` is λ.
  public static func contractive(
    latent: Int = 128, contraction: Double = 0.1, hidden: [Int] = [], activation: Activation = .sigmoid
  ) -> Recipe {
    Recipe(.contractive) {
      $0.latent = latent
      $0.contraction = contraction
      $0.hidden = hidden
      $0.activation = activation
    }
  }
}
