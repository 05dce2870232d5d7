// Loops over the entries of views, inlined into the caller so that the closure disappears and the loop vectorises.
//
// The output never shares memory with an input of the same call: compilers guard their vector loops by a test that the
// ranges do not overlap, and an output that *is* the input would take the scalar path. What works in place has one view.

/// y ← f(x), entry by entry; x and y do not overlap.
@inlinable @inline(__always)
public func map<S>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ f: (S) -> S) {
  precondition(x.rows == y.rows && x.columns == y.columns, "map: \(x.rows)×\(x.columns) into \(y.rows)×\(y.columns)")
  for i in 0..<y.rows {
    let input = x.base + i * x.stride
    let output = y.base + i * y.stride
    for j in 0..<y.columns { output[j] = f(input[j]) }
  }
}

/// z ← f(x, y), entry by entry; z overlaps neither.
@inlinable @inline(__always)
public func zip<S>(_ x: MatrixView<S>, _ y: MatrixView<S>, into z: MutableMatrixView<S>, _ f: (S, S) -> S) {
  precondition(
    x.rows == z.rows && x.columns == z.columns && y.rows == z.rows && y.columns == z.columns,
    "zip: \(x.rows)×\(x.columns) and \(y.rows)×\(y.columns) into \(z.rows)×\(z.columns)")
  for i in 0..<z.rows {
    let first = x.base + i * x.stride
    let second = y.base + i * y.stride
    let output = z.base + i * z.stride
    for j in 0..<z.columns { output[j] = f(first[j], second[j]) }
  }
}

/// y ← f(y), entry by entry.
@inlinable @inline(__always)
public func transform<S>(_ y: MutableMatrixView<S>, _ f: (S) -> S) {
  for i in 0..<y.rows {
    let row = y.base + i * y.stride
    for j in 0..<y.columns { row[j] = f(row[j]) }
  }
}

/// y ← f(y, x), entry by entry; x and y do not overlap.
@inlinable @inline(__always)
public func transform<S>(_ y: MutableMatrixView<S>, with x: MatrixView<S>, _ f: (S, S) -> S) {
  precondition(
    x.rows == y.rows && x.columns == y.columns, "transform: \(x.rows)×\(x.columns) with \(y.rows)×\(y.columns)")
  for i in 0..<y.rows {
    let input = x.base + i * x.stride
    let row = y.base + i * y.stride
    for j in 0..<y.columns { row[j] = f(row[j], input[j]) }
  }
}

/// yᵢⱼ ← f(yᵢⱼ, bⱼ): every row of y with the one row b (1 × columns), which does not overlap y.
@inlinable @inline(__always)
public func transformRows<S>(_ y: MutableMatrixView<S>, with b: MatrixView<S>, _ f: (S, S) -> S) {
  precondition(b.rows == 1 && b.columns == y.columns, "transformRows: \(b.columns) numbers for \(y.columns) columns")
  for i in 0..<y.rows {
    let row = y.base + i * y.stride
    for j in 0..<y.columns { row[j] = f(row[j], b.base[j]) }
  }
}

/// Y ← Y + 1·b: adds the row `bias` (1 × columns) to every row of y.
@specialized(where S == Float)
@specialized(where S == Double)
public func addToRows<S: BLASScalar>(_ bias: MatrixView<S>, _ y: MutableMatrixView<S>) {
  precondition(
    bias.rows == 1 && bias.columns == y.columns, "addToRows: \(bias.columns) numbers for \(y.columns) columns")
  transformRows(y, with: bias) { y, b in y + b }
}

/// f(a, b, x) on the entries of single rows: a and b are updated, x is read; none overlaps another.
@inlinable @inline(__always)
public func transformPair<S>(
  _ a: MutableMatrixView<S>, _ b: MutableMatrixView<S>, with x: MatrixView<S>, _ f: (inout S, inout S, S) -> Void
) {
  precondition(
    a.rows == 1 && b.rows == 1 && x.rows == 1 && b.columns == a.columns && x.columns == a.columns,
    "transformPair: rows of \(a.columns), \(b.columns) and \(x.columns)")
  let (first, second, input) = (a.base, b.base, x.base)
  for j in 0..<a.columns { f(&first[j], &second[j], input[j]) }
}

/// f(a, b, c, x) on the entries of single rows: a, b and c are updated, x is read; none overlaps another.
@inlinable @inline(__always)
public func transformTriple<S>(
  _ a: MutableMatrixView<S>, _ b: MutableMatrixView<S>, _ c: MutableMatrixView<S>, with x: MatrixView<S>,
  _ f: (inout S, inout S, inout S, S) -> Void
) {
  precondition(
    a.rows == 1 && b.rows == 1 && c.rows == 1 && x.rows == 1 && b.columns == a.columns && c.columns == a.columns
      && x.columns == a.columns, "transformTriple: rows of \(a.columns), \(b.columns), \(c.columns), \(x.columns)")
  let (first, second, third, input) = (a.base, b.base, c.base, x.base)
  for j in 0..<a.columns { f(&first[j], &second[j], &third[j], input[j]) }
}
