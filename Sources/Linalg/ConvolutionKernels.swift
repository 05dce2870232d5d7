// Convolutions run sample by sample, in registers, and make no patch matrix. A sample, its padded copy and the weights
// stay in the first two levels of cache, so memory is read once.

extension Convolution {
  /// How many numbers of working memory each of `down`, `up` and `weightGradient` needs.
  public var workSize: Int {
    // Channels are padded to whole vectors, which have at most eight lanes. A gradient is summed six rows at a time.
    let downWeights = taps * big.channels * whole(small.channels, 8)
    let upWeights = taps * small.channels * whole(big.channels, 8)
    let gradient = whole(taps * big.channels, 6) * whole(small.channels, 8) + small.pixels * whole(small.channels, 8)
    return paddedCount + max(downWeights, upWeights, gradient)
  }

  /// C: y (B × small) ← x (B × big). `finish(i)` is called when row i is done, while that row is in cache.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func down<S: BLASScalar>(
    _ x: MatrixView<S>, weight w: MatrixView<S>, into y: MutableMatrixView<S>, work: MutableMatrixView<S>,
    finish: (Int) -> Void = { _ in }
  ) {
    check(w, work)
    // The rows of the packed weight are (k, b), and its columns are s.
    let packing = Packing(outer: big.channels, outerStride: taps, inner: small.channels, innerStride: w.stride)
    gather(downPlan, x, w, packing, into: y, work, finish)
  }

  /// Cᵀ: y (B × big) ← x (B × small). `finish(i)` is called when row i is done, while that row is in cache.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func up<S: BLASScalar>(
    _ x: MatrixView<S>, weight w: MatrixView<S>, into y: MutableMatrixView<S>, work: MutableMatrixView<S>,
    finish: (Int) -> Void = { _ in }
  ) {
    check(w, work)
    // The rows of the packed weight are (k, s), and its columns are b.
    let packing = Packing(outer: small.channels, outerStride: w.stride, inner: big.channels, innerStride: taps)
    gather(upPlan, x, w, packing, into: y, work, finish)
  }

  private func check<S>(_ w: MatrixView<S>, _ work: MutableMatrixView<S>) {
    precondition(
      w.rows == small.channels && w.columns == big.channels * taps && work.rows == 1 && work.columns >= workSize,
      "Convolution: weight \(w.rows)×\(w.columns) for \(big) and \(small)")
  }
}

/// Returns `count` rounded up to a multiple of `unit`.
func whole(_ count: Int, _ unit: Int) -> Int { (count + unit - 1) / unit * unit }
