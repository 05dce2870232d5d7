/// Returns Σ max(y, 0) − xy + ln(1 + e^(−|y|)) over all entries, and writes g ← scale·(σ(y) − x): the cross-entropy of
/// targets x in [0, 1] under logits y. Value and gradient share one exponential.
///
/// The logarithms would cost as much as the exponentials, so the terms 1 + e^(−|y|), which lie in [1, 2], are
/// multiplied lane by lane and one logarithm is taken of every 16 of them. The error of the sum is about 6e-8 per entry
/// and 1e-6 of the sum.
@specialized(where S == Float)
@specialized(where S == Double)
public func logisticLoss<S: BLASScalar>(
  _ y: MatrixView<S>, target x: MatrixView<S>, scale: S, gradient g: MutableMatrixView<S>
) -> Double {
  precondition(
    x.rows == y.rows && x.columns == y.columns && g.rows == y.rows && g.columns == y.columns,
    "logisticLoss: \(y.rows)×\(y.columns), target \(x.rows)×\(x.columns), gradient \(g.rows)×\(g.columns)")
  let lanes = S.Vector.lanes
  let whole = y.columns / lanes * lanes
  let rest = y.columns - whole
  return withUnsafeTemporaryAllocation(of: S.self, capacity: 3 * lanes) { memory in
    let tail = memory.baseAddress!
    var total = 0.0
    for i in 0..<y.rows {
      let output = y.base + i * y.stride
      let target = x.base + i * x.stride
      let gradient = g.base + i * g.stride
      total += logisticLossOfRow(output, target, gradient, whole, scale)
      if rest == 0 { continue }
      // The lanes behind the end get y = −200 and x = 0, which add nothing: e^(−200) rounds 1 + e^(−200) to 1.
      for lane in 0..<lanes {
        (tail + lane).initialize(to: lane < rest ? output[whole + lane] : -200)
        (tail + lanes + lane).initialize(to: lane < rest ? target[whole + lane] : 0)
      }
      total += logisticLossOfRow(tail, tail + lanes, tail + 2 * lanes, lanes, scale)
      for lane in 0..<rest { gradient[whole + lane] = tail[2 * lanes + lane] }
    }
    return total
  }
}

/// Does what `logisticLoss` does for `count` entries of one row; `count` is a multiple of the vector's lanes.
@specialized(where S == Float)
@specialized(where S == Double)
private func logisticLossOfRow<S: BLASScalar>(
  _ output: UnsafePointer<S>, _ target: UnsafePointer<S>, _ gradient: UnsafeMutablePointer<S>, _ count: Int, _ scale: S
) -> Double {
  let lanes = S.Vector.lanes
  let scale = S.Vector(scale)
  var total = 0.0
  var j = 0
  while j < count {
    // 16 vectors are few enough for the products to stay finite and the sums to stay exact.
    let end = min(j + 16 * lanes, count)
    var linear: S.Vector = 0
    var product: S.Vector = 1
    while j < end {
      let y = S.Vector(loading: output + j)
      let x = S.Vector(loading: target + j)
      let e = S.Vector.expOfNegative(-y.magnitude)
      let factor = 1 + e
      let s = 1 / factor
      linear += y.replacing(with: 0, where: y < 0) - y * x
      product *= factor
      (scale * (s.replacing(with: e * s, where: y < 0) - x)).store(to: gradient + j)
      j += lanes
    }
    total += (linear + S.Vector.log(product)).sum
  }
  return total
}
