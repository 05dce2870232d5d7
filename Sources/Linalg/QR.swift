/// A = QR, with Q (m × r) of orthonormal columns and R (r × n) upper triangular; r = min(m, n).
///
/// Householder reflections (LAPACK's `geqrf` and `orgqr`) take O(mn·r) operations, and ‖QᵀQ − I‖ is of the order of
/// rounding for any A. The signs of R's diagonal are those that LAPACK leaves.
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

/// R of A = QR for an A that comes row by row: however tall A is, only R (n × n) and one block of rows are in memory.
///
/// LAPACK's `tpqrt` reflects a block into the triangle above it, which takes 2mn² operations for m rows. The signs of
/// R's diagonal are those that LAPACK leaves.
public final class RowwiseQR<S: BLASScalar> {
  public let columns: Int
  /// The most rows that one call of `append` takes.
  public let blockRows: Int
  /// `triangle` is R, `block` holds the rows that come next, both column by column; `work` is LAPACK's working memory.
  private let triangle: Buffer<S>
  private let block: Buffer<S>
  private let work: Buffer<S>
  private static var panel: Int { 32 }
  /// Whether some row held a number that is NaN or infinite; R is then meaningless.
  private var hasNonFinite = false

  /// Returns the sizes of the matrices that a factorisation of rows of `columns` entries keeps in memory.
  public static func sizes(columns: Int) -> [(Int, Int)] {
    [(columns, columns), (max(columns, 64), columns), (panel, columns)]
  }

  /// Prepares for rows of `columns` entries. A block has as many rows as columns, but at least 64: larger ones are no
  /// faster and take memory.
  public init(columns: Int) {
    precondition(columns > 0, "RowwiseQR: \(columns) columns")
    self.columns = columns
    blockRows = max(columns, 64)
    triangle = Buffer(count: columns * columns)
    block = Buffer(count: blockRows * columns)
    work = Buffer(count: Self.panel * columns)
  }

  /// Takes in the rows of x, from each of them the entries at `places` (as many as `columns`).
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func append(_ x: MatrixView<S>, places: [Int]) {
    precondition(
      places.count == columns && x.rows <= blockRows && places.allSatisfy { $0 >= 0 && $0 < x.columns },
      "RowwiseQR: \(places.count) places of \(x.rows)×\(x.columns) for \(columns) columns")
    if x.rows == 0 { return }
    // The block is transposed in squares, since otherwise one side would touch another cache line for every entry.
    let side = 16
    for top in stride(from: 0, to: x.rows, by: side) {
      for left in stride(from: 0, to: columns, by: side) {
        for j in left..<min(left + side, columns) {
          let target = block.base + j * x.rows
          let source = x.base + places[j]
          for i in top..<min(top + side, x.rows) { target[i] = source[i * x.stride] }
        }
      }
    }
    let panel = min(Self.panel, columns)
    let info = S.tpqrt(x.rows, columns, panel, triangle.base, columns, block.base, x.rows, work.base)
    // LAPACKE refuses an argument that holds NaN; a matrix is the only argument that can be wrong here.
    if info != 0 { hasNonFinite = true }
  }

  /// Returns the factor R, upper triangular.
  /// - Throws: `LinalgError.notFinite` where a row held a number that is not finite.
  public func r() throws(LinalgError) -> Matrix<S> {
    if hasNonFinite { throw .notFinite(routine: "QR of rows") }
    var result = Matrix<S>(rows: columns, columns: columns)
    for i in 0..<columns { for j in i..<columns { result[i, j] = triangle.base[j * columns + i] } }
    try result.requireFinite("QR of rows")
    return result
  }
}
