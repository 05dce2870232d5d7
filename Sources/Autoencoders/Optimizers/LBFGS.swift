import Linalg

/// The direction of limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.4): d = −Hg, where H approximates the
/// inverse Hessian by the last m steps. It is a description without state.
///
/// With sᵢ = θᵢ₊₁ − θᵢ, yᵢ = gᵢ₊₁ − gᵢ and ρᵢ = 1/sᵢᵀyᵢ: H ← (I − ρsyᵀ) H (I − ρysᵀ) + ρssᵀ (7.16), the oldest pair
/// first, from H = (sᵀy / yᵀy) I of the latest pair (7.20). Two loops over the pairs give Hg in about 6mn
/// multiplications; H itself, of n² numbers, is never made. Inner products are totalled in Double.
///
/// The memory is one row of `stateCount` numbers, [pairs held, place of the latest | s, m × n | y, m × n], so that
/// checkpoints keep it as they keep Adam's moments; ρ follows from s and y to the same bits. A row of zeros is an empty
/// memory.
public struct LBFGS: Sendable {
  /// The number n of parameters.
  public let parameters: Int
  /// The number m of pairs that are remembered.
  public let pairs: Int

  public init(parameters: Int, pairs: Int = 10) {
    precondition(parameters >= 0 && pairs >= 1, "LBFGS: \(pairs) pairs of \(parameters) numbers")
    self.parameters = parameters
    self.pairs = pairs
  }

  public var stateCount: Int { 2 + 2 * pairs * parameters }

  /// Returns the number of pairs in `memory`; 0 where the number that stands there is impossible.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func count<S: BLASScalar>(_ memory: MatrixView<S>) -> Int {
    counter(memory[0, 0], in: 0...pairs)
  }

  /// Computes d ← −Hg: `memory` is 1 × stateCount, `gradient` and `direction` are 1 × n.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func direction<S: BLASScalar>(
    _ memory: MatrixView<S>, gradient: MatrixView<S>, into direction: MutableMatrixView<S>
  ) {
    let newestFirst = places(memory)
    direction.copy(gradient)
    var alphas: [Double] = []
    for place in newestFirst {
      let (s, y) = pair(place, memory)
      // α = ρ sᵀq, q ← q − αy
      let alpha = innerProduct(s, direction.readOnly) / innerProduct(s, y)
      add(-alpha, y, to: direction)
      alphas.append(alpha)
    }
    if let latest = newestFirst.first {
      let (s, y) = pair(latest, memory)
      let scale = S.Vector(S(innerProduct(s, y) / sumOfSquares(y)))
      transform(direction) { scale * $0 }
    }
    for (place, alpha) in Swift.zip(newestFirst, alphas).reversed() {
      let (s, y) = pair(place, memory)
      // β = ρ yᵀr, r ← r + (α − β)s
      let beta = innerProduct(y, direction.readOnly) / innerProduct(s, y)
      add(alpha - beta, s, to: direction)
    }
    transform(direction) { -$0 }
  }

  /// Puts the pair s, y (1 × n) in the place of the oldest pair. Where sᵀy is not positive beyond rounding, H would not
  /// stay positive definite: the method then returns false and changes nothing.
  @discardableResult
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func remember<S: BLASScalar>(
    _ memory: MutableMatrixView<S>, step s: MatrixView<S>, gradientChange y: MatrixView<S>
  ) -> Bool {
    let scale = (sumOfSquares(s) * sumOfSquares(y)).squareRoot()
    guard scale.isFinite, innerProduct(s, y) > Double(S.ulpOfOne) * scale else { return false }
    let held = count(memory.readOnly)
    let place = held == 0 ? 0 : (latest(memory.readOnly) + 1) % pairs
    memory.matrix(at: offset(place), rows: 1, columns: parameters).copy(s)
    memory.matrix(at: offset(pairs + place), rows: 1, columns: parameters).copy(y)
    memory[0, 0] = S(min(held + 1, pairs))
    memory[0, 1] = S(place)
    return true
  }

  /// Empties the memory.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forget<S: BLASScalar>(_ memory: MutableMatrixView<S>) { memory.columns(0..<2).fill(0) }

  private func offset(_ row: Int) -> Int { 2 + row * parameters }

  private func latest<S: BLASScalar>(_ memory: MatrixView<S>) -> Int { counter(memory[0, 1], in: 0...pairs - 1) }

  /// Returns the places of the pairs, the latest first.
  private func places<S: BLASScalar>(_ memory: MatrixView<S>) -> [Int] {
    let latest = latest(memory)
    return (0..<count(memory)).map { (latest - $0 + pairs) % pairs }
  }

  private func pair<S: BLASScalar>(_ place: Int, _ memory: MatrixView<S>) -> (s: MatrixView<S>, y: MatrixView<S>) {
    (
      memory.matrix(at: offset(place), rows: 1, columns: parameters),
      memory.matrix(at: offset(pairs + place), rows: 1, columns: parameters)
    )
  }

  private func add<S: BLASScalar>(_ factor: Double, _ x: MatrixView<S>, to y: MutableMatrixView<S>) {
    let factor = S.Vector(S(factor))
    transform(y, with: x) { y, x in y + factor * x }
  }

  private func counter<S: BLASScalar>(_ value: S, in range: ClosedRange<Int>) -> Int {
    guard let number = Int(exactly: Double(value)), range.contains(number) else { return 0 }
    return number
  }
}

extension OptimizerEntry {
  static let lbfgs = OptimizerEntry(
    "lbfgs", "limited-memory BFGS; an epoch is one step on all samples", rules: []
  ) { _ in .lbfgs }
}

extension Optimizer {
  public static let lbfgs = lbfgs(pairs: 10)

  /// Returns L-BFGS that remembers `pairs` pairs of changes. Its learning rate is the first trial of the line search; 1
  /// is a whole quasi-Newton step.
  public static func lbfgs(pairs: Int) -> Optimizer {
    Optimizer(name: "lbfgs", .fullBatch(pairs: pairs), learningRate: 1)
  }
}
