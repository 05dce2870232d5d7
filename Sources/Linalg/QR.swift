/// A = QR: Q (m × r) with orthonormal columns, R (r × n) upper triangular, r = min(m, n).
///
/// Householder reflections (LAPACK `geqrf`, `orgqr`); O(mn·r) operations, ‖QᵀQ − I‖ of the order of rounding for any A.
/// The signs of R's diagonal are those that LAPACK leaves.
public struct QR<S: BLASScalar>: Sendable {
  public let q: Matrix<S>
  public let r: Matrix<S>

  public init(_ a: Matrix<S>) throws(LinalgError) {
    try a.requireFinite("QR")
    let rank = min(a.rows, a.columns)
    var work = a
    var r = Matrix<S>(rows: rank, columns: a.columns)
    var q = Matrix<S>(rows: a.rows, columns: rank)
    if rank > 0 {
      var tau = [S](repeating: 0, count: rank)
      var info = work.withMutableView { S.geqrf($0.rows, $0.columns, $0.base, $0.stride, &tau) }
      precondition(info == 0, "geqrf: argument \(-info)")
      for i in 0..<rank { for j in i..<a.columns { r[i, j] = work[i, j] } }
      for i in 0..<a.rows { for j in 0..<rank { q[i, j] = work[i, j] } }
      info = q.withMutableView { S.orgqr($0.rows, rank, rank, $0.base, $0.stride, tau) }
      precondition(info == 0, "orgqr: argument \(-info)")
    }
    self.q = q
    self.r = r
  }
}

/// A ← R of A = QR, in place and without Q: afterwards the first min(m, n) rows of a (m × n) hold R, upper triangular,
/// zeros under the diagonal; the rows below hold nothing of use. 2n²(m − n/3) operations.
@specialized(where S == Float)
@specialized(where S == Double)
public func reduceToTriangle<S: BLASScalar>(_ a: MutableMatrixView<S>) {
  let rank = min(a.rows, a.columns)
  if rank == 0 { return }
  var tau = [S](repeating: 0, count: rank)
  let info = S.geqrf(a.rows, a.columns, a.base, a.stride, &tau)
  precondition(info == 0, "geqrf: argument \(-info)")
  for i in 1..<max(rank, 1) { (a.base + i * a.stride).update(repeating: 0, count: min(i, a.columns)) }
}
