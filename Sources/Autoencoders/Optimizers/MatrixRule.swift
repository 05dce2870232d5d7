import Linalg

/// A rule that takes the gradient of a weight matrix as a matrix. Like `ElementwiseRule`, it is a description without
/// state.
///
/// W and G are m × n, out × in; for a convolution's kernel, small channels × (big channels · places of the kernel). A
/// step is three stages, each shared out over the workers: `absorb` for every stretch of G, by the worker that has just
/// written it; `prepare` once for each matrix; `apply` for each of `parts` parts of the matrix.
public protocol MatrixRule: OptimizerRule {
  /// Says which weight matrices the rule takes.
  var takes: MatrixSelection { get }
  /// The number of parts in which `apply` can be computed.
  var parts: Int { get }
  /// The number of numbers that the rule remembers for an m × n matrix; `workCount` is the number that it works with
  /// and forgets.
  func stateCount(rows: Int, columns: Int) -> Int
  func workCount(rows: Int, columns: Int) -> Int
  /// The most rows or columns that a matrix may have.
  var largestSide: Int { get }
  /// The approximate number of operations of `prepare`; the matrix with the most begins first.
  func operations(rows: Int, columns: Int) -> Double

  /// Does the elementwise work on the stretch `range` of the matrix's entries, row after row.
  func absorb<S: BLASScalar>(_ range: Range<Int>, of slot: MatrixSlot<S>, _ step: OptimizerStep)
  /// Whether `prepare` needs `slot.statistics` in this step.
  func needsStatistics(_ step: OptimizerStep) -> Bool
  /// Does the work that takes the whole gradient.
  func prepare<S: BLASScalar>(_ slot: MatrixSlot<S>, _ step: OptimizerStep)
  /// Returns the factor of the steps of all matrices, given the sum of their `share`s.
  func stepFactor(_ total: Double, _ step: OptimizerStep) -> Double
  /// Changes part `part` of W.
  func apply<S: BLASScalar>(_ part: Int, of slot: MatrixSlot<S>, _ step: OptimizerStep, decay: Double)
}

extension MatrixRule {
  public var takes: MatrixSelection { .all }
  public var largestSide: Int { .max }
  public func needsStatistics(_ step: OptimizerStep) -> Bool { false }
  public func stepFactor(_ total: Double, _ step: OptimizerStep) -> Double { 1 }
  public func absorb<S: BLASScalar>(_ range: Range<Int>, of slot: MatrixSlot<S>, _ step: OptimizerStep) {}
}

/// Says which of a network's weight matrices a rule takes.
public enum MatrixSelection: String, Sendable, Codable {
  case all
  /// All weight matrices but those of the first and the last layer with weight matrices.
  case inner
  /// The weight matrices of linear maps z = x·Wᵀ + b, with their biases.
  case linearMaps
}

/// The view that a rule has of one weight matrix.
public struct MatrixSlot<S: BLASScalar> {
  /// W, m × n.
  public let weight: MutableMatrixView<S>
  /// The gradient ∂L/∂W, m × n; a rule may leave something else in its place.
  public let gradient: MutableMatrixView<S>
  /// The bias b and ∂L/∂b, 1 × m, for rules that take linear maps.
  public let bias: (values: MutableMatrixView<S>, gradient: MatrixView<S>)?
  /// The map's inputs x (B × n) and ∂L/∂z (B × m) for targets drawn from the network's output, for rules that need
  /// them.
  public let statistics: (x: MatrixView<S>, dz: MatrixView<S>)?
  /// The rule's memory, 1 × stateCount; it starts with zeros.
  public let state: MutableMatrixView<S>
  /// The rule's working memory, 1 × workCount.
  public let work: MutableMatrixView<S>
  /// A 1 × 1 view of what `prepare` adds to the total that `stepFactor` gets.
  public let share: MutableMatrixView<Double>
  /// The result of the rule's `stepFactor`; it is valid in `apply`.
  public let stepFactor: Double
  /// The number of failed factorisations since the last report, and the largest relative shift that they then took,
  /// 1 × 2.
  let trouble: MutableMatrixView<Double>

  /// Remembers that a factorisation failed and is tried again with the relative shift `nextShift`.
  func reportFailure(nextShift: Double) {
    trouble[0, 0] += 1
    trouble[0, 1] = max(trouble[0, 1], nextShift)
  }
}
