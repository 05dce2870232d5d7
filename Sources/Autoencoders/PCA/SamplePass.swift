import Datasets
import Linalg

/// Goes through scaled samples in blocks, shared out over workers in a way that does not depend on their number: block b
/// belongs to part b mod 4 of the sums, and parts are added in order.
final class SamplePass {
  static let parts = 4

  let data: SampleStream
  let scaling: Scaling
  let pool: WorkerPool
  var count: Int { data.count }
  var features: Int { data.featureCount }

  init(_ data: SampleStream, scaling: Scaling, threads: Int) {
    self.data = data
    self.scaling = scaling
    pool = WorkerPool(threads: threads)
  }

  /// Pixels as they lie in memory: sums over them can be exact.
  var isPlainPixels: Bool { data.isPixels && scaling.kind == .none }

  /// Calls `body(chunk, rows, part)` for every block of up to `rows` samples; blocks of one part come in their order, one
  /// at a time.
  func forEachBlock(rows: Int, _ body: (Dataset, Range<Int>, _ part: Int) -> Void) throws {
    try BLASLibrary.withThreads(1) {
      try data.forEachChunk { chunk in
        let blocks = (chunk.count + rows - 1) / rows
        pool.run(tasks: Self.parts) { part, _ in
          for block in stride(from: part, to: blocks, by: Self.parts) {
            body(chunk, block * rows..<min((block + 1) * rows, chunk.count), part)
          }
        }
      }
    }
  }

  /// x ← the samples of `rows`, scaled, in Float.
  func gather(_ chunk: Dataset, _ rows: Range<Int>, into x: MutableMatrixView<Float>) {
    chunk.gather(rows: rows, into: x)
    scaling.apply(x)
  }

  /// A point near all samples, to be subtracted before products are summed: the mean of the first block; zeros for pixels
  /// and for standardised data, which are near it already.
  func shift() throws -> [Double] {
    var result = [Double](repeating: 0, count: features)
    if scaling.kind != .none || data.isPixels { return result }
    let start = try data.firstSamples(256)
    let x = Buffer<Float>(count: start.count * features)
    let view = x.view(rows: start.count, columns: features)
    start.gather(rows: 0..<start.count, into: view)
    for i in 0..<start.count { for j in 0..<features { result[j] += Double(view[i, j]) / Double(start.count) } }
    return result
  }
}
