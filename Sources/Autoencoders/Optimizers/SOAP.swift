import Linalg

/// Adam in the eigenbasis of Shampoo's preconditioner (Vyas et al. 2024, algorithm 3), a rotation in which the
/// gradient's second moments are nearly diagonal.
///
/// G is m × n. L ← β_s L + (1 − β_s)GGᵀ, R ← β_s R + (1 − β_s)GᵀG; Q_L and Q_R are their eigenvectors, exact at first;
/// then every `interval` steps one power iteration, QR of L·Q_L, improves them. G′ = Q_LᵀGQ_R; M ← β₁M + (1 − β₁)G;
/// V ← β₂V + (1 − β₂)G′²; W ← (1 − ηλ)W − η √c₂/c₁ · Q_L((Q_LᵀMQ_R) / (√V + ε))Q_Rᵀ, with Adam's corrections c₁, c₂.
/// The first step sets the bases up and leaves W alone but for the decay, as the authors' program does, so that no
/// gradient is rotated by itself.
public struct SOAP: MatrixRule {
  public static let name = "soap"
  public let beta1: Double
  public let beta2: Double
  public let preconditionerBeta: Double
  public let epsilon: Double
  public let interval: Int

  public init(
    beta1: Double = 0.95, beta2: Double = 0.95, preconditionerBeta: Double = 0.95, epsilon: Double = 1e-8,
    interval: Int = 10
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.preconditionerBeta = preconditionerBeta
    self.epsilon = epsilon
    self.interval = interval
  }

  /// The places of a matrix's numbers in its state and work.
  private struct Layout {
    let m, n: Int
    var moment: Int { 0 }
    var square: Int { m * n }
    var left: Int { 2 * m * n }
    var right: Int { left + m * m }
    var leftBasis: Int { right + n * n }
    var rightBasis: Int { leftBasis + m * m }
    var stateCount: Int { rightBasis + n * n }
    var larger: Int { max(m, n) }
    /// The work has two matrices, two rows for a decomposition's values and order, and LAPACK's own memory.
    var workCount: Int {
      max(2 * m * n, 2 * larger * larger) + 2 * larger
        + max(decompositionWork(order: larger), orthonormalisationWork(order: larger))
    }
  }

  /// The largest side of a matrix whose eigenvectors LAPACK finds: its 32-bit count of working memory holds 2n² + 6n +
  /// 1.
  public var largestSide: Int { 32_000 }

  public func stateCount(rows: Int, columns: Int) -> Int { Layout(m: rows, n: columns).stateCount }
  public func workCount(rows: Int, columns: Int) -> Int { Layout(m: rows, n: columns).workCount }
  public func operations(rows: Int, columns: Int) -> Double {
    let (m, n) = (Double(rows), Double(columns))
    let power = (4 * 2.0 / 3 + 2) / Double(interval)
    return 7 * m * n * (m + n) + power * (m * m * m + n * n * n)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func prepare<S: BLASScalar>(_ slot: MatrixSlot<S>, _ step: OptimizerStep) {
    let gradient = slot.gradient
    if step.gradientScale != 1 {
      let scale = S.Vector(S(step.gradientScale))
      transform(gradient) { $0 * scale }
    }
    if !allFinite(gradient.readOnly) { return }
    let layout = Layout(m: slot.weight.rows, n: slot.weight.columns)
    if step.number > 1 { move(slot, layout, step) }
    updateBases(slot, layout, step)
  }

  public var parts: Int { 1 }
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func apply<S: BLASScalar>(_ part: Int, of slot: MatrixSlot<S>, _ step: OptimizerStep, decay: Double) {
    // A step that was left out for a gradient that is not finite does not decay either.
    if decay == 0 || !allFinite(slot.gradient.readOnly) { return }
    // The decay comes after the step, which makes a difference of η²λ.
    let keep = S.Vector(S(1 - step.learningRate * decay))
    transform(slot.weight) { keep * $0 }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func move<S: BLASScalar>(_ slot: MatrixSlot<S>, _ layout: Layout, _ step: OptimizerStep) {
    let (m, n) = (layout.m, layout.n)
    let moment = slot.state.matrix(at: layout.moment, rows: m, columns: n)
    let square = slot.state.matrix(at: layout.square, rows: m, columns: n)
    let leftBasis = slot.state.matrix(at: layout.leftBasis, rows: m, columns: m).readOnly
    let rightBasis = slot.state.matrix(at: layout.rightBasis, rows: n, columns: n).readOnly
    let half = slot.work.matrix(at: 0, rows: m, columns: n)
    let rotated = slot.work.matrix(at: m * n, rows: m, columns: n)
    let (beta1, rest1) = (S.Vector(S(beta1)), S.Vector(S(1 - beta1)))
    let (beta2, rest2) = (S.Vector(S(beta2)), S.Vector(S(1 - beta2)))
    // G′ = Q_LᵀGQ_R
    gemm(leftBasis, .yes, slot.gradient.readOnly, into: half)
    gemm(half.readOnly, .no, rightBasis, into: rotated)
    transform(square, with: rotated.readOnly) { v, g in beta2 * v + rest2 * (g * g) }
    transform(moment, with: slot.gradient.readOnly) { m, g in beta1 * m + rest1 * g }
    gemm(leftBasis, .yes, moment.readOnly, into: half)
    gemm(half.readOnly, .no, rightBasis, into: rotated)
    // The first step that moves W is Adam's first.
    let correction1 = 1 - power(self.beta1, step.number - 1)
    let correction2 = 1 - power(self.beta2, step.number - 1)
    let epsilon = S.Vector(S(epsilon))
    transform(rotated, with: square.readOnly) { m, v in m / (v.squareRoot() + epsilon) }
    gemm(leftBasis, .no, rotated.readOnly, into: half)
    gemm(
      half.readOnly, .no, rightBasis, .yes, into: slot.weight,
      alpha: S(-step.learningRate * correction2.squareRoot() / correction1), beta: 1)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func updateBases<S: BLASScalar>(_ slot: MatrixSlot<S>, _ layout: Layout, _ step: OptimizerStep) {
    let (m, n) = (layout.m, layout.n)
    let left = slot.state.matrix(at: layout.left, rows: m, columns: m)
    let right = slot.state.matrix(at: layout.right, rows: n, columns: n)
    let keep = step.number == 1 ? 0 : preconditionerBeta
    syrk(slot.gradient.readOnly, .no, into: left, alpha: S(1 - preconditionerBeta), beta: S(keep))
    syrk(slot.gradient.readOnly, .yes, into: right, alpha: S(1 - preconditionerBeta), beta: S(keep))
    let leftBasis = slot.state.matrix(at: layout.leftBasis, rows: m, columns: m)
    let rightBasis = slot.state.matrix(at: layout.rightBasis, rows: n, columns: n)
    let square = slot.state.matrix(at: layout.square, rows: m, columns: n)
    if step.number == 1 {
      setBasis(leftBasis, of: left.readOnly, work: slot.work)
      setBasis(rightBasis, of: right.readOnly, work: slot.work)
    } else if (step.number - 1) % interval == 0 {
      iterate(leftBasis, of: left.readOnly, reordering: square, .no, work: slot.work)
      iterate(rightBasis, of: right.readOnly, reordering: square, .yes, work: slot.work)
    }
  }

  /// Sets `basis` to the eigenvectors of a symmetric A as columns, the largest eigenvalue first; to I where LAPACK
  /// fails.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func setBasis<S: BLASScalar>(
    _ basis: MutableMatrixView<S>, of a: MatrixView<S>, work: MutableMatrixView<S>
  ) {
    let k = a.rows
    let vectors = work.matrix(at: 0, rows: k, columns: k)
    vectors.copy(a)
    let values = work.columns(k * k..<k * k + k)
    basis.fill(0)
    guard decompose(vectors, values: values, work: work.columns(k * k + k..<work.columns)) else {
      for i in 0..<k { basis[i, i] = 1 }
      return
    }
    for i in 0..<k { for j in 0..<k { basis[j, k - 1 - i] = vectors[i, j] } }
  }

  /// Computes Q ← the orthonormal factor of A·Q, with the columns of Q sorted first by falling QᵀAQ. The rows (`.no`)
  /// or columns of V are sorted with them.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func iterate<S: BLASScalar>(
    _ basis: MutableMatrixView<S>, of a: MatrixView<S>, reordering v: MutableMatrixView<S>, _ transpose: Transposed,
    work: MutableMatrixView<S>
  ) {
    let k = a.rows
    let product = work.matrix(at: 0, rows: k, columns: k)
    let sorted = work.matrix(at: k * k, rows: k, columns: k)
    let estimates = work.columns(2 * k * k..<2 * k * k + k)
    let order = work.columns(2 * k * k + k..<2 * k * k + 2 * k)
    gemm(a, .no, basis.readOnly, into: product)
    estimates.fill(0)
    for i in 0..<k {
      transformPair(estimates, product.rows(i..<i + 1), with: basis.rows(i..<i + 1).readOnly) { sum, aq, q in
        sum += aq * q
      }
    }
    sortDescending(estimates, order: order)
    for i in 0..<k { for j in 0..<k { sorted[i, j] = product[i, Int(order[0, j])] } }
    guard orthonormalise(sorted, work: work.columns(2 * k * k + 2 * k..<work.columns)) else { return }
    basis.copy(sorted.readOnly)
    // The copy lies beside `order`: before it, or behind it where V is larger than the memory before.
    let place = v.rows * v.columns <= 2 * k * k + k ? 0 : 2 * k * k + 2 * k
    permute(v, transpose, by: order, copy: work.matrix(at: place, rows: v.rows, columns: v.columns))
  }

  /// Sets `order` to the places of the estimates from the largest down, equal ones in their order. A heap sort takes no
  /// memory.
  private func sortDescending<S: BLASScalar>(_ estimates: MutableMatrixView<S>, order: MutableMatrixView<S>) {
    let k = estimates.columns
    for i in 0..<k { order[0, i] = S(i) }
    /// Whether the estimate at place a belongs behind that at place b.
    func isBehind(_ a: Int, _ b: Int) -> Bool {
      let (x, y) = (Int(order[0, a]), Int(order[0, b]))
      return estimates[0, x] == estimates[0, y] ? x > y : estimates[0, x] < estimates[0, y]
    }
    func sink(_ start: Int, _ end: Int) {
      var root = start
      while 2 * root + 1 < end {
        var child = 2 * root + 1
        if child + 1 < end && isBehind(child + 1, child) { child += 1 }
        if !isBehind(child, root) { return }
        (order[0, root], order[0, child]) = (order[0, child], order[0, root])
        root = child
      }
    }
    // The root of the heap is the estimate that belongs last.
    for start in (0..<k / 2).reversed() { sink(start, k) }
    for end in (1..<max(k, 1)).reversed() {
      (order[0, 0], order[0, end]) = (order[0, end], order[0, 0])
      sink(0, end)
    }
  }

  private func permute<S: BLASScalar>(
    _ v: MutableMatrixView<S>, _ transpose: Transposed, by order: MutableMatrixView<S>, copy: MutableMatrixView<S>
  ) {
    copy.copy(v.readOnly)
    switch transpose {
    case .no:
      for i in 0..<v.rows { v.rows(i..<i + 1).copy(copy.rows(Int(order[0, i])..<Int(order[0, i]) + 1).readOnly) }
    case .yes: for i in 0..<v.rows { for j in 0..<v.columns { v[i, j] = copy[i, Int(order[0, j])] } }
    }
  }
}

extension OptimizerEntry {
  static let soap = OptimizerEntry(
    "soap", "adam in the eigenbasis of Shampoo's preconditioner", rules: [SOAP.self], takes: [.epsilon]
  ) { .soap(SOAP(epsilon: $0.epsilon ?? 1e-8)) }
}

extension Optimizer {
  public static let soap = soap(SOAP())

  /// Returns SOAP for weight matrices, with `rest` for other parameters.
  public static func soap(
    _ rule: SOAP, rest: any ElementwiseRule = Adam(beta1: 0.95, beta2: 0.95, decoupledDecay: true)
  ) -> Optimizer {
    Optimizer(name: "soap", StepRules(rest, matrices: rule), learningRate: 3e-3)
  }
}
