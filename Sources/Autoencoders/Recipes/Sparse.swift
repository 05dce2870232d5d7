extension RecipeKind {
  static let sparseL1 = RecipeKind(
    "sparse-l1", "a large rectified code, λ Σ |a| keeps most of it at 0",
    source: "Olshausen and Field 1996; Glorot, Bordes and Bengio 2011", takes: .deterministic.union([.hidden]),
    defaults: {
      $0.latent = 1024
      $0.l1 = 0.1
    }, layers: { options, _ in activatedCode(options) })

  static let sparseKL = RecipeKind(
    "sparse-kl", "sigmoid units whose mean activations are drawn to ρ by β Σ KL(ρ ‖ ρ̂)",
    source: "Lee, Ekanadham and Ng 2008; Ng, CS294A", takes: .deterministic.union([.hidden]),
    defaults: {
      $0.latent = 400
      $0.activation = .sigmoid
      $0.klSparsity = KLSparsity(target: 0.05, weight: 10)
    }, layers: { options, _ in activatedCode(options, usual: .sigmoid) })
}

extension Recipe {
  /// Returns the recipe of a large rectified code, most of which the penalty `l1` · Σ |a| keeps at 0.
  public static func sparse(latent: Int = 1024, l1: Double = 0.1, activation: Activation = .relu) -> Recipe {
    Recipe(.sparseL1) {
      $0.latent = latent
      $0.l1 = l1
      $0.activation = activation
    }
  }

  /// Returns the recipe of sigmoid units whose mean activations are drawn to a target.
  public static func sparse(
    latent: Int = 400, klSparsity: KLSparsity = KLSparsity(target: 0.05, weight: 10)
  ) -> Recipe {
    Recipe(.sparseKL) {
      $0.latent = latent
      $0.klSparsity = klSparsity
    }
  }
}
