// These functions factor and solve on windows, in memory that the caller owns, for work that is done again and again.

/// A = LLᵀ in place: the lower triangle of the symmetric positive definite A (n × n) becomes L, and what lies above it
/// is neither read nor written. LAPACK's `potrf` takes n³/3 operations.
///
/// Returns false where a leading minor is not positive or an entry is not finite; A's lower triangle is then used up.
@specialized(where S == Float)
@specialized(where S == Double)
public func factorCholesky<S: BLASScalar>(_ a: MutableMatrixView<S>) -> Bool {
  precondition(a.rows == a.columns, "factorCholesky: \(a.rows)×\(a.columns) is not square")
  return a.rows == 0 || S.potrf(a.rows, a.base, a.stride) == 0
}

/// B ← op(L)⁻¹·B (`.left`) or B·op(L)⁻¹ (`.right`) of a lower triangular L (n × n); what lies above L's diagonal is not
/// read. `trsm` of BLAS level 3 takes n operations for each entry of B.
@specialized(where S == Float)
@specialized(where S == Double)
public func solveTriangle<S: BLASScalar>(
  _ lower: MatrixView<S>, _ transpose: Transposed, _ side: Side, in b: MutableMatrixView<S>
) {
  precondition(
    lower.rows == lower.columns && lower.rows == (side == .left ? b.rows : b.columns),
    "solveTriangle: \(lower.rows)×\(lower.columns) with \(b.rows)×\(b.columns)")
  if b.rows == 0 || b.columns == 0 { return }
  S.trsm(side, transpose, b.rows, b.columns, lower.base, lower.stride, b.base, b.stride)
}

/// Returns how many numbers of working memory `decompose` needs.
public func decompositionWork(order n: Int) -> Int { 1 + 6 * n + 2 * n * n + 3 + 5 * n }

/// A = Σ λᵢ vᵢvᵢᵀ in place, for a symmetric A (n × n) of which the lower triangle is read: the eigenvectors become the
/// rows of A, and `values` (1 × n) gets the eigenvalues in ascending order. LAPACK's `syevd` takes about 9n³
/// operations. `work` is 1 × `decompositionWork`.
///
/// Returns false where an entry is not finite (A stays as it is) or the iteration does not end (A is then used up).
@specialized(where S == Float)
@specialized(where S == Double)
public func decompose<S: BLASScalar>(
  _ a: MutableMatrixView<S>, values: MutableMatrixView<S>, work: MutableMatrixView<S>
) -> Bool {
  let n = a.rows
  precondition(
    n == a.columns && values.rows == 1 && values.columns == n && work.rows == 1
      && work.columns >= decompositionWork(order: n),
    "decompose: \(a.rows)×\(a.columns), \(values.columns) values, \(work.columns) numbers to work with")
  if n == 0 { return true }
  for i in 0..<n where !allFinite(a.window(rows: i..<i + 1, columns: 0..<i + 1).readOnly) { return false }
  let numbers = 1 + 6 * n + 2 * n * n
  // Binding this part of `work` to Int32 is sound, since it never holds numbers of S.
  let indices = UnsafeMutableRawPointer(work.base + numbers).assumingMemoryBound(to: Int32.self)
  return S.syevd(n, a.base, a.stride, values.base, work: work.base, indices: indices) == 0
}

/// Copies the lower triangle of C into the upper one. This is done in squares, since otherwise one of the two would
/// touch another cache line for every entry.
@specialized(where S == Float)
@specialized(where S == Double)
public func mirrorLower<S: BLASScalar>(_ c: MutableMatrixView<S>) {
  precondition(c.rows == c.columns, "mirrorLower: \(c.rows)×\(c.columns) is not square")
  let side = 16
  for top in stride(from: 0, to: c.rows, by: side) {
    for left in stride(from: 0, through: top, by: side) {
      for i in top..<min(top + side, c.rows) {
        for j in left..<min(left + side, i) { c.base[j * c.stride + i] = c.base[i * c.stride + j] }
      }
    }
  }
}

/// Returns how many numbers of working memory `orthonormalise` needs.
public func orthonormalisationWork(order n: Int) -> Int { n + 64 * n }

/// A ← Q of A = QR in place, for A n × n; LAPACK's `geqrf` and `orgqr` take 8n³/3 operations.
/// `work` is 1 × `orthonormalisationWork`. Returns false where an entry is not finite; A then stays as it is.
@specialized(where S == Float)
@specialized(where S == Double)
public func orthonormalise<S: BLASScalar>(_ a: MutableMatrixView<S>, work: MutableMatrixView<S>) -> Bool {
  let n = a.rows
  precondition(
    n == a.columns && work.rows == 1 && work.columns >= orthonormalisationWork(order: n),
    "orthonormalise: \(a.rows)×\(a.columns) with \(work.columns) numbers to work with")
  if n == 0 { return true }
  if !allFinite(a.readOnly) { return false }
  let length = work.columns - n
  return S.geqrf(n, n, a.base, a.stride, work.base, work: work.base + n, length) == 0
    && S.orgqr(n, n, n, a.base, a.stride, work.base, work: work.base + n, length) == 0
}
