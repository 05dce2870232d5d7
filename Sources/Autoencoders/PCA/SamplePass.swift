import Datasets
import Linalg

/// A pass through scaled samples in blocks. The workers share the blocks in a way that does not depend on the number of
/// workers: block b belongs to part b mod 4 of the sums, and parts are added in order.
final class SamplePass {
  static let parts = 4

  enum Source {
    case stream(SampleStream)
    case matrix(Matrix<Double>)
  }

  let source: Source
  let preparation: Preparation
  let count: Int
  let features: Int
  let pool: WorkerPool

  init(_ source: Source, scaling: Scaling, threads: Int) {
    self.source = source
    preparation = Preparation(scaling: scaling)
    pool = WorkerPool(threads: threads)
    switch source {
    case .stream(let stream): (count, features) = (stream.count, stream.featureCount)
    case .matrix(let matrix): (count, features) = (matrix.rows, matrix.columns)
    }
  }

  /// The stream, where its samples are pixels as they lie in memory, so that sums over them can be exact; nil
  /// elsewhere.
  var plainPixels: SampleStream? {
    guard case .stream(let stream) = source, stream.isPixels, preparation.scaling.kind == .none else { return nil }
    return stream
  }

  /// Samples that have not been converted yet.
  struct Block {
    fileprivate let content: Content
    let rows: Range<Int>
    fileprivate let preparation: Preparation

    fileprivate enum Content {
      case chunk(Dataset)
      case matrix(Matrix<Double>)
    }

    /// The bytes of the chunk, of which the block's rows are a part; nil for samples that are no pixels.
    var bytes: [UInt8]? {
      guard case .chunk(let chunk) = content, case .bytes(let bytes) = chunk.storage else { return nil }
      return bytes
    }

    /// Fills x with the samples, scaled, minus `shift`.
    func gather(into x: MutableMatrixView<Float>, minus shift: [Double]) {
      switch content {
      case .chunk(let chunk):
        gather(chunk, into: x)
        let shift = shift.map { Float($0) }
        for i in 0..<rows.count { x.withRow(i) { row in for j in row.indices { row[j] -= shift[j] } } }
      case .matrix(let matrix):
        // The difference is taken in Double, since numbers far from zero would lose their digits in Float.
        for i in 0..<rows.count {
          x.withRow(i) { row in for j in row.indices { row[j] = Float(matrix[rows.lowerBound + i, j] - shift[j]) } }
        }
      }
    }

    /// Fills x with the samples, scaled, minus `shift`; `memory` must have room for the samples in Float.
    func gather(into x: MutableMatrixView<Double>, minus shift: [Double], _ memory: Buffer<Float>) {
      switch content {
      case .chunk(let chunk):
        let floats = memory.view(rows: rows.count, columns: x.columns)
        gather(chunk, into: floats)
        for i in 0..<rows.count {
          x.withRow(i) { row in for j in row.indices { row[j] = Double(floats[i, j]) - shift[j] } }
        }
      case .matrix(let matrix):
        for i in 0..<rows.count {
          x.withRow(i) { row in for j in row.indices { row[j] = matrix[rows.lowerBound + i, j] - shift[j] } }
        }
      }
    }

    private func gather(_ chunk: Dataset, into x: MutableMatrixView<Float>) {
      preparation.gather(chunk, rows: rows, into: x)
    }
  }

  /// Calls `body(block, part)` for every block of up to `rows` samples; the blocks of one part come in order, one at a
  /// time.
  func forEachBlock(rows: Int, _ body: (Block, _ part: Int) -> Void) throws {
    try BLASLibrary.withThreads(1) {
      switch source {
      case .stream(let stream):
        try stream.forEachChunk { share(Block.Content.chunk($0), count: $0.count, rows: rows, body) }
      case .matrix(let matrix): share(.matrix(matrix), count: matrix.rows, rows: rows, body)
      }
    }
  }

  private func share(_ content: Block.Content, count: Int, rows: Int, _ body: (Block, Int) -> Void) {
    let blocks = (count + rows - 1) / rows
    pool.run(tasks: Self.parts) { part, _ in
      for block in stride(from: part, to: blocks, by: Self.parts) {
        let range = block * rows..<min((block + 1) * rows, count)
        body(Block(content: content, rows: range, preparation: preparation), part)
      }
    }
  }

  /// Returns a point near all samples, to be subtracted before products are summed: the mean of the first 256 samples,
  /// or zeros for pixels and for standardised data, which are near zero already.
  func shift() throws -> [Double] {
    var result = [Double](repeating: 0, count: features)
    if preparation.scaling.kind != .none || plainPixels != nil { return result }
    let start: Block
    switch source {
    case .stream(let stream):
      let first = try stream.firstSamples(256)
      start = Block(content: .chunk(first), rows: 0..<first.count, preparation: preparation)
    case .matrix(let matrix):
      start = Block(content: .matrix(matrix), rows: 0..<min(256, matrix.rows), preparation: preparation)
    }
    let rows = start.rows.count
    let x = Buffer<Double>(count: rows * features)
    let view = x.view(rows: rows, columns: features)
    start.gather(into: view, minus: result, Buffer(count: rows * features))
    for i in 0..<rows { for j in 0..<features { result[j] += view[i, j] / Double(rows) } }
    return result
  }
}
