import Linalg

/// A rule that turns a gradient into a step: a description without state; the state lies outside, flat like θ.
public protocol Optimizer: Sendable {
  /// How many numbers per parameter the rule remembers.
  var stateVectors: Int { get }

  /// θ ← θ + Δ(g, state) on one stretch: θ and g are 1 × n, `state` is stateVectors × n.
  ///
  /// `decay` is the weight decay λ that holds for this stretch (0 for biases).
  func update<S: BLASScalar>(
    _ theta: MutableMatrixView<S>, gradient: MatrixView<S>, state: MutableMatrixView<S>, _ step: OptimizerStep,
    decay: Double)
}

/// What a step of training knows about itself.
public struct OptimizerStep: Sendable {
  /// Steps so far, this one included: counts from 1.
  public let number: Int
  public let learningRate: Double
  /// What the gradient is multiplied by first: below 1 where its norm was clipped.
  public let gradientScale: Double

  public init(number: Int, learningRate: Double, gradientScale: Double = 1) {
    self.number = number
    self.learningRate = learningRate
    self.gradientScale = gradientScale
  }
}

/// The optimizers by name.
public enum OptimizerKind: String, Sendable, Codable, CaseIterable {
  case adam, adamw, sgd, momentum, rmsprop

  /// With ε in its denominator, where it has one; its own where none is named.
  public func optimizer(epsilon: Double? = nil) -> any Optimizer {
    switch self {
    case .adam: Adam(epsilon: epsilon ?? 1e-8)
    case .adamw: Adam(epsilon: epsilon ?? 1e-8, decoupledDecay: true)
    case .sgd: SGD()
    case .momentum: Momentum()
    case .rmsprop: RMSProp(epsilon: epsilon ?? 1e-8)
    }
  }

  /// Whether ε has a meaning.
  public var hasEpsilon: Bool { self != .sgd && self != .momentum }

  /// The learning rate to begin with where the user names none.
  public var defaultLearningRate: Double {
    switch self {
    case .adam, .adamw, .rmsprop: 1e-3
    // The loss is a sum over features: its gradient is as many times larger than that of a mean.
    case .sgd, .momentum: 1e-2
    }
  }
}
