/// Says how a weight is laid out for a plan: the source's channels are `outer`, the target's channels are `inner`.
struct Packing {
  let outer: Int
  let outerStride: Int
  let inner: Int
  let innerStride: Int

  /// packed[(k, outer)][inner] ← w. The places k are in the order of `taps`; `inner` is padded with zeros to `columns`.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func pack<S: BLASScalar>(_ w: MatrixView<S>, taps: [Int], columns: Int, into packed: UnsafeMutablePointer<S>) {
    packed.update(repeating: 0, count: taps.count * outer * columns)
    for (k, tap) in taps.enumerated() {
      for o in 0..<outer {
        let from = w.base + o * outerStride + tap
        let to = packed + (k * outer + o) * columns
        for i in 0..<inner { to[i] = from[i * innerStride] }
      }
    }
  }

  /// packed[inner][(k, outer)] ← w, the layout for targets of few channels.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func packTransposed<S: BLASScalar>(_ w: MatrixView<S>, taps: [Int], into packed: UnsafeMutablePointer<S>) {
    for i in 0..<inner {
      for (k, tap) in taps.enumerated() {
        let from = w.base + i * innerStride + tap
        let to = packed + (i * taps.count + k) * outer
        for o in 0..<outer { to[o] = from[o * outerStride] }
      }
    }
  }
}

/// y ← what `plan` gathers from every row of x. `finish(i)` is called when row i is done.
@specialized(where S == Float)
@specialized(where S == Double)
func gather<S: BLASScalar>(
  _ plan: GatherPlan, _ x: MatrixView<S>, _ w: MatrixView<S>, _ packing: Packing, into y: MutableMatrixView<S>,
  _ work: MutableMatrixView<S>, _ finish: (Int) -> Void
) {
  precondition(
    x.columns == plan.source.count && y.columns == plan.target.count && x.rows == y.rows,
    "Convolution: \(x.rows)×\(x.columns) into \(y.rows)×\(y.columns), from \(plan.source) to \(plan.target)")
  let lanes = S.Vector.lanes
  let padded = work.base
  let packed = padded + plan.paddedCount
  padded.update(repeating: 0, count: plan.paddedCount)
  // A target with fewer channels than half a vector would waste lanes, so the vectors run over the source's channels
  // instead where those fill whole vectors.
  let isNarrow = 2 * plan.target.channels < lanes && plan.source.channels % lanes == 0
  let columns = whole(plan.target.channels, lanes)
  if isNarrow {
    packing.packTransposed(w, taps: plan.taps, into: packed)
  } else {
    packing.pack(w, taps: plan.taps, columns: columns, into: packed)
  }
  let channels = plan.target.channels
  let weightRows = plan.taps.count * plan.source.channels
  for i in 0..<x.rows {
    plan.pad(x.base + i * x.stride, into: padded)
    let row = y.base + i * y.stride
    for phase in plan.phases {
      if isNarrow {
        gatherNarrow(phase, channels, weightRows, padded, packed, into: row)
      } else {
        gatherWide(phase, channels, padded, packed + phase.firstRow * columns, columns, into: row)
      }
    }
    finish(i)
  }
}

/// Sums up six pixels by two vectors of target channels at a time.
@specialized(where S == Float)
@specialized(where S == Double)
private func gatherWide<S: BLASScalar>(
  _ phase: GatherPlan.Phase, _ channels: Int, _ padded: UnsafePointer<S>, _ packed: UnsafePointer<S>, _ columns: Int,
  into y: UnsafeMutablePointer<S>
) {
  let lanes = S.Vector.lanes
  let pixels = phase.pixels
  var first = 0
  while first < pixels {
    let count = min(6, pixels - first)
    // Where fewer than six pixels are left, the last one is repeated; the repetitions are not stored.
    func origin(_ p: Int) -> UnsafePointer<S> { padded + phase.origins[min(first + p, pixels - 1)] }
    let (p0, p1, p2, p3, p4, p5) = (origin(0), origin(1), origin(2), origin(3), origin(4), origin(5))
    var column = 0
    while column < columns {
      let isPair = column + lanes < columns
      let width = channels - column
      func store(_ p: Int, _ a: S.Vector, _ b: S.Vector) {
        if p >= count { return }
        let to = y + phase.targets[first + p] * channels + column
        if width >= lanes { a.store(to: to) } else { a.store(to: to, count: width) }
        if !isPair { return }
        if width >= 2 * lanes { b.store(to: to + lanes) } else { b.store(to: to + lanes, count: width - lanes) }
      }
      sixSums(
        (p0, p1, p2, p3, p4, p5), at: phase.places, count: phase.rows, packed + column, stride: columns,
        isPair: isPair, store)
      column += isPair ? 2 * lanes : lanes
    }
    first += 6
  }
}

/// Sums up dot products over whole vectors of the source's channels, for four pixels at a time.
@specialized(where S == Float)
@specialized(where S == Double)
private func gatherNarrow<S: BLASScalar>(
  _ phase: GatherPlan.Phase, _ channels: Int, _ weightRows: Int, _ padded: UnsafePointer<S>,
  _ packed: UnsafePointer<S>, into y: UnsafeMutablePointer<S>
) {
  let lanes = S.Vector.lanes
  let pixels = phase.pixels
  var first = 0
  while first < pixels {
    func origin(_ p: Int) -> UnsafePointer<S> { padded + phase.origins[min(first + p, pixels - 1)] }
    let (p0, p1, p2, p3) = (origin(0), origin(1), origin(2), origin(3))
    for channel in 0..<channels {
      var (a0, a1, a2, a3): (S.Vector, S.Vector, S.Vector, S.Vector) = (0, 0, 0, 0)
      let from = packed + channel * weightRows + phase.firstRow
      // The channels of a place lie side by side, so the first lane's place gives the places of all lanes.
      var row = 0
      while row < phase.rows {
        let place = phase.places[row]
        let u = S.Vector(loading: from + row)
        a0 = S.Vector.multiplyAdd(S.Vector(loading: p0 + place), u, a0)
        a1 = S.Vector.multiplyAdd(S.Vector(loading: p1 + place), u, a1)
        a2 = S.Vector.multiplyAdd(S.Vector(loading: p2 + place), u, a2)
        a3 = S.Vector.multiplyAdd(S.Vector(loading: p3 + place), u, a3)
        row += lanes
      }
      let last = pixels - first
      y[phase.targets[first] * channels + channel] = a0.total
      if last > 1 { y[phase.targets[first + 1] * channels + channel] = a1.total }
      if last > 2 { y[phase.targets[first + 2] * channels + channel] = a2.total }
      if last > 3 { y[phase.targets[first + 3] * channels + channel] = a3.total }
    }
    first += 4
  }
}
