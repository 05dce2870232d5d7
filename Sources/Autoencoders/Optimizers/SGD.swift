import Linalg

/// Gradient descent on batches: θ ← θ − η (g + λθ).
public struct SGD: ElementwiseRule {
  public static let name = "sgd"
  public var stateVectors: Int { 0 }
  public init() {}

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func update<S: BLASScalar>(
    _ theta: MutableMatrixView<S>, gradient: MatrixView<S>, state: MutableMatrixView<S>, _ step: OptimizerStep,
    decay: Double
  ) {
    let (rate, scale, decay) = (S.Vector(S(step.learningRate)), S.Vector(S(step.gradientScale)), S.Vector(S(decay)))
    transform(theta, with: gradient) { theta, g in theta - rate * (scale * g + decay * theta) }
  }
}

/// Heavy-ball momentum, as PyTorch writes it: v ← μv + g + λθ, θ ← θ − ηv, μ = 0.9 (Polyak 1964).
public struct Momentum: ElementwiseRule {
  public static let name = "momentum"
  public var stateVectors: Int { 1 }
  public let momentum: Double

  public init(momentum: Double = 0.9) { self.momentum = momentum }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func update<S: BLASScalar>(
    _ theta: MutableMatrixView<S>, gradient: MatrixView<S>, state: MutableMatrixView<S>, _ step: OptimizerStep,
    decay: Double
  ) {
    let (rate, scale, decay) = (S.Vector(S(step.learningRate)), S.Vector(S(step.gradientScale)), S.Vector(S(decay)))
    let momentum = S.Vector(S(momentum))
    transformPair(theta, state.rows(0..<1), with: gradient) { theta, velocity, g in
      velocity = momentum * velocity + (scale * g + decay * theta)
      theta -= rate * velocity
    }
  }
}

// These learning rates are for a loss that is a sum over features, whose gradient is as many times that of a mean.
extension OptimizerEntry {
  static let sgd = OptimizerEntry("sgd", "gradient descent on batches", rules: [SGD.self]) { _ in .sgd }

  static let momentum = OptimizerEntry(
    "momentum", "gradient descent with heavy-ball momentum", rules: [Momentum.self]
  ) { _ in .momentum(Momentum()) }
}

extension Optimizer {
  public static let sgd = Optimizer(name: "sgd", StepRules(SGD()), learningRate: 1e-2)

  public static let momentum = momentum(Momentum())

  public static func momentum(_ rule: Momentum) -> Optimizer {
    Optimizer(name: "momentum", StepRules(rule), learningRate: 1e-2)
  }
}
