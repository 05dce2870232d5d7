extension Convolution {
  /// ∂L/∂w[s, b, k] = Σ over samples and p of small[p, s] · big[stride · p + k − padding, b], for the small `channels`.
  /// One of the two images is the layer's input, the other the gradient of its output.
  ///
  /// `gradient` is channels.count × (big channels · kernel²). It is overwritten, or added to where `adds` is true.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func weightGradient<S: BLASScalar>(
    big x: MatrixView<S>, small a: MatrixView<S>, channels: Range<Int>, into gradient: MutableMatrixView<S>,
    adds: Bool = false, work: MutableMatrixView<S>
  ) {
    precondition(
      x.columns == big.count && a.columns == small.count && x.rows == a.rows && gradient.rows == channels.count
        && gradient.columns == big.channels * taps && channels.upperBound <= small.channels
        && work.columns >= workSize, "Convolution: gradient \(gradient.rows)×\(gradient.columns)")
    let lanes = S.Vector.lanes
    let columns = whole(channels.count, lanes)
    let rows = taps * big.channels
    let plan = downPlan
    let padded = work.base
    let sums = padded + plan.paddedCount
    let copy = sums + whole(rows, 6) * columns
    padded.update(repeating: 0, count: plan.paddedCount)
    sums.update(repeating: 0, count: whole(rows, 6) * columns)
    copy.update(repeating: 0, count: small.pixels * columns)
    // Channels that fill whole vectors are read in place; others are copied and padded first.
    let isWhole = channels.count % lanes == 0
    for i in 0..<x.rows {
      plan.pad(x.base + i * x.stride, into: padded)
      var source = a.base + i * a.stride + channels.lowerBound
      if !isWhole {
        for p in 0..<small.pixels {
          (copy + p * columns).update(from: source + p * small.channels, count: channels.count)
        }
        source = UnsafePointer(copy)
      }
      accumulate(
        plan.phases[0], padded, source, pixelStride: isWhole ? small.channels : columns, columns: columns, into: sums)
    }
    for s in 0..<channels.count {
      let row = gradient.base + s * gradient.stride
      for b in 0..<big.channels {
        for k in 0..<taps {
          let value = sums[(k * big.channels + b) * columns + s]
          row[b * taps + k] = adds ? row[b * taps + k] + value : value
        }
      }
    }
  }

  /// sums[(k, b)][s] += Σ over p of big[origin(p) + (k, b)] · small[p][s], six rows by two vectors at a time.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func accumulate<S: BLASScalar>(
    _ phase: GatherPlan.Phase, _ padded: UnsafePointer<S>, _ small: UnsafePointer<S>, pixelStride: Int, columns: Int,
    into sums: UnsafeMutablePointer<S>
  ) {
    let lanes = S.Vector.lanes
    let rows = phase.rows
    var row = 0
    while row < rows {
      // Where fewer than six rows are left, the last one is repeated; the sums of the repetitions are not used.
      func place(_ r: Int) -> UnsafePointer<S> { padded + phase.places[min(row + r, rows - 1)] }
      let (p0, p1, p2, p3, p4, p5) = (place(0), place(1), place(2), place(3), place(4), place(5))
      var column = 0
      while column < columns {
        let to = sums + row * columns + column
        let isPair = column + lanes < columns
        sixSums(
          (p0, p1, p2, p3, p4, p5), at: phase.origins, count: phase.pixels, small + column, stride: pixelStride,
          isPair: isPair
        ) { (index: Int, a: S.Vector, b: S.Vector) in
          add(a, to: to + index * columns)
          if isPair { add(b, to: to + index * columns + lanes) }
        }
        column += isPair ? 2 * lanes : lanes
      }
      row += 6
    }
  }
}

@inline(__always)
private func add<V: ScalarVector>(_ a: V, to place: UnsafeMutablePointer<V.Scalar>) {
  (V(loading: place) + a).store(to: place)
}
