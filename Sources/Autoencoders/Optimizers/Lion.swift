import Linalg

/// Lion (Chen et al. 2023, algorithm 2): steps of exactly η in every parameter, by the sign of an interpolated
/// momentum.
///
/// c = β₁m + (1 − β₁)g, θ ← θ − η (sign c + λθ), m ← β₂m + (1 − β₂)g; sign 0 = 0.
public struct Lion: ElementwiseRule {
  public static let name = "lion"
  public var stateVectors: Int { 1 }
  public let beta1: Double
  public let beta2: Double

  public init(beta1: Double = 0.9, beta2: Double = 0.99) {
    self.beta1 = beta1
    self.beta2 = beta2
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func update<S: BLASScalar>(
    _ theta: MutableMatrixView<S>, gradient: MatrixView<S>, state: MutableMatrixView<S>, _ step: OptimizerStep,
    decay: Double
  ) {
    let (rate, scale) = (S.Vector(S(step.learningRate)), S.Vector(S(step.gradientScale)))
    let (beta1, rest1) = (S.Vector(S(beta1)), S.Vector(S(1 - self.beta1)))
    let (beta2, rest2) = (S.Vector(S(beta2)), S.Vector(S(1 - self.beta2)))
    let keep = S.Vector(S(1 - step.learningRate * decay))
    transformPair(theta, state.rows(0..<1), with: gradient) { theta, m, g in
      let g = scale * g
      let c = beta1 * m + rest1 * g
      m = beta2 * m + rest2 * g
      let move = S.Vector(0).replacing(with: rate, where: c > 0).replacing(with: -rate, where: c < 0)
      theta = keep * theta - move
    }
  }
}

extension OptimizerEntry {
  static let lion = OptimizerEntry(
    "lion", "steps of exactly the learning rate, by the sign of a momentum", rules: [Lion.self],
    examples: [.lion(Lion(beta1: 0.5)), .lion(Lion(beta2: 0.5))]
  ) { _ in .lion }
}

extension Optimizer {
  public static let lion = lion(Lion())

  public static func lion(_ rule: Lion) -> Optimizer {
    Optimizer(name: "lion", StepRules(rule), learningRate: 5e-4)
  }
}
