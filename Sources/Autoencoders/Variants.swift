import Linalg

/// One kind of autoencoder: how its layers follow from a few sizes, and what keeps it from copying. `Variant.all` is the
/// list that the command line, its help, the documentation and the tests read.
public struct Variant: Sendable {
  public let name: String
  /// One line for help and tables.
  public let summary: String
  /// Where it is described.
  public let source: String
  /// Hidden sizes from input to code where the user names none; nil: the variant has no hidden layers.
  public var defaultHidden: [Int]? = []
  /// The code's size where the user names none.
  public var defaultLatent = 32
  /// The activation of hidden layers where the user names none.
  public var defaultActivation = Activation.relu
  /// Whether the code has the hidden layers' activation where the user names none for it; otherwise it is linear.
  public var activatesCode = false
  /// Whether the user may choose activations.
  public var takesActivation = true
  /// The loss where the user names none; nil: cross-entropy for data in [0, 1], squared error for others.
  public var defaultLoss: LossKind?
  /// Noise and penalties where the user names none.
  public var defaultRegularization = Regularization.none
  /// Whether it begins with convolutions.
  public var isConvolutional = false
  /// Whether the encoder gives a distribution of codes, and the loss has its divergence from the prior.
  public var isVariational = false
  /// Whether it has a solution in closed form, found by `PCA.fit` instead of by training.
  public var isFitted = false

  public static let all: [Variant] = [
    vanilla, deep, conv, overcomplete, sparseL1, sparseKL, denoising, contractive, vae, convVAE, linear, pca,
  ]

  public static func named(_ name: String) -> Variant? { all.first { $0.name == name } }

  static let vanilla = Variant(
    name: "vanilla", summary: "three layers: input, code, output; the activation on the code",
    source: "Rumelhart, Hinton and Williams 1986; Bourlard and Kamp 1988",
    defaultHidden: nil, activatesCode: true)

  static let deep = Variant(
    name: "deep", summary: "any hidden layers, mirrored in the decoder; code and output linear",
    source: "Hinton and Salakhutdinov 2006",
    defaultHidden: [512, 256])

  static let conv = Variant(
    name: "conv", summary: "convolutions, then a linear code; transposed convolutions back",
    source: "Masci et al. 2011; Zeiler et al. 2010",
    isConvolutional: true)

  static let overcomplete = Variant(
    name: "overcomplete", summary: "a code larger than the input and nothing against copying: a warning",
    source: "Bengio et al. 2007",
    defaultLatent: 1024, activatesCode: true)

  static let sparseL1 = Variant(
    name: "sparse-l1", summary: "a large rectified code, λ Σ |a| keeps most of it at 0",
    source: "Olshausen and Field 1996; Glorot, Bordes and Bengio 2011",
    defaultLatent: 1024, activatesCode: true, defaultRegularization: Regularization(l1: 0.1))

  static let sparseKL = Variant(
    name: "sparse-kl", summary: "sigmoid units whose mean activations are drawn to ρ by β Σ KL(ρ ‖ ρ̂)",
    source: "Lee, Ekanadham and Ng 2008; Ng, CS294A",
    defaultLatent: 400, defaultActivation: .sigmoid, activatesCode: true,
    defaultRegularization: Regularization(klSparsity: KLSparsity(target: 0.05, weight: 10)))

  static let denoising = Variant(
    name: "denoising", summary: "corrupted input, the clean input as target",
    source: "Vincent et al. 2008, 2010",
    defaultHidden: [1024], defaultLatent: 256,
    defaultRegularization: Regularization(noise: .masking(share: 0.5)))

  static let contractive = Variant(
    name: "contractive", summary: "λ ‖∂h/∂x‖² makes the code insensitive to its input",
    source: "Rifai et al. 2011",
    defaultLatent: 128, defaultActivation: .sigmoid, activatesCode: true,
    defaultRegularization: Regularization(contraction: 0.1))

  static let vae = Variant(
    name: "vae", summary: "q(z|x) normal with diagonal covariance, trained on the ELBO; codes are its means",
    source: "Kingma and Welling 2014; Rezende, Mohamed and Wierstra 2014",
    defaultHidden: [400], defaultLatent: 20, isVariational: true)

  static let convVAE = Variant(
    name: "conv-vae", summary: "the same behind convolutions",
    source: "Kingma and Welling 2014; Masci et al. 2011",
    defaultLatent: 20, isConvolutional: true, isVariational: true)

  static let linear = Variant(
    name: "linear", summary: "three layers without activation: reaches PCA's error and no less",
    source: "Baldi and Hornik 1989",
    defaultHidden: nil, defaultActivation: .identity, takesActivation: false, defaultLoss: .squaredError)

  static let pca = Variant(
    name: "pca", summary: "principal components by LAPACK: the linear optimum, fitted and not trained",
    source: "Pearson 1901; Hotelling 1933",
    defaultHidden: nil, defaultActivation: .identity, takesActivation: false, defaultLoss: .squaredError,
    isFitted: true)

  /// Encoder and decoder of an architecture of this variant, without noise and penalties.
  func layers(_ a: Architecture) throws(InvalidArgument) -> (encoder: [LayerSpec], decoder: [LayerSpec]) {
    let code = a.codeActivation ?? (activatesCode ? a.activation : .identity)
    let ends: [LayerSpec] =
      a.variational.map { [.gaussianHeads(a.latent), $0.sampling] } ?? [.dense(a.latent, code)]
    // Behind convolutions, where there are any.
    let condition: [LayerSpec] = a.classes.map { [.classCondition($0)] } ?? []
    let encoder = condition + a.hidden.map { .dense($0, a.activation) } + ends
    let decoder = condition + a.hidden.reversed().map { .dense($0, a.activation) }
    guard isConvolutional, let options = a.convolution, let image = a.inputImage else {
      return (encoder, decoder + [.dense(a.inputSize)])
    }
    let stack = try ConvolutionStack(image, options, activation: a.activation)
    return (
      stack.encoder + encoder, decoder + [.dense(stack.last.count, a.activation, image: stack.last)] + stack.decoder
    )
  }
}
