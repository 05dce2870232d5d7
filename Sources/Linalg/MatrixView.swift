/// A read-only window on a row-major matrix that something else owns: row i starts `stride` scalars after row i − 1.
///
/// Views carry no ownership and no flags; transposition is an argument of `gemm`. They are valid while the owner of the
/// memory lives and are meant to be passed down, not stored.
@safe
public struct MatrixView<S: BLASScalar> {
  @usableFromInline let base: UnsafePointer<S>
  public let rows: Int
  public let columns: Int
  public let stride: Int

  @inlinable
  init(base: UnsafePointer<S>, rows: Int, columns: Int, stride: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  @inlinable
  public subscript(row: Int, column: Int) -> S {
    precondition(row >= 0 && row < rows && column >= 0 && column < columns, "MatrixView: index outside")
    return base[row * stride + column]
  }

  /// Returns the given rows and columns as a window on the same memory.
  @inlinable
  public func window(rows r: Range<Int>, columns c: Range<Int>) -> MatrixView {
    precondition(
      r.lowerBound >= 0 && r.upperBound <= rows && c.lowerBound >= 0 && c.upperBound <= columns,
      "MatrixView: rows \(r), columns \(c) of \(rows)×\(columns)")
    return MatrixView(
      base: base + r.lowerBound * stride + c.lowerBound, rows: r.count, columns: c.count, stride: stride)
  }

  @inlinable
  public func rows(_ r: Range<Int>) -> MatrixView { window(rows: r, columns: 0..<columns) }

  @inlinable
  public func columns(_ c: Range<Int>) -> MatrixView { window(rows: 0..<rows, columns: c) }

  /// Returns the stretch of a single row from `offset` on as a matrix of `rows` × `columns`.
  @inlinable
  public func matrix(at offset: Int, rows r: Int, columns c: Int) -> MatrixView {
    precondition(
      rows == 1 && r >= 0 && c >= 0 && offset >= 0 && offset + r * c <= columns,
      "MatrixView: \(r)×\(c) at \(offset) of \(rows)×\(columns)")
    return MatrixView(base: base + offset, rows: r, columns: c, stride: c)
  }

  /// Returns a view in which every one of `times` rows is this single row.
  @inlinable
  public func repeated(_ times: Int) -> MatrixView {
    precondition(rows == 1, "MatrixView: \(rows) rows repeated")
    return MatrixView(base: base, rows: times, columns: columns, stride: 0)
  }

  /// A copy of the entries as a value.
  public var matrix: Matrix<S> {
    var values: [S] = []
    values.reserveCapacity(rows * columns)
    for i in 0..<rows { values.append(contentsOf: UnsafeBufferPointer(start: base + i * stride, count: columns)) }
    return Matrix(rows: rows, columns: columns, values: values)
  }
}

/// A window on a row-major matrix that may be written through; otherwise it is like `MatrixView`.
@safe
public struct MutableMatrixView<S: BLASScalar> {
  @usableFromInline let base: UnsafeMutablePointer<S>
  public let rows: Int
  public let columns: Int
  public let stride: Int

  @inlinable
  init(base: UnsafeMutablePointer<S>, rows: Int, columns: Int, stride: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// A read-only view of the same window.
  @inlinable
  public var readOnly: MatrixView<S> { MatrixView(base: base, rows: rows, columns: columns, stride: stride) }

  @inlinable
  public subscript(row: Int, column: Int) -> S {
    get { readOnly[row, column] }
    nonmutating set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "MutableMatrixView: index outside")
      base[row * stride + column] = newValue
    }
  }

  @inlinable
  public func window(rows r: Range<Int>, columns c: Range<Int>) -> MutableMatrixView {
    precondition(
      r.lowerBound >= 0 && r.upperBound <= rows && c.lowerBound >= 0 && c.upperBound <= columns,
      "MutableMatrixView: rows \(r), columns \(c) of \(rows)×\(columns)")
    return MutableMatrixView(
      base: base + r.lowerBound * stride + c.lowerBound, rows: r.count, columns: c.count, stride: stride)
  }

  @inlinable
  public func rows(_ r: Range<Int>) -> MutableMatrixView { window(rows: r, columns: 0..<columns) }

  @inlinable
  public func columns(_ c: Range<Int>) -> MutableMatrixView { window(rows: 0..<rows, columns: c) }

  /// Returns the stretch of a single row from `offset` on as a matrix of `rows` × `columns`.
  @inlinable
  public func matrix(at offset: Int, rows r: Int, columns c: Int) -> MutableMatrixView {
    precondition(
      rows == 1 && r >= 0 && c >= 0 && offset >= 0 && offset + r * c <= columns,
      "MutableMatrixView: \(r)×\(c) at \(offset) of \(rows)×\(columns)")
    return MutableMatrixView(base: base + offset, rows: r, columns: c, stride: c)
  }

  /// Returns a range of the entries, counted row after row, as one row; the matrix must lie without gaps.
  @inlinable
  public func entries(_ range: Range<Int>) -> MutableMatrixView {
    precondition(
      (stride == columns || rows <= 1) && range.lowerBound >= 0 && range.upperBound <= rows * columns,
      "MutableMatrixView: entries \(range) of \(rows)×\(columns)")
    return MutableMatrixView(base: base + range.lowerBound, rows: 1, columns: range.count, stride: range.count)
  }

  /// Returns a view in which every one of `times` rows is this single row. It is meant for callees that only read it.
  @inlinable
  public func repeated(_ times: Int) -> MutableMatrixView {
    precondition(rows == 1, "MutableMatrixView: \(rows) rows repeated")
    return MutableMatrixView(base: base, rows: times, columns: columns, stride: 0)
  }

  public var matrix: Matrix<S> { readOnly.matrix }

  public func fill(_ value: S) {
    for i in 0..<rows { (base + i * stride).update(repeating: value, count: columns) }
  }

  /// Copies the entries of `source`, which has the same shape, into this window.
  public func copy(_ source: MatrixView<S>) {
    precondition(
      source.rows == rows && source.columns == columns,
      "copy: \(source.rows)×\(source.columns) into \(rows)×\(columns)")
    for i in 0..<rows { (base + i * stride).update(from: source.base + i * source.stride, count: columns) }
  }

  /// Calls `body` with row `row` as a span of known bounds, the way to write numbers that come from no other matrix.
  @inlinable
  public func withRow<R>(_ row: Int, _ body: (inout MutableSpan<S>) -> R) -> R {
    precondition(row >= 0 && row < rows, "MutableMatrixView: row \(row) of \(rows)")
    var span = MutableSpan(_unsafeStart: base + row * stride, count: columns)
    return body(&span)
  }
}
