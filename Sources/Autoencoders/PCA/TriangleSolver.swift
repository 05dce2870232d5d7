import Datasets
import Linalg

/// `svd`: the data's QR in row blocks, only R kept; then R's SVD. Never squares the data, so small components survive.
///
/// A column of ones stands before the data. The first reflection takes that direction out of all other columns, which
/// is what centring does; so the mean need not be known before, and one pass is enough: R = [√N, √N(μ − shift)ᵀ; 0, R₂] with
/// R₂ᵀR₂ the centred sums of products.
enum TriangleSolver {
  static func solve(_ pass: SamplePass) throws -> Spectrum {
    let n = pass.features
    let width = n + 1
    let shift = try pass.shift()
    // Each part stacks the triangle so far on as many rows as keep that overhead small.
    let rows = max(256, 3 * width)
    let stacks = (0..<SamplePass.parts).map { _ in Buffer<Double>(count: (width + rows) * width) }
    let floats = (0..<SamplePass.parts).map { _ in Buffer<Float>(count: rows * n) }
    try pass.forEachBlock(rows: rows) { chunk, range, part in
      let stack = stacks[part].view(rows: width + range.count, columns: width)
      let x = floats[part].view(rows: range.count, columns: n)
      pass.gather(chunk, range, into: x)
      let block = stack.rows(width..<width + range.count)
      block.columns(0..<1).fill(1)
      subtract(x.readOnly, shift, into: block.columns(1..<width))
      reduceToTriangle(stack)
    }
    let all = Buffer<Double>(count: SamplePass.parts * width * width)
    let view = all.view(rows: SamplePass.parts * width, columns: width)
    for part in 0..<SamplePass.parts {
      view.rows(part * width..<(part + 1) * width).copy(stacks[part].view(rows: width, columns: width).readOnly)
    }
    reduceToTriangle(view)
    let corner = view[0, 0]
    let mean = (0..<n).map { shift[$0] + view[0, $0 + 1] / corner }
    let triangle = view.window(rows: 1..<width, columns: 1..<width).readOnly.matrix
    let svd = try SingularValues(triangle)
    let variances = svd.values.map { $0 * $0 / Double(pass.count - 1) }
    return Spectrum(
      mean: mean, vectors: svd.vTransposed, variances: variances, totalVariance: variances.reduce(0, +),
      samples: pass.count)
  }
}
