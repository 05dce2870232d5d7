import Linalg

/// Orthogonal momentum (Jordan et al. 2024): every direction of a weight matrix moves as far as any other.
///
/// M ← μM + G, N = G + μM (Nesterov's look-ahead), W ← (1 − ηλ)W − η √max(1, m/n) O(N). O is the orthogonal factor of N
/// (m × n), or what `Orthogonalisation` puts in its place, by k × k matrices of the shorter side k = min(m, n). O has
/// no scale, so that of the gradient does not matter. A zero or infinite N leaves W alone, and an infinite M is
/// forgotten.
///
/// The first and the last matrix of a network are left to the elementwise rule: they meet the data, whose directions
/// are not alike.
public struct Muon: MatrixRule {
  public static let name = "muon"
  public let orthogonalisation: Orthogonalisation
  /// The momentum μ.
  public let momentum: Double
  /// The shift ε.
  public let shift: Double
  public let takes: MatrixSelection

  public init(
    _ orthogonalisation: Orthogonalisation = .cholesky, momentum: Double = 0.95, shift: Double = 1e-3,
    takes: MatrixSelection = .inner
  ) {
    self.orthogonalisation = orthogonalisation
    self.momentum = momentum
    self.shift = shift
    self.takes = takes
  }

  public var parts: Int { 4 }
  public func stateCount(rows: Int, columns: Int) -> Int { rows * columns }
  public func workCount(rows: Int, columns: Int) -> Int {
    1 + orthogonalisation.workCount(rows: rows, columns: columns)
  }
  public func operations(rows: Int, columns: Int) -> Double {
    orthogonalisation.operations(rows: rows, columns: columns)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func absorb<S: BLASScalar>(_ range: Range<Int>, of slot: MatrixSlot<S>, _ step: OptimizerStep) {
    let momentum = S.Vector(S(momentum))
    let scale = S.Vector(S(step.gradientScale))
    let gradient = slot.gradient.entries(range)
    transformPair(gradient, slot.state.columns(range), with: gradient.readOnly) { n, m, g in
      let g = scale * g
      m = momentum * m + g
      n = g + momentum * m
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func prepare<S: BLASScalar>(_ slot: MatrixSlot<S>, _ step: OptimizerStep) {
    let work = slot.work.columns(1..<slot.work.columns)
    let found = orthogonalisation.prepare(slot.gradient, work: work, shift: shift) { slot.reportFailure(nextShift: $0) }
    slot.work[0, 0] = found ? 1 : 0
    if !found && !allFinite(slot.state.readOnly) { slot.state.fill(0) }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func apply<S: BLASScalar>(_ part: Int, of slot: MatrixSlot<S>, _ step: OptimizerStep, decay: Double) {
    if slot.work[0, 0] == 0 { return }
    let (m, n) = (slot.weight.rows, slot.weight.columns)
    let rate = step.learningRate * max(1, Double(m) / Double(n)).squareRoot()
    let length = max(m, n)
    let range = length * part / parts..<length * (part + 1) / parts
    orthogonalisation.add(
      range, of: slot.gradient, work: slot.work.columns(1..<slot.work.columns), to: slot.weight, scale: -rate,
      keep: 1 - step.learningRate * decay)
  }
}

extension OptimizerEntry {
  static let muon = OptimizerEntry(
    "muon", "steps of weight matrices made orthogonal", rules: [Muon.self], takes: [.orthogonalise]
  ) { .muon(Muon($0.orthogonalise ?? .cholesky)) }
}

extension Optimizer {
  public static let muon = muon(Muon())

  /// Returns Muon for weight matrices between the first and the last, with `rest` for other parameters at `restRate`
  /// times the learning rate.
  public static func muon(
    _ rule: Muon, rest: any ElementwiseRule = Adam(decoupledDecay: true), restRate: Double = 0.05
  ) -> Optimizer {
    Optimizer(name: "muon", StepRules(rest, matrices: rule, elementwiseRate: restRate), learningRate: 0.02)
  }
}
