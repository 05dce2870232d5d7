/// A = V·diag(λ)·Vᵀ of a symmetric A (n × n): λ descends, and row i of `vectors` is the eigenvector of λᵢ.
///
/// LAPACK's `syevd` (divide and conquer) takes about 9n³ operations; the errors of λ are of the order of rounding times
/// ‖A‖. Only the upper triangle of A is read.
public struct SymmetricEigen<S: BLASScalar>: Sendable {
  public let values: [S]
  public let vectors: Matrix<S>

  public init(_ a: Matrix<S>) throws(LinalgError) {
    precondition(a.rows == a.columns, "SymmetricEigen: \(a.rows)×\(a.columns) is not square")
    try a.requireFinite("symmetric eigenproblem")
    let n = a.rows
    var work = a
    var ascending = [S](repeating: 0, count: n)
    if n > 0 {
      let info = work.withMutableView { S.syevd(n, $0.base, $0.stride, &ascending) }
      precondition(info >= 0, "syevd: argument \(-info)")
      if info > 0 { throw .notConverged(routine: "symmetric eigenproblem", remaining: info) }
    }
    values = ascending.reversed()
    var rows: [S] = []
    rows.reserveCapacity(n * n)
    for i in (0..<n).reversed() { rows.append(contentsOf: work.values[i * n..<(i + 1) * n]) }
    vectors = Matrix(rows: n, columns: n, values: rows)
  }

  /// Finds the `count` largest eigenvalues and their eigenvectors alone.
  ///
  /// LAPACK's `syevr` (relatively robust representations) takes 4n³/3 operations to tridiagonal form; the rest is in
  /// proportion to `count`.
  public init(_ a: Matrix<S>, largest count: Int) throws(LinalgError) {
    precondition(a.rows == a.columns, "SymmetricEigen: \(a.rows)×\(a.columns) is not square")
    precondition(count > 0 && count <= a.rows, "SymmetricEigen: the largest \(count) of \(a.rows)")
    try a.requireFinite("symmetric eigenproblem")
    var work = a
    var ascending = [S](repeating: 0, count: count)
    var found = Matrix<S>(rows: count, columns: a.rows)
    let info = work.withMutableView { a in
      found.withMutableView { S.syevr(a.rows, count, a.base, a.stride, &ascending, $0.base) }
    }
    precondition(info >= 0, "syevr: argument \(-info)")
    if info > 0 { throw .notConverged(routine: "symmetric eigenproblem", remaining: info) }
    values = ascending.reversed()
    vectors = Matrix(
      rows: count, columns: a.rows, values: (0..<count).reversed().flatMap { found.rows($0..<$0 + 1).values })
  }
}
