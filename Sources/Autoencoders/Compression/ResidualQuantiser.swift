import AEZ

/// Quantises residuals of samples to symbols, which are multiples of a step; numbers for which that is not near enough
/// stay as they are.
enum ResidualQuantiser {
  static let most: Float = 1000

  /// Corrects x̂ by a residual in the network's units; this is the decoder's arithmetic.
  @inline(__always)
  static func corrected(_ decoded: Float, by residual: Float, factor: Float) -> Float { decoded + residual / factor }

  /// Returns the symbols of a sample, and the squared error that the decoder's arithmetic leaves with them, in the
  /// network's units.
  static func quantise(
    _ original: ArraySlice<Float>, from decoded: ArraySlice<Float>, factors: [Float], step: Float
  ) -> (symbols: [Int32], escapes: [UInt32], error: Double) {
    var (symbols, escapes, error) = ([Int32](), [UInt32](), 0.0)
    symbols.reserveCapacity(original.count)
    for (f, (x, y)) in zip(original, decoded).enumerated() {
      let factor = factors[f]
      let q = ((x - y) * factor / step).rounded()
      if q.magnitude <= most {
        let rest = (Double(corrected(y, by: q * step, factor: factor)) - Double(x)) * Double(factor)
        // The rest is half a step, but for rounding.
        if rest.magnitude <= 0.502 * Double(step) {
          symbols.append(Int32(q))
          error += rest * rest
          continue
        }
      }
      symbols.append(ChunkSymbols.escape)
      escapes.append(x.bitPattern)
    }
    return (symbols, escapes, error)
  }

  /// Returns a table of the symbols that occur, and the bits of all of them in it.
  static func table(_ counts: [Int32: Int]) -> (FrequencyTable, bits: Double) {
    let symbols = counts.keys.filter { $0 != ChunkSymbols.escape }
    let (low, high) = (symbols.min() ?? 0, symbols.max() ?? 0)
    var weights = (low...high).map { Double(counts[$0] ?? 0) }
    weights.append(Double(counts[ChunkSymbols.escape] ?? 0))
    let total = weights.reduce(0, +)
    let bits = weights.reduce(32 * weights.last!) { $1 > 0 ? $0 - $1 * log2($1 / total) : $0 }
    return (FrequencyTable(low: low, weights: weights), bits)
  }
}
