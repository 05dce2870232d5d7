import Datasets
import Linalg

/// The solver `gram`: it sums products over blocks of samples to the covariance, and takes the eigenvectors of that.
///
/// Pixels are whole numbers: with 128 subtracted, their products add up exactly in Float over blocks of 1024 rows, and
/// the blocks exactly in Double, so the covariance is exact to its last rounding at the speed of `ssyrk`. Other numbers
/// are shifted near their mean and summed in Double.
enum CovarianceSolver {
  static func solve(_ pass: SamplePass, wanted: Int) throws -> Spectrum {
    let moments = try pass.plainPixels.map { try pixelMoments(pass, $0) } ?? numberMoments(pass)
    let n = moments.columns.count
    let covariance = moments.covariance(samples: pass.count)
    let total = (0..<n).reduce(0.0) { $0 + covariance[$1, $1] }
    let count = min(wanted, n)
    let eigen =
      count == 0
      ? nil : count < n / 2 ? try SymmetricEigen(covariance, largest: count) : try SymmetricEigen(covariance)
    return Spectrum(
      mean: moments.mean(samples: pass.count), columns: moments.columns,
      vectors: eigen?.vectors ?? Matrix(rows: 0, columns: n), variances: (eigen?.values ?? []).map { max(0, $0) },
      totalVariance: total, samples: pass.count)
  }

  /// The sums of shifted values and of their products over all samples, in the columns that vary.
  struct Moments {
    let columns: [Int]
    /// The number that was subtracted from each column of the data before summing; `unit` is the unit of the sums.
    let shift: [Double]
    let unit: Double
    let sums: [Double]
    /// The upper triangle of the sums of products.
    let products: Matrix<Double>

    func mean(samples: Int) -> [Double] {
      var mean = shift
      for (k, column) in columns.enumerated() { mean[column] += sums[k] * unit / Double(samples) }
      return mean
    }

    /// Returns (Σxy − ΣxΣy/N) / (N − 1) in the upper triangle, which is all that the eigenproblem reads.
    func covariance(samples: Int) -> Matrix<Double> {
      let count = Double(samples)
      let scale = unit * unit / (count - 1)
      // Sums of whole numbers stay whole, so N·Σxy − ΣxΣy has no rounding at all. A difference of quotients would lose
      // the variance of a column that hardly ever changes.
      let isWhole = unit != 1 && samples <= 1 << 24
      var result = products
      result.withMutableView { view in
        for i in 0..<view.rows {
          let centre = sums[i] / count
          let whole = isWhole ? Int64(sums[i]) : 0
          view.withRow(i) { row in
            for j in i..<row.count {
              let centred =
                isWhole
                ? Double(Int64(row[j]) * Int64(samples) - whole * Int64(sums[j])) / count : row[j] - centre * sums[j]
              row[j] = centred * scale
            }
          }
        }
      }
      return result
    }
  }

  private static func pixelMoments(_ pass: SamplePass, _ pixels: SampleStream) throws -> Moments {
    let varying = try VaryingColumns(pixels)
    let (columns, first) = (varying.columns, varying.first)
    let ranges = runs(of: columns)
    let (n, rows) = (columns.count, min(1024, pass.count))
    try requireMemory(pass, columns: n, rows: rows, isPixels: true)
    let blocks = parts { Buffer<Float>(count: rows * n) }
    let grams = parts { Buffer<Float>(count: n * n) }
    let products = parts { Buffer<Double>(count: n * n) }
    let sums = parts { Buffer<Double>(count: n) }
    let blockSums = parts { Buffer<Float>(count: n) }
    try pass.forEachBlock(rows: rows) { block, part in
      guard let bytes = block.bytes, n > 0 else { return }
      let x = blocks[part].view(rows: block.rows.count, columns: n)
      for row in 0..<block.rows.count {
        convertCentredBytes(
          bytes, from: (block.rows.lowerBound + row) * pass.features, columns: ranges, into: x, row: row)
      }
      upperGram(x.readOnly, into: grams[part].view(rows: n, columns: n), beta: 0)
      addUpperTriangle(
        grams[part].view(rows: n, columns: n).readOnly, to: products[part].view(rows: n, columns: n))
      columnSums(x.readOnly, into: blockSums[part].row)
      add(blockSums[part].row.readOnly, to: sums[part].row)
    }
    // The mean of a constant column is its byte; the sums of the others count from 128.
    var shift = first.map { Double($0) / 255 }
    for column in columns { shift[column] = 128.0 / 255 }
    return Moments(
      columns: columns, shift: shift, unit: 1.0 / 255, sums: total(sums),
      products: Matrix(rows: n, columns: n, values: total(products)))
  }

  private static func numberMoments(_ pass: SamplePass) throws -> Moments {
    let n = pass.features
    let rows = min(pass.count, max(64, min(1024, (1 << 20) / n)))
    try requireMemory(pass, columns: n, rows: rows, isPixels: false)
    let shift = try pass.shift()
    let floats = parts { Buffer<Float>(count: rows * n) }
    let blocks = parts { Buffer<Double>(count: rows * n) }
    let products = parts { Buffer<Double>(count: n * n) }
    let blockSums = parts { Buffer<Double>(count: n) }
    let sums = parts { Buffer<Double>(count: n) }
    try pass.forEachBlock(rows: rows) { block, part in
      let shifted = blocks[part].view(rows: block.rows.count, columns: n)
      block.gather(into: shifted, minus: shift, floats[part])
      upperGram(shifted.readOnly, into: products[part].view(rows: n, columns: n), beta: 1)
      columnSums(shifted.readOnly, into: blockSums[part].row)
      transform(sums[part].row, with: blockSums[part].row.readOnly) { s, x in s + x }
    }
    return Moments(
      columns: Array(0..<n), shift: shift, unit: 1, sums: total(sums),
      products: Matrix(rows: n, columns: n, values: total(products)))
  }

  /// Refuses covariances that LAPACK or the memory budget have no room for.
  private static func requireMemory(_ pass: SamplePass, columns n: Int, rows: Int, isPixels: Bool) throws {
    var estimate = MemoryEstimate()
    estimate.add(SamplePass.parts, rows, n, of: Float.self)
    if isPixels {
      estimate.add(SamplePass.parts, n, n, of: Float.self)
    } else {
      estimate.add(SamplePass.parts, rows, n, of: Double.self)
    }
    estimate.add(SamplePass.parts, n, n, of: Double.self)
    // The total, the covariance, its copy that is decomposed, the vectors, and what LAPACK works with.
    estimate.add(6, n, n, of: Double.self)
    try estimate.require(for: "principal components of \(n) columns by the solver 'gram'")
    try PCA.Solver.gram.requireColumns(n, atMost: 32_000)
  }

  private static func runs(of columns: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for column in columns {
      if let last = runs.last, last.upperBound == column {
        runs[runs.count - 1] = last.lowerBound..<column + 1
      } else {
        runs.append(column..<column + 1)
      }
    }
    return runs
  }

  private static func parts<T>(_ make: () -> T) -> [T] { (0..<SamplePass.parts).map { _ in make() } }

  /// Returns the sum of all parts, added in their order.
  private static func total(_ buffers: [Buffer<Double>]) -> [Double] {
    for buffer in buffers.dropFirst() { transform(buffers[0].row, with: buffer.row.readOnly) { $0 + $1 } }
    return buffers[0].values
  }
}

/// The columns of pixels whose bytes are not all the same.
struct VaryingColumns {
  let columns: [Int]
  /// The first sample, which has the value of every constant column.
  let first: [UInt8]

  init(_ pixels: SampleStream) throws {
    let width = pixels.featureCount
    var first: [UInt8] = []
    var varies = [UInt8](repeating: 0, count: width)
    try pixels.forEachChunk { chunk in
      guard case .bytes(let bytes) = chunk.storage else { return }
      if first.isEmpty { first = Array(bytes[..<width]) }
      markVaryingColumns(bytes, from: 0, count: chunk.count, reference: first, varies: &varies)
    }
    self.first = first
    columns = varies.indices.filter { varies[$0] != 0 }
  }
}
