/// C ← α·op(A)·op(B) + β·C (BLAS level 3, `gemm`).
///
/// op(A) is m × k, op(B) is k × n, C is m × n. With β = 0, C is written without being read, so it may hold anything.
@specialized(where S == Float)
@specialized(where S == Double)
public func gemm<S: BLASScalar>(
  _ a: MatrixView<S>, _ transposeA: Transposed = .no, _ b: MatrixView<S>, _ transposeB: Transposed = .no,
  into c: MutableMatrixView<S>, alpha: S = 1, beta: S = 0
) {
  let (m, k) = transposeA == .no ? (a.rows, a.columns) : (a.columns, a.rows)
  let (kB, n) = transposeB == .no ? (b.rows, b.columns) : (b.columns, b.rows)
  precondition(
    k == kB && c.rows == m && c.columns == n,
    "gemm: (\(m)×\(k))·(\(kB)×\(n)) into \(c.rows)×\(c.columns)")
  if m == 0 || n == 0 { return }
  S.gemm(
    transposeA, transposeB, m, n, k, alpha, a.base, max(1, a.stride), b.base, max(1, b.stride), beta, c.base, c.stride)
}

/// y ← α·op(A)·x + β·y (BLAS level 2, `gemv`); x and y are rows (1 × n and 1 × m).
@specialized(where S == Float)
@specialized(where S == Double)
public func gemv<S: BLASScalar>(
  _ a: MatrixView<S>, _ transposeA: Transposed = .no, _ x: MatrixView<S>, into y: MutableMatrixView<S>, alpha: S = 1,
  beta: S = 0
) {
  let (m, n) = transposeA == .no ? (a.rows, a.columns) : (a.columns, a.rows)
  precondition(
    x.rows == 1 && y.rows == 1 && x.columns == n && y.columns == m,
    "gemv: (\(m)×\(n))·\(x.columns) into \(y.columns)")
  if m == 0 { return }
  if n == 0 {
    // The product is empty; as in `gemm`, β = 0 writes zeros over whatever y holds.
    let factor = S.Vector(beta)
    return beta == 0 ? y.fill(0) : transform(y) { factor * $0 }
  }
  S.gemv(transposeA, a.rows, a.columns, alpha, a.base, a.stride, x.base, beta, y.base)
}

/// C ← α·AᵀA + β·C (`.yes`: A is k × n) or α·AAᵀ + β·C (`.no`: A is n × k) (BLAS level 3, `syrk`).
///
/// Both triangles of the symmetric C (n × n) are written; with β ≠ 0 the lower one is read.
@specialized(where S == Float)
@specialized(where S == Double)
public func syrk<S: BLASScalar>(
  _ a: MatrixView<S>, _ transposeA: Transposed, into c: MutableMatrixView<S>, alpha: S = 1, beta: S = 0
) {
  let (n, k) = transposeA == .no ? (a.rows, a.columns) : (a.columns, a.rows)
  precondition(c.rows == n && c.columns == n, "syrk: \(n)×\(n) into \(c.rows)×\(c.columns)")
  if n == 0 { return }
  if k == 0 && beta == 0 { return c.fill(0) }
  syrkLower(a, transposeA, into: c, alpha: alpha, beta: beta)
  mirrorLower(c)
}

/// Writes the lower triangle of α·AᵀA + β·C or α·AAᵀ + β·C alone, with the arguments of `syrk`; what lies above the
/// diagonal of C stays as it is.
@specialized(where S == Float)
@specialized(where S == Double)
public func syrkLower<S: BLASScalar>(
  _ a: MatrixView<S>, _ transposeA: Transposed, into c: MutableMatrixView<S>, alpha: S = 1, beta: S = 0
) {
  let (n, k) = transposeA == .no ? (a.rows, a.columns) : (a.columns, a.rows)
  precondition(c.rows == n && c.columns == n, "syrk: \(n)×\(n) into \(c.rows)×\(c.columns)")
  if n == 0 { return }
  S.syrk(.lower, transposeA, n, k, alpha, a.base, max(1, a.stride), beta, c.base, c.stride)
}

extension Matrix {
  /// Returns op(self)·op(other) as a new matrix.
  public func product(
    _ transpose: Transposed = .no, with other: Matrix, _ transposeOther: Transposed = .no
  ) -> Matrix {
    var result = Matrix(
      rows: transpose == .no ? rows : columns, columns: transposeOther == .no ? other.columns : other.rows)
    withView { a in
      other.withView { b in result.withMutableView { c in gemm(a, transpose, b, transposeOther, into: c) } }
    }
    return result
  }
}
