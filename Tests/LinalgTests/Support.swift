import Linalg

/// Returns a matrix of entries that are uniform in ±1.
func randomMatrix<S: BLASScalar>(_ rows: Int, _ columns: Int, seed: UInt64 = 1, _: S.Type = S.self) -> Matrix<S> {
  var random = RandomStream(seed: seed, purpose: .other)
  var matrix = Matrix<S>(rows: rows, columns: columns)
  matrix.withMutableView { random.fillUniform($0, -1, 1) }
  return matrix
}

/// Returns the product by its definition, summed in Double.
func naiveProduct<S: BLASScalar>(_ a: Matrix<S>, _ b: Matrix<S>) -> Matrix<S> {
  var result = Matrix<S>(rows: a.rows, columns: b.columns)
  for i in 0..<a.rows {
    for j in 0..<b.columns {
      result[i, j] = S((0..<a.columns).reduce(0.0) { $0 + Double(a[i, $1]) * Double(b[$1, j]) })
    }
  }
  return result
}

/// Returns the largest difference of two entries.
func distance<S: BLASScalar>(_ a: Matrix<S>, _ b: Matrix<S>) -> Double {
  guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
  // A NaN must not pass for nearness.
  return zip(a.values, b.values).reduce(0.0) { worst, pair in
    let d = abs(Double(pair.0) - Double(pair.1))
    return d <= worst ? worst : d
  }
}

extension Matrix {
  /// Returns the matrix with its columns multiplied by `factors`.
  func scalingColumns(_ factors: [S]) -> Matrix {
    var result = self
    for i in 0..<rows { for j in 0..<columns { result[i, j] = self[i, j] * factors[j] } }
    return result
  }
}

let tolerances: [(name: String, value: Double)] = [("Float", 2e-5), ("Double", 1e-12)]
