/// A = LLᵀ of a symmetric positive definite A (n × n), with L lower triangular and its diagonal positive.
///
/// LAPACK's `potrf` takes n³/3 operations. Only the lower triangle of A is read.
public struct Cholesky<S: BLASScalar>: Sendable {
  public let lower: Matrix<S>

  public init(_ a: Matrix<S>) throws(LinalgError) {
    precondition(a.rows == a.columns, "Cholesky: \(a.rows)×\(a.columns) is not square")
    try a.requireFinite("Cholesky")
    let n = a.rows
    var work = a
    if n > 0 {
      let info = work.withMutableView { S.potrf(n, $0.base, $0.stride) }
      precondition(info >= 0, "potrf: argument \(-info)")
      if info > 0 { throw .notPositiveDefinite(order: info) }
    }
    for i in 0..<n { for j in i + 1..<max(n, i + 1) { work[i, j] = 0 } }
    lower = work
  }

  /// Returns the X with A·X = B; B is n × k.
  public func solve(_ b: Matrix<S>) throws(LinalgError) -> Matrix<S> {
    try solve(.yes, try solve(.no, b))
  }

  /// Returns the X with op(L)·X = B by one triangular solve: B ↦ L⁻¹B or L⁻ᵀB.
  public func solve(_ transpose: Transposed, _ b: Matrix<S>) throws(LinalgError) -> Matrix<S> {
    precondition(b.rows == lower.rows, "Cholesky: \(lower.rows) equations, \(b.rows) right-hand rows")
    var x = b
    if b.rows == 0 || b.columns == 0 { return x }
    let info = lower.withView { l in
      x.withMutableView { S.trtrs(transpose, l.rows, $0.columns, l.base, l.stride, $0.base, $0.stride) }
    }
    precondition(info >= 0, "trtrs: argument \(-info)")
    if info > 0 { throw .singular(index: info - 1) }
    return x
  }

  /// ln det A = 2 Σ ln Lᵢᵢ.
  public var logDeterminant: Double {
    var total = 0.0
    for i in 0..<lower.rows { total += Double.log(Double(lower[i, i])) }
    return 2 * total
  }
}
