import Linalg

/// One kind of autoencoder: how its layers follow from a few sizes. `Variant.all` is the list that the command line, its
/// help, the documentation and the tests read.
public struct Variant: Sendable {
  public let name: String
  /// One line for help and tables.
  public let summary: String
  /// Where it is described.
  public let source: String
  /// Hidden sizes from input to code where the user names none; nil: the variant has no hidden layers.
  public let defaultHidden: [Int]?
  /// The activation where the user names none.
  public let defaultActivation: Activation
  /// Whether the user may choose the activation.
  public let takesActivation: Bool
  /// The loss where the user names none; nil: cross-entropy for data in [0, 1], squared error for others.
  public let defaultLoss: LossKind?
  /// Whether it has a solution in closed form, found by `PCA.fit` instead of by training.
  public var isFitted = false
  let encoder: @Sendable (Architecture) -> [LayerSpec]
  let decoder: @Sendable (Architecture) -> [LayerSpec]

  public static let all: [Variant] = [vanilla, deep, linear, pca]

  public static func named(_ name: String) -> Variant? { all.first { $0.name == name } }

  static let vanilla = Variant(
    name: "vanilla", summary: "three layers: input, code, output; the activation on the code",
    source: "Rumelhart, Hinton and Williams 1986; Bourlard and Kamp 1988",
    defaultHidden: nil, defaultActivation: .relu, takesActivation: true, defaultLoss: nil,
    encoder: { [.dense($0.latent, $0.activation)] },
    decoder: { [.dense($0.inputSize)] })

  static let deep = Variant(
    name: "deep", summary: "any hidden layers, mirrored in the decoder; code and output linear",
    source: "Hinton and Salakhutdinov 2006",
    defaultHidden: [512, 256], defaultActivation: .relu, takesActivation: true, defaultLoss: nil,
    encoder: { a in a.hidden.map { .dense($0, a.activation) } + [.dense(a.latent)] },
    decoder: { a in a.hidden.reversed().map { .dense($0, a.activation) } + [.dense(a.inputSize)] })

  static let linear = Variant(
    name: "linear", summary: "three layers without activation: reaches PCA's error and no less",
    source: "Baldi and Hornik 1989",
    defaultHidden: nil, defaultActivation: .identity, takesActivation: false, defaultLoss: .squaredError,
    encoder: { [.dense($0.latent)] },
    decoder: { [.dense($0.inputSize)] })

  static let pca = Variant(
    name: "pca", summary: "principal components by LAPACK: the linear optimum, fitted and not trained",
    source: "Pearson 1901; Hotelling 1933",
    defaultHidden: nil, defaultActivation: .identity, takesActivation: false, defaultLoss: .squaredError,
    isFitted: true,
    encoder: { [.dense($0.latent)] },
    decoder: { [.dense($0.inputSize)] })
}
