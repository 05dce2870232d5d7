import Linalg

/// A mean with the interval that holds the true mean in 95 of 100 cases.
public struct BootstrapInterval: Sendable, Codable, Equatable {
  public let mean: Double
  public let low: Double
  public let high: Double

  /// Computes the percentile interval of the mean of `values` from `resamples` samples drawn with replacement.
  ///
  /// Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
  public init(meanOf values: [Double], resamples: Int = 2000, seed: UInt64 = 0, threads: Int = availableProcessors) {
    precondition(!values.isEmpty && resamples >= 40, "BootstrapInterval: \(values.count) values")
    mean = values.reduce(0, +) / Double(values.count)
    let means = Buffer<Double>(count: resamples)
    let blocks = 50
    WorkerPool(threads: threads).run(tasks: blocks) { block, _ in
      for resample in block * resamples / blocks..<(block + 1) * resamples / blocks {
        var random = RandomStream(seed: seed, purpose: .other, epoch: resample)
        var total = 0.0
        for _ in 0..<values.count { total += values[random.index(below: values.count)] }
        means.row[0, resample] = total / Double(values.count)
      }
    }
    let sorted = means.values.sorted()
    low = sorted[resamples / 40]
    high = sorted[resamples - 1 - resamples / 40]
  }
}

/// Returns the principal angles between the spans of the rows of `a` and of `b`, in radians, ascending. With
/// orthonormal bases Qₐ and Q_b, their cosines are the singular values of QₐᵀQ_b.
///
/// Small angles come from their sines, the singular values of (I − QₐQₐᵀ)Q_b, which keep their digits. Source: Å.
/// Björck, G. Golub, Numerical methods for computing angles between linear subspaces, Math. Comp. 27 (1973).
/// - Throws: `LinalgError` where LAPACK fails.
public func principalAngles(_ a: Matrix<Double>, _ b: Matrix<Double>) throws(LinalgError) -> [Double] {
  precondition(a.columns == b.columns, "principalAngles: rows of \(a.columns) and \(b.columns) numbers")
  let (qa, qb) = (try QR(a.transposed).q, try QR(b.transposed).q)
  let products = qa.product(.yes, with: qb)
  let cosines = try SingularValues(products).values
  var outside = qb
  let inside = qa.product(with: products)
  for i in 0..<outside.rows { for j in 0..<outside.columns { outside[i, j] -= inside[i, j] } }
  let sines = Array(try SingularValues(outside).values.reversed().prefix(cosines.count))
  return Swift.zip(cosines, sines).map { cosine, sine in
    cosine * cosine < 0.5 ? arccosine(min(1, cosine)) : arcsine(min(1, sine))
  }
}
