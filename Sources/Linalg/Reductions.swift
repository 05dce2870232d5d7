// Sums over many numbers: eight partial sums in the scalar's own type over short runs, totalled in Double. A bare Float
// sum over a data set is wrong (0.357 for a mean of 0.5 over MNIST's 47 million pixels), and never vectorises.

/// Σ f(xⱼ) over a row, inlined into the caller.
@inlinable @inline(__always)
func sumOfRow<S: BLASScalar>(_ count: Int, _ term: (Int) -> S) -> Double {
  var total = 0.0
  var start = 0
  while start < count {
    let end = min(start + 64, count)
    var partial: (S, S, S, S, S, S, S, S) = (0, 0, 0, 0, 0, 0, 0, 0)
    var j = start
    while j + 8 <= end {
      partial.0 += term(j)
      partial.1 += term(j + 1)
      partial.2 += term(j + 2)
      partial.3 += term(j + 3)
      partial.4 += term(j + 4)
      partial.5 += term(j + 5)
      partial.6 += term(j + 6)
      partial.7 += term(j + 7)
      j += 8
    }
    while j < end {
      partial.0 += term(j)
      j += 1
    }
    let (a, b, c, d, e, f, g, h) = partial
    total += Double(((a + b) + (c + d)) + ((e + f) + (g + h)))
    start = end
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
    total += sumOfRow(x.columns) { row[$0] }
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
    total += sumOfRow(x.columns) { row[$0] * row[$0] }
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
    let first = x.base + i * x.stride
    let second = y.base + i * y.stride
    total += sumOfRow(x.columns) {
      let d = first[$0] - second[$0]
      return d * d
    }
  }
  return total
}

/// s ← column sums of x: s (1 × columns), sⱼ = Σᵢ xᵢⱼ; rows outside, so that memory is read in its order.
@specialized(where S == Float)
@specialized(where S == Double)
public func columnSums<S: BLASScalar>(_ x: MatrixView<S>, into s: MutableMatrixView<S>) {
  precondition(s.rows == 1 && s.columns == x.columns, "columnSums: \(x.columns) columns into \(s.columns)")
  s.fill(0)
  for i in 0..<x.rows {
    let row = x.base + i * x.stride
    for j in 0..<x.columns { s.base[j] += row[j] }
  }
}

/// Whether every entry is finite.
@specialized(where S == Float)
@specialized(where S == Double)
public func allFinite<S: BLASScalar>(_ x: MatrixView<S>) -> Bool {
  for i in 0..<x.rows {
    let row = x.base + i * x.stride
    // x − x is 0 for a finite x, NaN otherwise; a NaN stays in the sum.
    if !(sumOfRow(x.columns) { row[$0] - row[$0] } == 0) { return false }
  }
  return true
}
