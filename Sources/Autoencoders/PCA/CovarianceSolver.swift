import Datasets
import Linalg

/// `gram`: sums of products over blocks of samples, the covariance, its eigenvectors.
///
/// Pixels are whole numbers: with 128 subtracted their products add up exactly in Float over blocks of 1024 rows, and
/// the blocks exactly in Double, so the covariance is exact to its last rounding at the speed of `ssyrk`. Other numbers are
/// shifted near their mean and summed in Double.
enum CovarianceSolver {
  static func solve(_ pass: SamplePass, wanted: Int) throws -> Spectrum {
    let moments = pass.isPlainPixels ? try pixelMoments(pass) : try numberMoments(pass)
    let n = moments.columns.count
    let covariance = moments.covariance(samples: pass.count)
    let total = (0..<n).reduce(0.0) { $0 + covariance[$1, $1] }
    let count = min(wanted, n)
    let eigen =
      count == 0
      ? nil : count < n / 2 ? try SymmetricEigen(covariance, largest: count) : try SymmetricEigen(covariance)
    // Back to all columns; what is wanted beyond the varying ones are directions without variance.
    var vectors = Matrix<Double>(rows: wanted, columns: pass.features)
    var variances = [Double](repeating: 0, count: wanted)
    for i in 0..<count {
      variances[i] = max(0, eigen!.values[i])
      for (k, column) in moments.columns.enumerated() { vectors[i, column] = eigen!.vectors[i, k] }
    }
    let varying = Set(moments.columns)
    for (k, column) in (0..<pass.features).filter({ !varying.contains($0) }).prefix(wanted - count).enumerated() {
      vectors[count + k, column] = 1
    }
    return Spectrum(
      mean: moments.mean(samples: pass.count), vectors: vectors, variances: variances, totalVariance: total,
      samples: pass.count)
  }

  /// Sums of shifted values and of their products over all samples, in the columns that vary.
  struct Moments {
    let columns: [Int]
    /// By column of the data: what was subtracted before summing, and the unit of the sums.
    let shift: [Double]
    let unit: Double
    let sums: [Double]
    /// The upper triangle.
    let products: Matrix<Double>

    func mean(samples: Int) -> [Double] {
      var mean = shift
      for (k, column) in columns.enumerated() { mean[column] += sums[k] * unit / Double(samples) }
      return mean
    }

    /// (Σxy − ΣxΣy/N) / (N − 1).
    func covariance(samples: Int) -> Matrix<Double> {
      let count = Double(samples)
      let n = columns.count
      var result = products
      for i in 0..<n {
        for j in i..<n {
          let value = (products[i, j] - sums[i] * sums[j] / count) / (count - 1) * unit * unit
          result[i, j] = value
          result[j, i] = value
        }
      }
      return result
    }
  }

  private static func pixelMoments(_ pass: SamplePass) throws -> Moments {
    let (columns, first) = try varyingColumns(pass)
    let ranges = runs(of: columns)
    let (n, rows) = (columns.count, 1024)
    let blocks = parts { Buffer<Float>(count: rows * n) }
    let grams = parts { Buffer<Float>(count: n * n) }
    let products = parts { Buffer<Double>(count: n * n) }
    let sums = parts { Buffer<Double>(count: n) }
    let blockSums = parts { Buffer<Float>(count: n) }
    try pass.forEachBlock(rows: rows) { chunk, range, part in
      guard case .bytes(let bytes) = chunk.storage, n > 0 else { return }
      let x = blocks[part].view(rows: range.count, columns: n)
      for row in 0..<range.count {
        convertCentredBytes(
          bytes, from: (range.lowerBound + row) * pass.features, columns: ranges, into: x, row: row)
      }
      upperGram(x.readOnly, into: grams[part].view(rows: n, columns: n), beta: 0)
      addUpperTriangle(
        grams[part].view(rows: n, columns: n).readOnly, to: products[part].view(rows: n, columns: n))
      columnSums(x.readOnly, into: blockSums[part].row)
      add(blockSums[part].row.readOnly, to: sums[part].row)
    }
    // A constant column's mean is its byte; the others' sums count from 128.
    var shift = first.map { Double($0) / 255 }
    for column in columns { shift[column] = 128.0 / 255 }
    return Moments(
      columns: columns, shift: shift, unit: 1.0 / 255, sums: total(sums),
      products: Matrix(rows: n, columns: n, values: total(products)))
  }

  private static func numberMoments(_ pass: SamplePass) throws -> Moments {
    let (n, rows) = (pass.features, max(64, min(1024, (1 << 20) / pass.features)))
    let shift = try pass.shift()
    let floats = parts { Buffer<Float>(count: rows * n) }
    let blocks = parts { Buffer<Double>(count: rows * n) }
    let products = parts { Buffer<Double>(count: n * n) }
    let blockSums = parts { Buffer<Double>(count: n) }
    let sums = parts { Buffer<Double>(count: n) }
    try pass.forEachBlock(rows: rows) { chunk, range, part in
      let x = floats[part].view(rows: range.count, columns: n)
      pass.gather(chunk, range, into: x)
      let shifted = blocks[part].view(rows: range.count, columns: n)
      subtract(x.readOnly, shift, into: shifted)
      upperGram(shifted.readOnly, into: products[part].view(rows: n, columns: n), beta: 1)
      columnSums(shifted.readOnly, into: blockSums[part].row)
      let block = blockSums[part].row.readOnly
      transform(sums[part].row, with: block) { s, x in s + x }
    }
    return Moments(
      columns: Array(0..<n), shift: shift, unit: 1, sums: total(sums),
      products: Matrix(rows: n, columns: n, values: total(products)))
  }

  /// The columns whose bytes are not all the same, and the first sample.
  private static func varyingColumns(_ pass: SamplePass) throws -> (columns: [Int], first: [UInt8]) {
    let width = pass.features
    var first: [UInt8] = []
    var varies = [UInt8](repeating: 0, count: width)
    try pass.data.forEachChunk { chunk in
      guard case .bytes(let bytes) = chunk.storage else { return }
      if first.isEmpty { first = Array(bytes[..<width]) }
      markVaryingColumns(bytes, from: 0, count: chunk.count, reference: first, varies: &varies)
    }
    return (varies.indices.filter { varies[$0] != 0 }, first)
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

  private static func total(_ buffers: [Buffer<Double>]) -> [Double] {
    var total = buffers[0].values
    for buffer in buffers.dropFirst() {
      let values = buffer.values
      for i in total.indices { total[i] += values[i] }
    }
    return total
  }
}

/// y ← x − shift, Float to Double.
func subtract(_ x: MatrixView<Float>, _ shift: [Double], into y: MutableMatrixView<Double>) {
  for i in 0..<x.rows {
    y.withRow(i) { row in for j in row.indices { row[j] = Double(x[i, j]) - shift[j] } }
  }
}
