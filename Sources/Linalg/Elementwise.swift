// These functions loop over the entries of views, a vector at a time; the formula is a closure on vectors, which is
// inlined. An output may be an input of the same call, but must not overlap it in any other way.

/// Calls `whole(offset)` for each full vector of a row of `length` entries, then `tail(offset, count)` for the `count`
/// < `lanes` entries that are left, if any.
@inlinable @inline(__always)
func forEachVector(_ length: Int, lanes: Int, _ whole: (Int) -> Void, tail: (Int, Int) -> Void) {
  var j = 0
  while j + lanes <= length {
    whole(j)
    j += lanes
  }
  if j < length { tail(j, length - j) }
}

/// y ← f(x), entry by entry.
@inlinable @inline(__always)
public func map<S>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ f: (S.Vector) -> S.Vector) {
  precondition(x.rows == y.rows && x.columns == y.columns, "map: \(x.rows)×\(x.columns) into \(y.rows)×\(y.columns)")
  for i in 0..<y.rows {
    let input = x.base + i * x.stride
    let output = y.base + i * y.stride
    forEachVector(
      y.columns, lanes: S.Vector.lanes, { j in f(S.Vector(loading: input + j)).store(to: output + j) },
      tail: { j, count in f(S.Vector(loading: input + j, count: count)).store(to: output + j, count: count) })
  }
}

/// z ← f(x, y), entry by entry.
@inlinable @inline(__always)
public func zip<S>(
  _ x: MatrixView<S>, _ y: MatrixView<S>, into z: MutableMatrixView<S>, _ f: (S.Vector, S.Vector) -> S.Vector
) {
  precondition(
    x.rows == z.rows && x.columns == z.columns && y.rows == z.rows && y.columns == z.columns,
    "zip: \(x.rows)×\(x.columns) and \(y.rows)×\(y.columns) into \(z.rows)×\(z.columns)")
  for i in 0..<z.rows {
    let first = x.base + i * x.stride
    let second = y.base + i * y.stride
    let output = z.base + i * z.stride
    forEachVector(
      z.columns, lanes: S.Vector.lanes,
      { j in f(S.Vector(loading: first + j), S.Vector(loading: second + j)).store(to: output + j) },
      tail: { j, count in
        f(S.Vector(loading: first + j, count: count), S.Vector(loading: second + j, count: count))
          .store(to: output + j, count: count)
      })
  }
}

/// y ← f(y), entry by entry.
@inlinable @inline(__always)
public func transform<S>(_ y: MutableMatrixView<S>, _ f: (S.Vector) -> S.Vector) { map(y.readOnly, into: y, f) }

/// y ← f(y, x), entry by entry.
@inlinable @inline(__always)
public func transform<S>(
  _ y: MutableMatrixView<S>, with x: MatrixView<S>, _ f: (S.Vector, S.Vector) -> S.Vector
) { zip(y.readOnly, x, into: y, f) }

/// yᵢⱼ ← f(yᵢⱼ, bⱼ): combines every row of y with the one row b (1 × columns).
@inlinable @inline(__always)
public func transformRows<S>(
  _ y: MutableMatrixView<S>, with b: MatrixView<S>, _ f: (S.Vector, S.Vector) -> S.Vector
) {
  precondition(b.rows == 1 && b.columns == y.columns, "transformRows: \(b.columns) numbers for \(y.columns) columns")
  // With a stride of 0, every row of the view is the row b.
  zip(y.readOnly, MatrixView(base: b.base, rows: y.rows, columns: b.columns, stride: 0), into: y, f)
}

/// Y ← Y + 1·b: adds the row `bias` (1 × columns) to every row of y.
@specialized(where S == Float)
@specialized(where S == Double)
public func addToRows<S: BLASScalar>(_ bias: MatrixView<S>, _ y: MutableMatrixView<S>) {
  transformRows(y, with: bias) { y, b in y + b }
}

/// y ← y + x.
@specialized(where S == Float)
@specialized(where S == Double)
public func accumulate<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>) {
  transform(y, with: x) { y, x in y + x }
}

/// Applies f(a, b, x) to the entries of single rows: a and b are updated, x is read, and none overlaps another.
@inlinable @inline(__always)
public func transformPair<S>(
  _ a: MutableMatrixView<S>, _ b: MutableMatrixView<S>, with x: MatrixView<S>,
  _ f: (inout S.Vector, inout S.Vector, S.Vector) -> Void
) {
  precondition(
    a.rows == 1 && b.rows == 1 && x.rows == 1 && b.columns == a.columns && x.columns == a.columns,
    "transformPair: rows of \(a.columns), \(b.columns) and \(x.columns)")
  forEachVector(
    a.columns, lanes: S.Vector.lanes,
    { j in
      var (first, second) = (S.Vector(loading: a.base + j), S.Vector(loading: b.base + j))
      f(&first, &second, S.Vector(loading: x.base + j))
      first.store(to: a.base + j)
      second.store(to: b.base + j)
    },
    tail: { j, count in
      var first = S.Vector(loading: a.base + j, count: count)
      var second = S.Vector(loading: b.base + j, count: count)
      f(&first, &second, S.Vector(loading: x.base + j, count: count))
      first.store(to: a.base + j, count: count)
      second.store(to: b.base + j, count: count)
    })
}

/// Applies f(a, b, c, x) to the entries of single rows: a, b and c are updated, x is read, and none overlaps another.
@inlinable @inline(__always)
public func transformTriple<S>(
  _ a: MutableMatrixView<S>, _ b: MutableMatrixView<S>, _ c: MutableMatrixView<S>, with x: MatrixView<S>,
  _ f: (inout S.Vector, inout S.Vector, inout S.Vector, S.Vector) -> Void
) {
  precondition(
    a.rows == 1 && b.rows == 1 && c.rows == 1 && x.rows == 1 && b.columns == a.columns && c.columns == a.columns
      && x.columns == a.columns, "transformTriple: rows of \(a.columns), \(b.columns), \(c.columns), \(x.columns)")
  forEachVector(
    a.columns, lanes: S.Vector.lanes,
    { j in
      var (first, second) = (S.Vector(loading: a.base + j), S.Vector(loading: b.base + j))
      var third = S.Vector(loading: c.base + j)
      f(&first, &second, &third, S.Vector(loading: x.base + j))
      first.store(to: a.base + j)
      second.store(to: b.base + j)
      third.store(to: c.base + j)
    },
    tail: { j, count in
      var first = S.Vector(loading: a.base + j, count: count)
      var second = S.Vector(loading: b.base + j, count: count)
      var third = S.Vector(loading: c.base + j, count: count)
      f(&first, &second, &third, S.Vector(loading: x.base + j, count: count))
      first.store(to: a.base + j, count: count)
      second.store(to: b.base + j, count: count)
      third.store(to: c.base + j, count: count)
    })
}
