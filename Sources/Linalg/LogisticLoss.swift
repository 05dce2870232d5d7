/// Σ max(y, 0) − xy + ln(1 + e^(−|y|)) over all entries, and g ← scale·(σ(y) − x): cross-entropy of targets x in
/// [0, 1] under logits y, value and gradient from one exponential.
///
/// The logarithms cost as much as the exponentials, so the terms 1 + e^(−|y|), which lie in [1, 2], are multiplied
/// and one logarithm is taken of every product of 32. Error of the sum: below 6e-8 per entry, either sign.
@specialized(where S == Float)
@specialized(where S == Double)
public func logisticLoss<S: BLASScalar>(
  _ y: MatrixView<S>, target x: MatrixView<S>, scale: S, gradient g: MutableMatrixView<S>
) -> Double {
  precondition(
    x.rows == y.rows && x.columns == y.columns && g.rows == y.rows && g.columns == y.columns,
    "logisticLoss: \(y.rows)×\(y.columns), target \(x.rows)×\(x.columns), gradient \(g.rows)×\(g.columns)")
  let length = 256
  return withUnsafeTemporaryAllocation(of: S.self, capacity: 2 * length) { memory in
    let factors = memory.baseAddress!
    let linear = factors + length
    var total = 0.0
    for i in 0..<y.rows {
      let output = y.base + i * y.stride
      let target = x.base + i * x.stride
      let gradient = g.base + i * g.stride
      var start = 0
      while start < y.columns {
        let count = min(length, y.columns - start)
        for j in 0..<count {
          let value = output[start + j]
          let wanted = target[start + j]
          let e = S.exp(-Swift.abs(value))
          let factor = 1 + e
          let s = 1 / factor
          let sigma = value < 0 ? e * s : s
          gradient[start + j] = scale * (sigma - wanted)
          factors[j] = factor
          linear[j] = (value < 0 ? 0 : value) - value * wanted
        }
        total += sumOfRow(count) { linear[$0] } + sumOfLogs(factors, count)
        start += count
      }
    }
    return total
  }
}

/// Σ ln f over numbers in [1, 2], at most 256 of them: eight products of at most 32 each, so nothing overflows.
@inlinable @inline(__always)
func sumOfLogs<S: BLASScalar>(_ factors: UnsafePointer<S>, _ count: Int) -> Double {
  var p: (S, S, S, S, S, S, S, S) = (1, 1, 1, 1, 1, 1, 1, 1)
  var j = 0
  while j + 8 <= count {
    p.0 *= factors[j]
    p.1 *= factors[j + 1]
    p.2 *= factors[j + 2]
    p.3 *= factors[j + 3]
    p.4 *= factors[j + 4]
    p.5 *= factors[j + 5]
    p.6 *= factors[j + 6]
    p.7 *= factors[j + 7]
    j += 8
  }
  while j < count {
    p.0 *= factors[j]
    j += 1
  }
  // A product of 64 numbers in [1, 2] fits Float; four of them would not.
  let first = S.log(p.0 * p.1) + S.log(p.2 * p.3)
  let second = S.log(p.4 * p.5) + S.log(p.6 * p.7)
  return Double(first) + Double(second)
}
