import Datasets
import Linalg

/// The solver `svd`: it takes the QR of the data in row blocks, keeps only R, then takes the SVD of R. It never squares
/// the data, so small components survive.
///
/// A column of ones stands before the data. The first reflection takes its direction out of all other columns, which is
/// what centring does. So the mean need not be known before, and one pass is enough (pixels have one before, for the
/// columns that vary): R = [√N, √N(μ − shift)ᵀ; 0, R₂], where R₂ᵀR₂ has the centred sums of products.
enum TriangleSolver {
  static func solve(_ pass: SamplePass) throws -> Spectrum {
    let n = pass.features
    let shift = try pass.shift()
    let constant = try pass.plainPixels.map { try VaryingColumns($0) }
    let columns = constant?.columns ?? Array(0..<n)
    // The ones stand at place 0 of each row, with the features behind.
    let places = [0] + columns.map { $0 + 1 }
    let width = places.count
    try requireMemory(pass, width: width)
    let factors = (0..<SamplePass.parts).map { _ in RowwiseQR<Double>(columns: width) }
    let rows = factors[0].blockRows
    let held = min(rows, pass.count)
    let blocks = factors.map { _ in Buffer<Double>(count: held * (n + 1)) }
    let floats = factors.map { _ in Buffer<Float>(count: held * n) }
    try pass.forEachBlock(rows: rows) { block, part in
      let x = blocks[part].view(rows: block.rows.count, columns: n + 1)
      x.columns(0..<1).fill(1)
      block.gather(into: x.columns(1..<n + 1), minus: shift, floats[part])
      factors[part].append(x.readOnly, places: places)
    }
    for factor in factors.dropFirst() {
      try factor.r().withView { factors[0].append($0, places: Array(0..<width)) }
    }
    let r = try factors[0].r()
    var mean = constant.map { constant in constant.first.map { Double($0) / 255 } } ?? shift
    for (k, column) in columns.enumerated() { mean[column] = shift[column] + r[0, k + 1] / r[0, 0] }
    let centred = r.withView { $0.window(rows: 1..<width, columns: 1..<width).matrix }
    let svd = try SingularValues(centred)
    let variances = svd.values.map { $0 * $0 / Double(pass.count - 1) }
    return Spectrum(
      mean: mean, columns: columns, vectors: svd.vTransposed, variances: variances,
      totalVariance: variances.reduce(0, +), samples: pass.count)
  }

  /// Refuses triangles that LAPACK or the memory budget have no room for.
  private static func requireMemory(_ pass: SamplePass, width: Int) throws {
    var estimate = MemoryEstimate()
    for (rows, columns) in RowwiseQR<Double>.sizes(columns: width) {
      estimate.add(SamplePass.parts, rows, columns, of: Double.self)
    }
    let rows = min(max(width, 64), pass.count)
    estimate.add(SamplePass.parts, rows, pass.features + 1, of: Double.self)
    estimate.add(SamplePass.parts, rows, pass.features, of: Float.self)
    // R, its part without the mean, the factors of that, and what LAPACK works with.
    estimate.add(9, width, width, of: Double.self)
    try estimate.require(for: "principal components of \(width - 1) columns by the solver 'svd'")
    try PCA.Solver.svd.requireColumns(width - 1, atMost: 23_000)
  }
}
