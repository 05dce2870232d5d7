// Sums over many numbers run over short stretches in a vector of partial sums of the scalar's own type, which are then
// added up in Double. A bare Float sum over a data set is wrong (0.357 for a mean of 0.5 over MNIST's 47 million
// pixels).

/// Returns Σ f(xⱼ, yⱼ) over two rows (the same row twice where one is enough) and is inlined into the caller; f(0, 0)
/// must be 0.
@inlinable @inline(__always)
func sumOfRow<S: BLASScalar>(
  _ count: Int, _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, _ term: (S.Vector, S.Vector) -> S.Vector
) -> Double {
  let lanes = S.Vector.lanes
  var total = 0.0
  var j = 0
  while j + lanes <= count {
    // Eight additions in a lane lose less than four units in the last place of their sum.
    let end = min(j + 8 * lanes, count)
    var partial: S.Vector = 0
    while j + lanes <= end {
      partial += term(S.Vector(loading: x + j), S.Vector(loading: y + j))
      j += lanes
    }
    total += partial.sum
  }
  if j < count {
    total += term(S.Vector(loading: x + j, count: count - j), S.Vector(loading: y + j, count: count - j)).sum
  }
  return total
}

/// Σ xᵢⱼ over all entries.
@specialized(where S == Float)
@specialized(where S == Double)
public func sum<S: BLASScalar>(_ x: MatrixView<S>) -> Double {
  var total = 0.0
  for i in 0..<x.rows {
    let row = x.base + i * x.stride
    total += sumOfRow(x.columns, row, row) { x, _ in x }
  }
  return total
}

/// Σ xᵢⱼ² over all entries: the squared Frobenius norm.
@specialized(where S == Float)
@specialized(where S == Double)
public func sumOfSquares<S: BLASScalar>(_ x: MatrixView<S>) -> Double {
  var total = 0.0
  for i in 0..<x.rows {
    let row = x.base + i * x.stride
    total += sumOfRow(x.columns, row, row) { x, _ in x * x }
  }
  return total
}

/// Σ (xᵢⱼ − yᵢⱼ)² over all entries.
@specialized(where S == Float)
@specialized(where S == Double)
public func squaredDistance<S: BLASScalar>(_ x: MatrixView<S>, _ y: MatrixView<S>) -> Double {
  precondition(
    x.rows == y.rows && x.columns == y.columns,
    "squaredDistance: \(x.rows)×\(x.columns) from \(y.rows)×\(y.columns)")
  var total = 0.0
  for i in 0..<x.rows {
    total += sumOfRow(x.columns, x.base + i * x.stride, y.base + i * y.stride) { x, y in
      let d = x - y
      return d * d
    }
  }
  return total
}

/// Σ xᵢⱼyᵢⱼ over all entries.
@specialized(where S == Float)
@specialized(where S == Double)
public func innerProduct<S: BLASScalar>(_ x: MatrixView<S>, _ y: MatrixView<S>) -> Double {
  precondition(
    x.rows == y.rows && x.columns == y.columns, "innerProduct: \(x.rows)×\(x.columns) with \(y.rows)×\(y.columns)")
  var total = 0.0
  for i in 0..<x.rows {
    total += sumOfRow(x.columns, x.base + i * x.stride, y.base + i * y.stride) { x, y in x * y }
  }
  return total
}

/// Σ |xᵢⱼ| over all entries.
@specialized(where S == Float)
@specialized(where S == Double)
public func sumOfMagnitudes<S: BLASScalar>(_ x: MatrixView<S>) -> Double {
  var total = 0.0
  for i in 0..<x.rows {
    let row = x.base + i * x.stride
    total += sumOfRow(x.columns, row, row) { x, _ in x.magnitude }
  }
  return total
}

/// s ← the column sums of x: sⱼ = Σᵢ xᵢⱼ, s is 1 × columns. The outer loop is over rows, so that memory is read in
/// order.
@specialized(where S == Float)
@specialized(where S == Double)
public func columnSums<S: BLASScalar>(_ x: MatrixView<S>, into s: MutableMatrixView<S>) {
  precondition(s.rows == 1 && s.columns == x.columns, "columnSums: \(x.columns) columns into \(s.columns)")
  s.fill(0)
  for i in 0..<x.rows { transform(s, with: x.rows(i..<i + 1)) { s, x in s + x } }
}

/// Returns whether every entry is finite.
@specialized(where S == Float)
@specialized(where S == Double)
public func allFinite<S: BLASScalar>(_ x: MatrixView<S>) -> Bool {
  for i in 0..<x.rows {
    let row = x.base + i * x.stride
    // x − x is 0 for a finite x and NaN otherwise, and a NaN stays in the sum.
    if !(sumOfRow(x.columns, row, row) { x, _ in x - x } == 0) { return false }
  }
  return true
}
