import Linalg

/// Noise on data that is the same for the same seed, whatever the block or the worker.
struct SeededCorruption: Sendable {
  let corruption: Corruption
  let seed: UInt64

  /// Corrupts x, which has the samples `rows` of the data.
  func apply(to x: MutableMatrixView<Float>, rows: Range<Int>) {
    let noise = Buffer<Float>(count: x.columns)
    let blocks = UInt64(x.columns + 3) / 4
    for (row, sample) in rows.enumerated() {
      var random = RandomStream(seed: seed, purpose: .noise, epoch: 0, position: UInt64(sample) * blocks)
      corruption.draw(into: noise.row, using: &random)
      let window = x.rows(row..<row + 1)
      corruption.apply(window.readOnly, noise: noise.row.readOnly, into: window)
    }
  }
}
