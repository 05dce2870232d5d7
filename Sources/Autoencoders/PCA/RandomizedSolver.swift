import Datasets
import Linalg

/// The solver `randomized`: it multiplies random directions by the covariance again and again and makes them
/// orthonormal in between, so that they turn into the leading ones. The covariance within their span gives the
/// variances.
///
/// Source: N. Halko, P.-G. Martinsson, J. A. Tropp, Finding structure with randomness, SIAM Review 53 (2011), algorithm
/// 4.4, on the covariance instead of the data. The covariance is never formed: C·Q = Xᵀ(X·Q)/(N − 1).
enum RandomizedSolver {
  /// Returns the number of directions. Every pass multiplies the error by λ_{k+1}/λ_d, so twice as many directions as
  /// are wanted save passes.
  static func directions(_ wanted: Int) -> Int { wanted + max(10, wanted) }
  static let mostIterations = 30
  /// The change of the wanted variances, as a share of the largest, at which iteration ends. It is the rounding of
  /// Float in the products; directions are then right to about its root.
  static let tolerance = 1e-7

  static func solve(_ pass: SamplePass, wanted: Int, seed: UInt64) throws -> Spectrum {
    let n = pass.features
    let k = min(directions(wanted), n)
    try requireMemory(pass, directions: k)
    let (mean, total) = try meanAndVariance(pass)
    var q = Matrix<Double>(rows: n, columns: k)
    var random = RandomStream(seed: seed, purpose: .other)
    q.withMutableView { random.fillNormal($0) }
    q = try QR(q).q
    var before = [Double](repeating: 0, count: k)
    for iteration in 1...mostIterations {
      let image = try product(pass, mean, q)
      // The Rayleigh-Ritz method takes the covariance within the span.
      let within = q.product(.yes, with: image)
      var symmetric = within
      for i in 0..<k { for j in 0..<k { symmetric[i, j] = (within[i, j] + within[j, i]) / 2 } }
      let eigen = try SymmetricEigen(symmetric)
      let change = (0..<wanted).map { abs(eigen.values[$0] - before[$0]) }.max()!
      if change <= tolerance * max(eigen.values[0], 0) || iteration == mostIterations {
        return Spectrum(
          mean: mean, columns: Array(0..<n), vectors: eigen.vectors.rows(0..<wanted).product(with: q, .yes),
          variances: eigen.values.prefix(wanted).map { max(0, $0) }, totalVariance: total, samples: pass.count,
          relativeError: 10 * tolerance)
      }
      before = eigen.values
      q = try QR(image).q
    }
    preconditionFailure("RandomizedSolver: no iteration")
  }

  private static func requireMemory(_ pass: SamplePass, directions k: Int) throws {
    let (n, rows) = (pass.features, rows(pass))
    var estimate = MemoryEstimate()
    estimate.add(2 * SamplePass.parts, rows, n, of: Float.self)
    estimate.add(SamplePass.parts, rows, n, of: Double.self)
    estimate.add(SamplePass.parts + 1, n, k, of: Float.self)
    // The sums of the parts, the directions, their image, and the factors of that.
    estimate.add(SamplePass.parts + 6, n, k, of: Double.self)
    try estimate.require(for: "\(k) directions of \(n) columns by the solver 'randomized'")
  }

  /// The number of samples in a block.
  private static func rows(_ pass: SamplePass) -> Int { min(256, pass.count) }

  /// Returns C·Q, n × k: the products are in Float, block by block, and are added up in Double.
  private static func product(_ pass: SamplePass, _ mean: [Double], _ q: Matrix<Double>) throws -> Matrix<Double> {
    let (n, k, rows) = (q.rows, q.columns, rows(pass))
    let directions = Matrix<Float>(rows: n, columns: k, values: q.values.map { Float($0) })
    let blocks = (0..<SamplePass.parts).map { _ in Buffer<Float>(count: rows * n) }
    let projected = (0..<SamplePass.parts).map { _ in Buffer<Float>(count: rows * k) }
    let images = (0..<SamplePass.parts).map { _ in Buffer<Float>(count: n * k) }
    let sums = (0..<SamplePass.parts).map { _ in Buffer<Double>(count: n * k) }
    try pass.forEachBlock(rows: rows) { block, part in
      let x = blocks[part].view(rows: block.rows.count, columns: n)
      block.gather(into: x, minus: mean)
      let t = projected[part].view(rows: block.rows.count, columns: k)
      directions.withView { gemm(x.readOnly, .no, $0, into: t) }
      let image = images[part].view(rows: n, columns: k)
      gemm(x.readOnly, .yes, t.readOnly, into: image)
      add(image.readOnly, to: sums[part].view(rows: n, columns: k))
    }
    var result = [Double](repeating: 0, count: n * k)
    for part in sums {
      let values = part.values
      for i in result.indices { result[i] += values[i] / Double(pass.count - 1) }
    }
    return Matrix(rows: n, columns: k, values: result)
  }

  /// Returns the mean and the sum of all variances.
  static func meanAndVariance(_ pass: SamplePass) throws -> ([Double], Double) {
    let (n, rows) = (pass.features, rows(pass))
    let shift = try pass.shift()
    let floats = (0..<SamplePass.parts).map { _ in Buffer<Float>(count: rows * n) }
    let blocks = (0..<SamplePass.parts).map { _ in Buffer<Double>(count: rows * n) }
    let sums = (0..<SamplePass.parts).map { _ in Buffer<Double>(count: 2 * n) }
    try pass.forEachBlock(rows: rows) { block, part in
      let x = blocks[part].view(rows: block.rows.count, columns: n)
      block.gather(into: x, minus: shift, floats[part])
      sums[part].row.withRow(0) { sums in
        for i in 0..<block.rows.count {
          for j in 0..<n {
            let d = x[i, j]
            sums[j] += d
            sums[n + j] += d * d
          }
        }
      }
    }
    var totals = [Double](repeating: 0, count: 2 * n)
    for part in sums {
      let values = part.values
      for i in totals.indices { totals[i] += values[i] }
    }
    let count = Double(pass.count)
    let variance = (0..<n).reduce(0.0) { $0 + (totals[n + $1] - totals[$1] * totals[$1] / count) / (count - 1) }
    return ((0..<n).map { shift[$0] + totals[$0] / count }, variance)
  }
}
