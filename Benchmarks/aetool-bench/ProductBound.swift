import Autoencoders
import Linalg

/// Computes the matrix products of a training step alone, back to back. No program on this BLAS can be faster.
///
/// For layers n → m and batch B, the products are: forward (B × n)·(n × m), backward (B × m)·(m × n) for all layers but
/// the first, weight gradient (m × B)·(B × n).
final class ProductBound {
  /// Says who shares out the work: OpenBLAS's own threads on whole products, or our workers on tiles, as in training.
  enum Sharing: CaseIterable {
    case blasThreads, workers
  }

  private struct Place {
    let inputs: Int
    let outputs: Int
    let weight: Buffer<Float>
    let gradient: Buffer<Float>
    let x: Buffer<Float>
    let y: Buffer<Float>
  }

  private let places: [Place]
  private let batch: Int
  private let threads: Int
  private let pool: WorkerPool

  /// Prepares the products between the widths in `chains`, which are in the order of the layers; a new chain begins
  /// where a layer without products changes the width.
  init(chains: [[Int]], batch: Int, threads: Int, pool: WorkerPool) {
    self.batch = batch
    self.threads = threads
    self.pool = pool
    var random = RandomStream(seed: 1, purpose: .other)
    func filled(_ count: Int) -> Buffer<Float> {
      let buffer = Buffer<Float>(count: count)
      random.fillUniform(buffer.row, -0.1, 0.1)
      return buffer
    }
    places = chains.flatMap { widths in
      let activations = widths.map { filled(batch * $0) }
      return widths.indices.dropLast().map { l in
        Place(
          inputs: widths[l], outputs: widths[l + 1], weight: filled(widths[l] * widths[l + 1]),
          gradient: filled(widths[l] * widths[l + 1]), x: activations[l], y: activations[l + 1])
      }
    }
  }

  /// The number of multiplications and additions in one step.
  var operations: Double {
    places.enumerated().reduce(0.0) { total, item in
      let products = item.offset == 0 ? 2.0 : 3.0
      return total + 2 * products * Double(batch * item.element.inputs * item.element.outputs)
    }
  }

  func step(_ sharing: Sharing) {
    BLASLibrary.withThreads(sharing == .blasThreads ? threads : 1) {
      for place in places { forward(place, sharing) }
      for (index, place) in places.enumerated().reversed() {
        if index > 0 { backward(place, sharing) }
        weightGradient(place, sharing)
      }
    }
  }

  private func forward(_ p: Place, _ sharing: Sharing) {
    let x = p.x.view(rows: batch, columns: p.inputs).readOnly
    let y = p.y.view(rows: batch, columns: p.outputs)
    let w = p.weight.view(rows: p.outputs, columns: p.inputs).readOnly
    if sharing == .blasThreads { return gemm(x, .no, w, .yes, into: y) }
    forEachTile(rows: batch, columns: p.outputs, inner: p.inputs) { r, c in
      gemm(x.rows(r), .no, w.rows(c), .yes, into: y.window(rows: r, columns: c))
    }
  }

  private func backward(_ p: Place, _ sharing: Sharing) {
    let dy = p.y.view(rows: batch, columns: p.outputs).readOnly
    let dx = p.x.view(rows: batch, columns: p.inputs)
    let w = p.weight.view(rows: p.outputs, columns: p.inputs).readOnly
    if sharing == .blasThreads { return gemm(dy, .no, w, into: dx) }
    forEachTile(rows: batch, columns: p.inputs, inner: p.outputs) { r, c in
      gemm(dy.rows(r), .no, w.columns(c), into: dx.window(rows: r, columns: c))
    }
  }

  private func weightGradient(_ p: Place, _ sharing: Sharing) {
    let dy = p.y.view(rows: batch, columns: p.outputs).readOnly
    let x = p.x.view(rows: batch, columns: p.inputs).readOnly
    let dw = p.gradient.view(rows: p.outputs, columns: p.inputs)
    if sharing == .blasThreads { return gemm(dy, .yes, x, into: dw) }
    forEachTile(rows: p.outputs, columns: p.inputs, inner: batch) { r, c in
      gemm(dy.columns(r), .yes, x.columns(c), into: dw.window(rows: r, columns: c))
    }
  }

  private func forEachTile(rows: Int, columns: Int, inner: Int, _ body: (Range<Int>, Range<Int>) -> Void) {
    let grid = TileGrid(rows: rows, columns: columns, inner: inner, splitsColumns: true)
    pool.run(tasks: grid.count) { tile, _ in body(grid.rowRange(tile), grid.columnRange(tile)) }
  }
}
