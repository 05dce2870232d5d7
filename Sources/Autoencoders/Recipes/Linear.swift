extension RecipeKind {
  static let linear = RecipeKind(
    "linear", "three layers without activation: reaches PCA's error and no less", source: "Baldi and Hornik 1989",
    takes: .trained.union([.penalties]),
    defaults: {
      $0.latent = 32
      $0.loss = .squaredError
    }, layers: { options, _ in threeLayers(options, usual: .identity) })

  static let pca = RecipeKind(
    "pca", "principal components by LAPACK: the linear optimum, fitted and not trained",
    source: "Pearson 1901; Hotelling 1933", takes: [.latent, .scaling], isFitted: true,
    defaults: {
      $0.latent = 32
      $0.loss = .squaredError
    }, layers: { options, _ in threeLayers(options, usual: .identity) })
}

extension Recipe {
  /// Returns the recipe of three layers without activation, whose error can reach PCA's but not fall below it.
  public static func linear(latent: Int = 32) -> Recipe { Recipe(.linear) { $0.latent = latent } }
}
