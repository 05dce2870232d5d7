extension Convolution {
  /// ∂L/∂w[s, b, k] = Σ over samples and p of small[p, s] · big[stride · p + k − padding, b], for the small `channels`:
  /// one of the two images is what a layer took, the other the gradient of what it gave.
  ///
  /// `gradient`: channels.count × (big channels · kernel²), overwritten, or added to where `adds`.
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
    // Where the channels fill whole vectors they are read in place.
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

  /// sums[(k, b)][s] += Σ over p of big[origin(p) + (k, b)] · small[p][s]: six rows by two vectors at a time.
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
      // Rows behind the last repeat it; their sums are not used.
      func place(_ r: Int) -> UnsafePointer<S> { padded + phase.places[min(row + r, rows - 1)] }
      let (p0, p1, p2, p3, p4, p5) = (place(0), place(1), place(2), place(3), place(4), place(5))
      var column = 0
      while column < columns {
        let to = sums + row * columns + column
        if column + lanes < columns {
          var (a0, a1, a2): (S.Vector, S.Vector, S.Vector) = (0, 0, 0)
          var (a3, a4, a5): (S.Vector, S.Vector, S.Vector) = (0, 0, 0)
          var (b0, b1, b2): (S.Vector, S.Vector, S.Vector) = (0, 0, 0)
          var (b3, b4, b5): (S.Vector, S.Vector, S.Vector) = (0, 0, 0)
          var from = small + column
          for pixel in 0..<phase.pixels {
            let origin = phase.origins[pixel]
            let (u, v) = (S.Vector(loading: from), S.Vector(loading: from + lanes))
            from += pixelStride
            let x0 = S.Vector(p0[origin])
            a0 = S.Vector.multiplyAdd(x0, u, a0)
            b0 = S.Vector.multiplyAdd(x0, v, b0)
            let x1 = S.Vector(p1[origin])
            a1 = S.Vector.multiplyAdd(x1, u, a1)
            b1 = S.Vector.multiplyAdd(x1, v, b1)
            let x2 = S.Vector(p2[origin])
            a2 = S.Vector.multiplyAdd(x2, u, a2)
            b2 = S.Vector.multiplyAdd(x2, v, b2)
            let x3 = S.Vector(p3[origin])
            a3 = S.Vector.multiplyAdd(x3, u, a3)
            b3 = S.Vector.multiplyAdd(x3, v, b3)
            let x4 = S.Vector(p4[origin])
            a4 = S.Vector.multiplyAdd(x4, u, a4)
            b4 = S.Vector.multiplyAdd(x4, v, b4)
            let x5 = S.Vector(p5[origin])
            a5 = S.Vector.multiplyAdd(x5, u, a5)
            b5 = S.Vector.multiplyAdd(x5, v, b5)
          }
          add(a0, b0, to: to)
          add(a1, b1, to: to + columns)
          add(a2, b2, to: to + 2 * columns)
          add(a3, b3, to: to + 3 * columns)
          add(a4, b4, to: to + 4 * columns)
          add(a5, b5, to: to + 5 * columns)
          column += 2 * lanes
        } else {
          var (a0, a1, a2): (S.Vector, S.Vector, S.Vector) = (0, 0, 0)
          var (a3, a4, a5): (S.Vector, S.Vector, S.Vector) = (0, 0, 0)
          var from = small + column
          for pixel in 0..<phase.pixels {
            let origin = phase.origins[pixel]
            let u = S.Vector(loading: from)
            from += pixelStride
            a0 = S.Vector.multiplyAdd(S.Vector(p0[origin]), u, a0)
            a1 = S.Vector.multiplyAdd(S.Vector(p1[origin]), u, a1)
            a2 = S.Vector.multiplyAdd(S.Vector(p2[origin]), u, a2)
            a3 = S.Vector.multiplyAdd(S.Vector(p3[origin]), u, a3)
            a4 = S.Vector.multiplyAdd(S.Vector(p4[origin]), u, a4)
            a5 = S.Vector.multiplyAdd(S.Vector(p5[origin]), u, a5)
          }
          add(a0, to: to)
          add(a1, to: to + columns)
          add(a2, to: to + 2 * columns)
          add(a3, to: to + 3 * columns)
          add(a4, to: to + 4 * columns)
          add(a5, to: to + 5 * columns)
          column += lanes
        }
      }
      row += 6
    }
  }
}

@inline(__always)
private func add<V: ScalarVector>(_ a: V, to place: UnsafeMutablePointer<V.Scalar>) {
  (V(loading: place) + a).store(to: place)
}

@inline(__always)
private func add<V: ScalarVector>(_ a: V, _ b: V, to place: UnsafeMutablePointer<V.Scalar>) {
  add(a, to: place)
  add(b, to: place + V.lanes)
}
