import Linalg

/// RMSProp (Tieleman and Hinton 2012): v ← αv + (1 − α)g², θ ← θ − ηg / (√v + ε), α = 0.99; g includes λθ.
public struct RMSProp: ElementwiseRule {
  public static let name = "rmsprop"
  public var stateVectors: Int { 1 }
  public let smoothing: Double
  public let epsilon: Double

  public init(smoothing: Double = 0.99, epsilon: Double = 1e-8) {
    self.smoothing = smoothing
    self.epsilon = epsilon
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func update<S: BLASScalar>(
    _ theta: MutableMatrixView<S>, gradient: MatrixView<S>, state: MutableMatrixView<S>, _ step: OptimizerStep,
    decay: Double
  ) {
    let (rate, scale, decay) = (S.Vector(S(step.learningRate)), S.Vector(S(step.gradientScale)), S.Vector(S(decay)))
    let (smoothing, rest, epsilon) = (S.Vector(S(smoothing)), S.Vector(S(1 - self.smoothing)), S.Vector(S(epsilon)))
    transformPair(theta, state.rows(0..<1), with: gradient) { theta, v, g in
      let g = scale * g + decay * theta
      v = smoothing * v + rest * (g * g)
      theta -= rate * g / (v.squareRoot() + epsilon)
    }
  }
}

extension OptimizerEntry {
  static let rmsprop = OptimizerEntry(
    "rmsprop", "steps over the root of the gradient's mean square", rules: [RMSProp.self], takes: [.epsilon]
  ) { .rmsprop(RMSProp(epsilon: $0.epsilon ?? 1e-8)) }
}

extension Optimizer {
  public static let rmsprop = rmsprop(RMSProp())

  public static func rmsprop(_ rule: RMSProp) -> Optimizer {
    Optimizer(name: "rmsprop", StepRules(rule), learningRate: 1e-3)
  }
}
