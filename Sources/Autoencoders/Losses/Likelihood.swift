import Linalg

/// p(x|z) of a variational model, one distribution for every feature around what the decoder gives.
///
/// Written as on the command line: `bernoulli`, `gaussian:0.1`, `gaussian:learned`.
public enum Likelihood: Sendable, Equatable, TextCoded {
  /// p(x|z) = Π σ(y)ˣ (1 − σ(y))¹⁻ˣ, y the decoder's output; for x in [0, 1].
  case bernoulli
  /// N(y, s² I).
  case gaussian(deviation: Double)
  /// N(y, s² I), s² the running mean of its optimum ‖x − y‖²/n over the batches.
  case learnedGaussian

  /// Nil where the text is none, or s is not from 1e-6 to 1e6.
  public init?(_ text: String) {
    switch text {
    case "bernoulli": self = .bernoulli
    case "gaussian:learned": self = .learnedGaussian
    default:
      guard text.hasPrefix("gaussian:"), let s = Double(text.dropFirst(9)), s >= 1e-6, s <= 1e6
      else { return nil }
      self = .gaussian(deviation: s)
    }
  }

  public var description: String {
    switch self {
    case .bernoulli: "bernoulli"
    case .gaussian(let deviation): "gaussian:\(deviation)"
    case .learnedGaussian: "gaussian:learned"
    }
  }

  /// The loss with which it shares its output's meaning: logits or the data's own units.
  public var lossKind: LossKind { self == .bernoulli ? .crossEntropy : .squaredError }

  /// Where none is named: by the loss, squared error alone being −ln N(y, ½ I) less its constant; without one Bernoulli
  /// for values in [0, 1], and a Gaussian whose s is learned for others.
  public static func usual(loss: LossKind?, valuesAreFractions: Bool) -> Likelihood {
    switch loss {
    case .crossEntropy: .bernoulli
    case .squaredError: .gaussian(deviation: 0.5.squareRoot())
    case nil: valuesAreFractions ? .bernoulli : .learnedGaussian
    }
  }

  /// −ln p(x|z).
  public var loss: any Loss {
    switch self {
    case .bernoulli: CrossEntropy()
    case .gaussian(let deviation): GaussianLoss(fixedVariance: deviation * deviation)
    case .learnedGaussian: GaussianLoss(fixedVariance: nil)
    }
  }
}

/// −ln N(x; y, s² I): L = 1/B Σ (‖y − x‖² / 2s² + n/2 ln 2πs²), in nats with its constant.
///
/// s² is fixed, or learned: then it stands in θ as the state `decoder.variance`, the running mean over batches of the
/// variance that makes L least, ‖y − x‖²/nB (Rybkin, Daniilidis and Levine 2021); before the first batch it is 1.
public struct GaussianLoss: Loss {
  public let fixedVariance: Double?
  public private(set) var state: Parameter?

  static let momentum = 0.99
  /// A perfect reconstruction has no density.
  static let leastVariance = 1e-12

  init(fixedVariance: Double?) { self.fixedVariance = fixedVariance }

  public func placed(in layout: inout ParameterLayout) -> Self {
    if fixedVariance != nil { return self }
    var result = self
    result.state = layout.addState("decoder.variance", shape: [1])
    return result
  }

  /// s².
  @specialized(where S == Float)
  @specialized(where S == Double)
  func variance<S: BLASScalar>(_ parameters: MatrixView<S>) -> Double {
    variance(state: state.map { Double(parameters[0, $0.offset]) } ?? 0)
  }

  private func variance(state: Double) -> Double {
    fixedVariance ?? (state > 0 ? max(state, Self.leastVariance) : 1)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    // ∂L/∂y = (y − x) / s²B
    let variance = variance(parameters)
    let scale = S.Vector(S(1 / (variance * Double(batch))))
    zip(y, target, into: dy) { y, x in scale * (y - x) }
    let constant = 0.5 * Double(y.rows * y.columns) * Double.log(2 * Double.pi * variance)
    return (squaredDistance(y, target) / (2 * variance) + constant) / Double(batch)
  }

  public var hasDistribution: Bool { true }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream
  ) {
    // t = y + sε:  ∂L/∂y = −ε / sB
    random.fillNormal(dy)
    let scale = S.Vector(S(1 / (variance(parameters).squareRoot() * Double(batch))))
    transform(dy) { $0 * scale }
  }

  public func nextState(_ state: Double, after value: Double, features: Int) -> Double {
    let variance = variance(state: state)
    let half = 0.5 * Double(features)
    let optimum = (value - half * Double.log(2 * Double.pi * variance)) / half * variance
    let next = state == 0 ? optimum : Self.momentum * variance + (1 - Self.momentum) * optimum
    return max(next, Self.leastVariance)
  }
}

/// Nothing, in the place of another loss: for what the other terms do alone.
public struct NoReconstruction: Loss {
  let replaced: any Loss
  public var state: Parameter? { replaced.state }

  public func placed(in layout: inout ParameterLayout) -> Self { Self(replaced: replaced.placed(in: &layout)) }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    dy.fill(0)
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func reconstruct<S: BLASScalar>(_ y: MutableMatrixView<S>) { replaced.reconstruct(y) }
}
