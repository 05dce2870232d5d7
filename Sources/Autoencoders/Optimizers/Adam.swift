import Linalg

/// Adam (Kingma and Ba 2015, algorithm 1): steps of about η in every parameter, whatever the scale of its gradient.
///
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
/// Weight decay λ joins the gradient (g + λθ) or, if decoupled (AdamW, Loshchilov and Hutter 2019), shrinks θ by ηλ.
public struct Adam: ElementwiseRule {
  public static let name = "adam"
  public var stateVectors: Int { 2 }
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  public let decoupledDecay: Bool

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decoupledDecay: Bool = false) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.decoupledDecay = decoupledDecay
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func update<S: BLASScalar>(
    _ theta: MutableMatrixView<S>, gradient: MatrixView<S>, state: MutableMatrixView<S>, _ step: OptimizerStep,
    decay: Double
  ) {
    let correction1 = 1 - power(beta1, step.number)
    let correction2 = 1 - power(beta2, step.number)
    // The corrections can be drawn out of the fraction: η √c₂/c₁ · m / (√v + ε√c₂).
    let rate = S.Vector(S(step.learningRate * correction2.squareRoot() / correction1))
    let epsilon = S.Vector(S(epsilon * correction2.squareRoot()))
    let (beta1, beta2) = (S.Vector(S(beta1)), S.Vector(S(beta2)))
    let (rest1, rest2) = (S.Vector(S(1 - self.beta1)), S.Vector(S(1 - self.beta2)))
    let scale = S.Vector(S(step.gradientScale))
    let coupled = S.Vector(decoupledDecay ? 0 : S(decay))
    let keep = S.Vector(decoupledDecay ? S(1 - step.learningRate * decay) : 1)
    transformTriple(theta, state.rows(0..<1), state.rows(1..<2), with: gradient) { theta, m, v, g in
      let g = scale * g + coupled * theta
      m = beta1 * m + rest1 * g
      v = beta2 * v + rest2 * (g * g)
      theta = keep * theta - rate * m / (v.squareRoot() + epsilon)
    }
  }
}

/// Returns βᵗ.
func power(_ base: Double, _ exponent: Int) -> Double { Double.exp(Double(exponent) * Double.log(base)) }

extension OptimizerEntry {
  static let adam = OptimizerEntry(
    "adam", "steps of about the learning rate in every parameter", rules: [Adam.self], takes: [.epsilon]
  ) { .adam(Adam(epsilon: $0.epsilon ?? 1e-8)) }

  static let adamw = OptimizerEntry(
    "adamw", "adam with weight decay apart from the gradient", rules: [], takes: [.epsilon]
  ) { .adam(Adam(epsilon: $0.epsilon ?? 1e-8, decoupledDecay: true)) }
}

extension Optimizer {
  public static let adam = adam(Adam())

  /// Returns Adam; its name is "adamw" where weight decay is decoupled from the gradient.
  public static func adam(_ rule: Adam) -> Optimizer {
    Optimizer(name: rule.decoupledDecay ? "adamw" : "adam", StepRules(rule), learningRate: 1e-3)
  }
}
