import Linalg

/// Ways to replace a matrix N (m × n) by one whose singular values are alike. With k = min(m, n), l = max(m, n), and
/// the wide side up (for m > n everything is transposed), A = NNᵀ + ε tr(NNᵀ)/k · I:
///
/// - `cholesky`: O = L⁻¹N with LLᵀ = A, so OOᵀ = I up to ε. O is not the nearest orthogonal matrix, but it has the same
///   rows' span, and its row i has nothing of what the rows before it hold. This takes the fewest operations, about
///   k²(2l + k/3). The method is that of Cholesky QR (Fukaya et al. 2014) with a shift.
/// - `polar`: O = A^(−1/2)N, the orthogonal factor of N's polar decomposition, by LAPACK's eigenvectors of A.
/// - `newton-schulz`: five steps X ← aX + (bXXᵀ + c(XXᵀ)²)X, a = 3.4445, b = −4.7750, c = 2.0315, from N/‖N‖, give
///   singular values between 0.7 and 1.2 (Jordan et al. 2024) by products alone.
public enum Orthogonalisation: String, Sendable, Codable, CaseIterable {
  case cholesky, polar
  case newtonSchulz = "newton-schulz"

  /// The least ε of a second attempt.
  static let leastRaised = 1e-6
  /// The number of attempts, each with a shift ten times larger than the one before.
  static let attempts = 4

  func workCount(rows: Int, columns: Int) -> Int {
    let k = min(rows, columns)
    switch self {
    case .cholesky: return k * k
    case .polar: return 2 * k * k + k + decompositionWork(order: k)
    case .newtonSchulz: return 3 * k * k + rows * columns
    }
  }

  func operations(rows: Int, columns: Int) -> Double {
    let (k, l) = (Double(min(rows, columns)), Double(max(rows, columns)))
    switch self {
    case .cholesky: return k * k * l + k * k * k / 3
    case .polar: return k * k * l + 11 * k * k * k
    case .newtonSchulz: return 13 * k * k * l + 5 * k * k * k
    }
  }

  /// Returns O of `n` as a new matrix; nil where N is zero or not finite.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func factor<S: BLASScalar>(of n: Matrix<S>, shift: Double = 1e-3) -> Matrix<S>? {
    let copy = Buffer<S>(count: n.rows * n.columns)
    let result = Buffer<S>(count: n.rows * n.columns)
    let work = Buffer<S>(count: workCount(rows: n.rows, columns: n.columns))
    copy.values = n.values
    let view = copy.view(rows: n.rows, columns: n.columns)
    guard prepare(view, work: work.row, shift: shift, onFailure: { _ in }) else { return nil }
    add(
      0..<max(n.rows, n.columns), of: view, work: work.row,
      to: result.view(rows: n.rows, columns: n.columns), scale: 1, keep: 0)
    return Matrix(rows: n.rows, columns: n.columns, values: result.values)
  }

  /// Writes the k × k matrix that makes N orthogonal to `work`; `newton-schulz` also changes N.
  ///
  /// Returns false where N is zero or not finite, or where no attempt gave a factorisation. `onFailure` gets the next
  /// shift where a factorisation failed.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func prepare<S: BLASScalar>(
    _ n: MutableMatrixView<S>, work: MutableMatrixView<S>, shift: Double, onFailure: (Double) -> Void
  ) -> Bool {
    let k = min(n.rows, n.columns)
    let a = work.matrix(at: 0, rows: k, columns: k)
    switch self {
    case .cholesky, .polar:
      var shift = shift
      for attempt in 0..<Self.attempts {
        if attempt > 0 {
          shift = max(10 * shift, Self.leastRaised)
          onFailure(shift)
        }
        guard shiftedGram(n.readOnly, shift: shift, into: a) else { return false }
        let isFound =
          self == .cholesky ? factorCholesky(a) : inverseSquareRoot(a, work: work.columns(k * k..<work.columns))
        if isFound { return true }
      }
      return false
    case .newtonSchulz:
      return newtonSchulz(n, work: work)
    }
  }

  /// Computes W ← keep · W + scale · O, after `prepare`, on the columns `range` of a wide matrix or the rows of a tall
  /// one.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func add<S: BLASScalar>(
    _ range: Range<Int>, of n: MutableMatrixView<S>, work: MutableMatrixView<S>, to w: MutableMatrixView<S>,
    scale: Double, keep: Double
  ) {
    let isWide = n.rows <= n.columns
    let k = min(n.rows, n.columns)
    let factor = work.matrix(at: 0, rows: k, columns: k).readOnly
    let part = isWide ? n.columns(range) : n.rows(range)
    let target = isWide ? w.columns(range) : w.rows(range)
    switch self {
    case .cholesky:
      // For a wide matrix O = L⁻¹N, for a tall one O = NL⁻ᵀ.
      solveTriangle(factor, isWide ? .no : .yes, isWide ? .left : .right, in: part)
      let (keep, scale) = (S.Vector(S(keep)), S.Vector(S(scale)))
      transform(target, with: part.readOnly) { w, o in keep * w + scale * o }
    case .polar, .newtonSchulz:
      if isWide {
        gemm(factor, .no, part.readOnly, into: target, alpha: S(scale), beta: S(keep))
      } else {
        gemm(part.readOnly, .no, factor, into: target, alpha: S(scale), beta: S(keep))
      }
    }
  }

  /// Writes the lower triangle of NNᵀ + shift · tr/k · I, or NᵀN for a tall N. It returns false where the trace is zero
  /// or not finite, or where the shift vanishes in rounding.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func shiftedGram<S: BLASScalar>(
    _ n: MatrixView<S>, shift: Double, into a: MutableMatrixView<S>
  ) -> Bool {
    syrkLower(n, n.rows <= n.columns ? .no : .yes, into: a)
    var trace = 0.0
    for i in 0..<a.rows { trace += Double(a[i, i]) }
    if !(trace > 0 && trace < Double(S.greatestFiniteMagnitude)) { return false }
    let more = S(shift * trace / Double(a.rows))
    for i in 0..<a.rows { a[i, i] += more }
    return shift == 0 || more > 0
  }

  /// Computes A ← A^(−1/2) = V diag(λ^(−1/2)) Vᵀ; false where A has no such root.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func inverseSquareRoot<S: BLASScalar>(_ a: MutableMatrixView<S>, work: MutableMatrixView<S>) -> Bool {
    let k = a.rows
    let (vectors, values) = (work.matrix(at: 0, rows: k, columns: k), work.columns(k * k..<k * k + k))
    for i in 0..<k { vectors.rows(i..<i + 1).copy(a.readOnly.rows(i..<i + 1)) }
    guard decompose(vectors, values: values, work: work.columns(k * k + k..<work.columns)) else { return false }
    // The product (λ^(−1/4) V)ᵀ(λ^(−1/4) V) is symmetric to the last bit.
    for i in 0..<k {
      let value = values[0, i]
      if !(value > 0) { return false }
      let root = S.Vector(1 / value.squareRoot().squareRoot())
      transform(vectors.rows(i..<i + 1)) { $0 * root }
    }
    syrk(vectors.readOnly, .yes, into: a)
    return true
  }

  /// Takes four steps on N itself; the fifth step's factor aI + bXXᵀ + c(XXᵀ)² stays in `work`.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func newtonSchulz<S: BLASScalar>(_ n: MutableMatrixView<S>, work: MutableMatrixView<S>) -> Bool {
    let k = min(n.rows, n.columns)
    let isWide = n.rows <= n.columns
    let norm = sumOfSquares(n.readOnly).squareRoot()
    if !(norm > 0 && norm.isFinite) { return false }
    let inverse = S.Vector(S(1 / norm))
    transform(n) { $0 * inverse }
    let factor = work.matrix(at: 0, rows: k, columns: k)
    let gram = work.matrix(at: k * k, rows: k, columns: k)
    let square = work.matrix(at: 2 * k * k, rows: k, columns: k)
    let next = work.matrix(at: 3 * k * k, rows: n.rows, columns: n.columns)
    let (b, c) = (S.Vector(-4.7750), S.Vector(2.0315))
    for iteration in 0..<5 {
      syrk(n.readOnly, isWide ? .no : .yes, into: gram)
      syrk(gram.readOnly, .no, into: square)
      zip(gram.readOnly, square.readOnly, into: factor) { gram, square in b * gram + c * square }
      for i in 0..<k { factor[i, i] += 3.4445 }
      if iteration == 4 { break }
      if isWide {
        gemm(factor.readOnly, .no, n.readOnly, into: next)
      } else {
        gemm(n.readOnly, .no, factor.readOnly, into: next)
      }
      n.copy(next.readOnly)
    }
    return true
  }
}
