import Linalg

/// A rule that takes the gradient of a weight matrix as a matrix: a description without state, as `ElementwiseRule`.
///
/// W and G are m × n, out × in; a convolution's kernel is small channels × (big channels · places of the kernel). A step
/// is three stages, each shared out over the workers: `absorb` for every stretch of G, by the worker that has just written
/// it; `prepare` once for each matrix; `apply` for each of `parts` parts of it.
public protocol MatrixRule: OptimizerRule {
  /// Which weight matrices are taken.
  var takes: MatrixSelection { get }
  /// In how many parts `apply` can be computed.
  var parts: Int { get }
  /// How many numbers the rule remembers for an m × n matrix, and how many it works with and forgets.
  func stateCount(rows: Int, columns: Int) -> Int
  func workCount(rows: Int, columns: Int) -> Int
  /// About how many operations `prepare` takes: what is largest begins first.
  func operations(rows: Int, columns: Int) -> Double

  /// What is done number by number, on the stretch `range` of the matrix's entries, row after row.
  func absorb<S: BLASScalar>(_ range: Range<Int>, of slot: MatrixSlot<S>, _ step: OptimizerStep)
  /// Whether `prepare` needs `slot.statistics` in this step.
  func needsStatistics(_ step: OptimizerStep) -> Bool
  /// What takes the whole gradient.
  func prepare<S: BLASScalar>(_ slot: MatrixSlot<S>, _ step: OptimizerStep)
  /// What all matrices' steps are multiplied by, from the sum of their `share`s.
  func stepFactor(_ total: Double, _ step: OptimizerStep) -> Double
  /// Changes part `part` of W.
  func apply<S: BLASScalar>(_ part: Int, of slot: MatrixSlot<S>, _ step: OptimizerStep, decay: Double)
}

extension MatrixRule {
  public var takes: MatrixSelection { .all }
  public func needsStatistics(_ step: OptimizerStep) -> Bool { false }
  public func stepFactor(_ total: Double, _ step: OptimizerStep) -> Double { 1 }
  public func absorb<S: BLASScalar>(_ range: Range<Int>, of slot: MatrixSlot<S>, _ step: OptimizerStep) {}
}

/// Which of a network's weight matrices a rule takes.
public enum MatrixSelection: String, Sendable, Codable {
  case all
  /// All but those of the first and the last layer that has some.
  case inner
  /// Those of linear maps z = x·Wᵀ + b, with their biases.
  case linearMaps
}

/// What a rule sees of one weight matrix.
public struct MatrixSlot<S: BLASScalar> {
  /// W, m × n.
  public let weight: MutableMatrixView<S>
  /// ∂L/∂W, m × n; a rule may leave something else in its place.
  public let gradient: MutableMatrixView<S>
  /// b and ∂L/∂b, 1 × m, for rules that take linear maps.
  public let bias: (values: MutableMatrixView<S>, gradient: MatrixView<S>)?
  /// For rules that need them: the map's inputs x (B × n), and ∂L/∂z (B × m) of targets drawn from the network's output.
  public let statistics: (x: MatrixView<S>, dz: MatrixView<S>)?
  /// 1 × stateCount; zeros at first.
  public let state: MutableMatrixView<S>
  /// 1 × workCount.
  public let work: MutableMatrixView<S>
  /// 1 × 1: what `prepare` adds to the total that `stepFactor` gets.
  public let share: MutableMatrixView<Double>
  /// In `apply`: what `stepFactor` gave.
  public let stepFactor: Double
  /// 1 × 2: how often a factorisation failed since someone looked, and the largest shift that it then took, relative.
  let trouble: MutableMatrixView<Double>

  /// Remembers that a factorisation failed, and with what shift it is tried next.
  func reportFailure(nextShift: Double) {
    trouble[0, 0] += 1
    trouble[0, 1] = max(trouble[0, 1], nextShift)
  }
}
