/// A = U·diag(σ)·Vᵀ in the thin form: U is m × r, σ descends, Vᵀ is r × n, and r = min(m, n).
///
/// LAPACK's `gesdd` (divide and conquer) takes O(mn·r) operations; the error of each σ is of the order of rounding
/// times σ₁.
public struct SingularValues<S: BLASScalar>: Sendable {
  public let u: Matrix<S>
  public let values: [S]
  public let vTransposed: Matrix<S>

  public init(_ a: Matrix<S>) throws(LinalgError) {
    try a.requireFinite("SVD")
    let rank = min(a.rows, a.columns)
    var work = a
    var u = Matrix<S>(rows: a.rows, columns: rank)
    var vt = Matrix<S>(rows: rank, columns: a.columns)
    var values = [S](repeating: 0, count: rank)
    if rank > 0 {
      let info = work.withMutableView { a in
        u.withMutableView { u in
          vt.withMutableView { vt in
            S.gesdd(a.rows, a.columns, a.base, a.stride, &values, u.base, u.stride, vt.base, vt.stride)
          }
        }
      }
      precondition(info >= 0, "gesdd: argument \(-info)")
      if info > 0 { throw .notConverged(routine: "SVD", remaining: info) }
    }
    self.u = u
    self.values = values
    vTransposed = vt
  }
}
