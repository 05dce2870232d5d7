import Linalg

/// Natural gradient with a Kronecker-factored Fisher matrix (Martens and Grosse 2015), for linear maps z = x·Wᵀ + b.
///
/// With x̄ = (x, 1) and g = ∂ℓ/∂z of a sample whose target is drawn from the network's own output, A = E[x̄ᵀx̄]
/// ((n + 1)²) and S = E[gᵀg] (m²) are running means that keep the share min(1 − 1/k, β) at the k-th batch.
///
/// The step for Ḡ = [∂L/∂W, ∂L/∂b] is U = (S + √λ/π I)⁻¹ Ḡ (A + π√λ I)⁻¹, π² = (tr A/(n + 1)) / (tr S/m) (section 6.3).
/// Triangular solves give it from Cholesky factors, which are made anew in every one of the first steps, then every
/// `interval` steps. Then M ← μM + νU, W ← (1 − ηλ_w)W − ηM and b ← b − ηM with the parts of M that belong to W and b.
///
/// Over all layers ν = min(1, √(κ / η² Σ ⟨U, Ḡ⟩)), which bounds what a step adds to the change of the network's output
/// (Ba, Grosse and Martens 2017). The first `warmup` steps only gather A and S.
public struct KFAC: MatrixRule {
  public static let name = "kfac"
  public let damping: Double
  public let momentum: Double
  public let interval: Int
  public let warmup: Int
  /// The bound κ.
  public let trust: Double
  /// The largest share β that a running mean keeps.
  public let smoothing: Double

  public init(
    damping: Double = 1, momentum: Double = 0.9, interval: Int = 20, warmup: Int = 10, trust: Double = 0.01,
    smoothing: Double = 0.95
  ) {
    self.damping = damping
    self.momentum = momentum
    self.interval = interval
    self.warmup = warmup
    self.trust = trust
    self.smoothing = smoothing
  }

  public var takes: MatrixSelection { .linearMaps }
  public var parts: Int { 1 }

  /// Returns true for every step while the statistics are of few batches, then four times in `interval` steps.
  public func needsStatistics(_ step: OptimizerStep) -> Bool {
    step.number <= 5 * warmup || step.number % max(1, interval / 4) == 0
  }

  private func refreshes(_ step: OptimizerStep) -> Bool {
    step.number > warmup && (step.number <= 5 * warmup || step.number % interval == 0)
  }

  /// The places of a matrix's numbers. The state has A, the factor of A, S, the factor of S, and M; the work has Ḡ and
  /// a row of sums.
  private struct Layout {
    let m, inputs: Int
    init(rows: Int, columns: Int) { (m, inputs) = (rows, columns + 1) }
    var outer: Int { inputs * inputs }
    var inner: Int { 2 * inputs * inputs }
    var innerFactor: Int { inner + m * m }
    var moment: Int { inner + 2 * m * m }
    var stateCount: Int { moment + m * inputs }
    var workCount: Int { m * inputs + inputs }
  }

  public func stateCount(rows: Int, columns: Int) -> Int { Layout(rows: rows, columns: columns).stateCount }
  public func workCount(rows: Int, columns: Int) -> Int { Layout(rows: rows, columns: columns).workCount }
  public func operations(rows: Int, columns: Int) -> Double {
    let (m, n) = (Double(rows), Double(columns + 1))
    return 2 * m * n * (m + n) + (m * m * m + n * n * n) / 3 / Double(interval)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func prepare<S: BLASScalar>(_ slot: MatrixSlot<S>, _ step: OptimizerStep) {
    let layout = Layout(rows: slot.weight.rows, columns: slot.weight.columns)
    if needsStatistics(step) { gatherStatistics(slot, layout, step) }
    if step.number <= warmup { return }
    if refreshes(step) { factor(slot, layout) }
    let (m, n) = (layout.m, layout.inputs)
    let whole = slot.work.matrix(at: 0, rows: m, columns: n)
    gather(slot, into: whole, scale: step.gradientScale)
    let inner = slot.state.matrix(at: layout.innerFactor, rows: m, columns: m).readOnly
    let outer = slot.state.matrix(at: layout.outer, rows: n, columns: n).readOnly
    // S⁻¹Ḡ is (LLᵀ)⁻¹ from the left; the product with A⁻¹ is X(LLᵀ)⁻¹ from the right.
    solveTriangle(inner, .no, .left, in: whole)
    solveTriangle(inner, .yes, .left, in: whole)
    solveTriangle(outer, .yes, .right, in: whole)
    solveTriangle(outer, .no, .right, in: whole)
    var product = 0.0
    product += innerProduct(whole.columns(0..<n - 1).readOnly, slot.gradient.readOnly)
    for i in 0..<m { product += Double(whole[i, n - 1]) * Double(slot.bias!.gradient[0, i]) }
    slot.share[0, 0] = product * step.gradientScale
  }

  public func stepFactor(_ total: Double, _ step: OptimizerStep) -> Double {
    let change = step.learningRate * step.learningRate * total
    return change > trust ? (trust / change).squareRoot() : 1
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func apply<S: BLASScalar>(_ part: Int, of slot: MatrixSlot<S>, _ step: OptimizerStep, decay: Double) {
    if step.number <= warmup { return }
    let layout = Layout(rows: slot.weight.rows, columns: slot.weight.columns)
    let (m, n) = (layout.m, layout.inputs)
    let moment = slot.state.matrix(at: layout.moment, rows: m, columns: n)
    let (momentum, factor) = (S.Vector(S(momentum)), S.Vector(S(slot.stepFactor)))
    transform(moment, with: slot.work.matrix(at: 0, rows: m, columns: n).readOnly) { m, u in momentum * m + factor * u }
    if !allFinite(moment.readOnly) { return moment.fill(0) }
    let rate = S(step.learningRate)
    let (keep, scale) = (S.Vector(S(1 - step.learningRate * decay)), S.Vector(rate))
    transform(slot.weight, with: moment.columns(0..<n - 1).readOnly) { w, u in keep * w - scale * u }
    let bias = slot.bias!.values
    for i in 0..<m { bias[0, i] -= rate * moment[i, n - 1] }
  }

  /// Gathers `scale` · [∂L/∂W, ∂L/∂b].
  private func gather<S: BLASScalar>(_ slot: MatrixSlot<S>, into whole: MutableMatrixView<S>, scale: Double) {
    whole.columns(0..<whole.columns - 1).copy(slot.gradient.readOnly)
    for i in 0..<whole.rows { whole[i, whole.columns - 1] = slot.bias!.gradient[0, i] }
    if scale != 1 {
      let scale = S.Vector(S(scale))
      transform(whole) { $0 * scale }
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func gatherStatistics<S: BLASScalar>(_ slot: MatrixSlot<S>, _ layout: Layout, _ step: OptimizerStep) {
    guard let (x, dz) = slot.statistics, allFinite(dz) else { return }
    let (m, n, batch) = (layout.m, layout.inputs, Double(x.rows))
    let known = Double(statisticsSeen(before: step))
    let keep = min(known / (known + 1), smoothing)
    // A = E[x̄ᵀx̄] has the block of x, then the row of the ones.
    let outer = slot.state.matrix(at: 0, rows: n, columns: n)
    syrkLower(
      x, .yes, into: outer.window(rows: 0..<n - 1, columns: 0..<n - 1), alpha: S((1 - keep) / batch), beta: S(keep))
    let sums = slot.work.columns(layout.m * n..<layout.m * n + n - 1)
    columnSums(x, into: sums)
    let (old, new) = (S.Vector(S(keep)), S.Vector(S((1 - keep) / batch)))
    transform(outer.window(rows: n - 1..<n, columns: 0..<n - 1), with: sums.readOnly) { a, x in old * a + new * x }
    outer[n - 1, n - 1] = 1
    // ∂L/∂z belongs to the mean over the batch, so g = B·∂L/∂z.
    let inner = slot.state.matrix(at: layout.inner, rows: m, columns: m)
    syrkLower(dz, .yes, into: inner, alpha: S((1 - keep) * batch), beta: S(keep))
  }

  /// Returns the number of batches in the statistics.
  private func statisticsSeen(before step: OptimizerStep) -> Int {
    let early = min(step.number - 1, 5 * warmup)
    let every = max(1, interval / 4)
    return early + max(0, (step.number - 1) / every - 5 * warmup / every)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func factor<S: BLASScalar>(_ slot: MatrixSlot<S>, _ layout: Layout) {
    let (m, n) = (layout.m, layout.inputs)
    let outer = slot.state.matrix(at: 0, rows: n, columns: n).readOnly
    let inner = slot.state.matrix(at: layout.inner, rows: m, columns: m).readOnly
    let (outerMean, innerMean) = (meanDiagonal(outer), meanDiagonal(inner))
    let ratio = innerMean > 0 && outerMean > 0 ? (outerMean / innerMean).squareRoot() : 1
    let root = damping.squareRoot()
    factor(outer, shift: ratio * root, into: slot.state.matrix(at: layout.outer, rows: n, columns: n), slot)
    factor(inner, shift: root / ratio, into: slot.state.matrix(at: layout.innerFactor, rows: m, columns: m), slot)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func factor<S: BLASScalar>(
    _ a: MatrixView<S>, shift: Double, into lower: MutableMatrixView<S>, _ slot: MatrixSlot<S>
  ) {
    var shift = shift
    for attempt in 0..<12 {
      if attempt > 0 {
        shift *= 10
        slot.reportFailure(nextShift: shift / max(meanDiagonal(a), .leastNormalMagnitude))
      }
      lower.copy(a)
      for i in 0..<a.rows { lower[i, i] += S(shift) }
      if factorCholesky(lower) { return }
    }
    // Without any factor, the identity says that nothing is known of the curvature.
    lower.fill(0)
    for i in 0..<a.rows { lower[i, i] = 1 }
  }

  private func meanDiagonal<S: BLASScalar>(_ a: MatrixView<S>) -> Double {
    var total = 0.0
    for i in 0..<a.rows { total += Double(a[i, i]) }
    return total / Double(max(a.rows, 1))
  }
}

extension OptimizerEntry {
  static let kfac = OptimizerEntry(
    "kfac", "natural gradient with a Kronecker-factored Fisher matrix", rules: [KFAC.self]
  ) { _ in .kfac }
}

extension Optimizer {
  public static let kfac = kfac(KFAC())

  /// Returns K-FAC for dense layers, with `rest` for other parameters at `restRate` times the learning rate.
  public static func kfac(
    _ rule: KFAC, rest: any ElementwiseRule = Adam(decoupledDecay: true), restRate: Double = 0.01
  ) -> Optimizer {
    Optimizer(name: "kfac", StepRules(rest, matrices: rule, elementwiseRate: restRate), learningRate: 0.1)
  }
}
