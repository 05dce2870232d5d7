import Linalg

/// Handwritten-looking digits that are drawn on the spot: data for a first run, with the factors that generated them.
///
/// Sample i of a seed is the same for any number of samples, since it has a random stream of its own.
public enum Digits {
  /// Draws `count` images of 28 × 28 with labels from 0 to 9 and the factors that generated them.
  public static func generate(count: Int, seed: UInt64 = 1) -> Dataset {
    precondition(count > 0, "Digits: \(count) samples")
    struct Block: Sendable {
      var bytes: [UInt8] = []
      var labels: [Int32] = []
      var factors: [Float] = []
    }
    let size = 500
    let blocks = (count + size - 1) / size
    let all = WorkerPool().map(blocks) { index in
      var block = Block()
      for sample in index * size..<min((index + 1) * size, count) {
        var painter = DigitPainter(seed: seed, sample: sample)
        painter.paint(into: &block.bytes)
        block.labels.append(painter.label)
        block.factors += painter.factors
      }
      return block
    }
    let names = DigitPainter.factorNames
    return Dataset(
      .bytes(all.flatMap(\.bytes)), count: count, shape: [DigitPainter.side, DigitPainter.side],
      labels: all.flatMap(\.labels),
      factors: Matrix(rows: count, columns: names.count, values: all.flatMap(\.factors)), factorNames: names,
      source: "digits:\(count):\(seed)")
  }
}
