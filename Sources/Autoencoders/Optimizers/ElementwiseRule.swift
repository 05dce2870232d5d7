import Linalg

/// A rule that turns the gradient of each parameter by itself into a step. It is a description without state.
public protocol ElementwiseRule: OptimizerRule {
  /// The number of numbers that the rule remembers for each parameter.
  var stateVectors: Int { get }

  /// Computes θ ← θ + Δ(g, state) on one stretch: θ and g are 1 × n, `state` is stateVectors × n.
  ///
  /// `decay` is the weight decay λ of this stretch (0 for biases).
  func update<S: BLASScalar>(
    _ theta: MutableMatrixView<S>, gradient: MatrixView<S>, state: MutableMatrixView<S>, _ step: OptimizerStep,
    decay: Double)
}
