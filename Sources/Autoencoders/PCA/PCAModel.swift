import Linalg

extension Model {
  /// Creates the model of principal components: encoder weight C and bias −Cμ, decoder weight Cᵀ and bias μ.
  public init(_ pca: PCA, shape: [Int], scaling: Scaling = .none) throws(InvalidArgument) {
    precondition(shape.reduce(1, *) == pca.featureCount, "Model: \(pca.featureCount) features for shape \(shape)")
    let (d, n) = (pca.size, pca.featureCount)
    let blueprint = Blueprint(
      inputShape: shape, encoder: [.dense(d)], decoder: [.dense()], loss: .squaredError,
      preparation: Preparation(scaling: scaling), recipe: RecipeRecord(name: "pca", options: ["latent": "\(d)"]))
    let centre = pca.components.product(with: Matrix(rows: n, columns: 1, values: pca.mean))
    let parameters =
      pca.components.values.map { Float($0) } + (0..<d).map { Float(-centre[$0, 0]) }
      + pca.components.transposed.values.map { Float($0) } + pca.mean.map { Float($0) }
    self.init(blueprint, try blueprint.network(), parameters: parameters, seed: 0)
    knowledge.remember(pca.density)
  }
}
