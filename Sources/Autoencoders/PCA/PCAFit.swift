import Datasets
import Files
import Linalg

extension PCA {
  /// Says how many components to keep.
  public enum Size: Sendable, Equatable {
    case components(Int)
    /// PCA keeps as few components as explain this share of the variance, in (0, 1).
    case share(Double)
    /// PCA keeps Minka's maximum-likelihood choice.
    case minka
  }

  /// Ways to compute components. N samples have n features, d components are wanted, and ε = 1e-16.
  public enum Solver: String, Sendable, Codable, CaseIterable {
    /// The choice is `svd` for small data, `gram` for up to a few thousand features, `randomized` beyond.
    case auto
    /// QR of the centred data in row blocks is followed by the SVD of the triangle. It takes one pass (two for pixels)
    /// and 2Nn² operations in Double; a singular value s comes out with a relative error of about ε·s₁/s.
    case svd
    /// The covariance is followed by its eigenvectors. It takes one pass (two for pixels) and Nn² operations; the error
    /// is about ε·(s₁/s)², so what is below 1e-8 of the largest singular value is lost. Pixels go in exact whole
    /// numbers at the speed of Float.
    case gram
    /// Subspace iteration starts from 2d random directions (Halko, Martinsson and Tropp 2011). It takes about ten
    /// passes of 8Nnd operations in Float; the error is about 1e-6·(s₁/s)². It is for very many features.
    case randomized
  }

  /// Fits `size` components to all samples of `data`, which are scaled first.
  ///
  /// It goes through the data chunk by chunk; constant columns of pixels cost nothing. The result is the same bits for
  /// any number of threads.
  /// - Throws: `InvalidArgument` where there cannot be so many components, `FileError` for data that cannot be read or
  ///   whose products are no finite numbers, `MemoryError` where the solver needs more memory than there may be,
  ///   `LinalgError` where LAPACK fails.
  public static func fit(
    _ data: SampleStream, _ size: Size, solver: Solver = .auto, scaling: Scaling = .none, seed: UInt64 = 0,
    threads: Int = availableProcessors
  ) throws -> PCA {
    try fit(SamplePass(.stream(data), scaling: scaling, threads: threads), data.source, size, solver, seed)
  }

  /// Fits `size` components to the rows of a matrix, in Double throughout but for `randomized`.
  /// - Throws: `InvalidArgument` where there cannot be so many components, `LinalgError` where LAPACK fails.
  public static func fit(
    _ samples: Matrix<Double>, _ size: Size, solver: Solver = .auto, seed: UInt64 = 0,
    threads: Int = availableProcessors
  ) throws -> PCA {
    try fit(SamplePass(.matrix(samples), scaling: .none, threads: threads), "matrix", size, solver, seed)
  }

  /// Returns the sum of the variances of all features, divided by N − 1, by one pass.
  /// - Throws: the error of a stream that cannot be read.
  public static func totalVariance(
    _ data: SampleStream, scaling: Scaling = .none, threads: Int = availableProcessors
  ) throws -> Double {
    if data.count < 2 { return 0 }
    let pass = SamplePass(.stream(data), scaling: scaling, threads: threads)
    return try RandomizedSolver.meanAndVariance(pass).1
  }

  private static func fit(
    _ pass: SamplePass, _ source: String, _ size: Size, _ wantedSolver: Solver, _ seed: UInt64
  ) throws -> PCA {
    let features = pass.features
    // N samples vary in N − 1 directions at most.
    let most = min(features, pass.count - 1)
    guard pass.count >= 2 else {
      throw InvalidArgument("\(source): one sample has no variance; PCA needs at least two")
    }
    if case .components(let count) = size, !(1...most ~= count) {
      throw InvalidArgument(
        "latent", "\(count)",
        expected: "\(pass.count) samples of \(features) features have from 1 to \(most) components")
    }
    if case .share(let share) = size, !(share > 0 && share < 1) {
      throw InvalidArgument("latent", "\(share)", expected: "a share of the variance lies between 0 and 1")
    }
    // LAPACK runs on one thread too, so that the bits do not depend on the machine's number of processors.
    let spectrum: Spectrum
    do {
      spectrum = try BLASLibrary.withThreads(1) { try solve(pass, size, wantedSolver, most: most, seed) }
    } catch LinalgError.notFinite {
      throw FileError(
        .malformed, source,
        "numbers so large that sums of their products leave the range of floating point; components of them need "
          + "standardised data")
    }
    return PCA(spectrum, count: try spectrum.count(for: size, most: most))
  }

  private static func solve(
    _ pass: SamplePass, _ size: Size, _ wantedSolver: Solver, most: Int, _ seed: UInt64
  ) throws -> Spectrum {
    let features = pass.features
    let solver = wantedSolver == .auto ? choice(samples: pass.count, features: features, size) : wantedSolver
    switch (solver, size) {
    case (.svd, _), (.auto, _): return try TriangleSolver.solve(pass)
    case (.gram, .components(let count)): return try CovarianceSolver.solve(pass, wanted: count)
    case (.gram, _): return try CovarianceSolver.solve(pass, wanted: most)
    case (.randomized, .components(let count)): return try RandomizedSolver.solve(pass, wanted: count, seed: seed)
    case (.randomized, _):
      throw InvalidArgument(
        "solver", "randomized", expected: "needs a number of components; it does not see the whole spectrum")
    }
  }

  private static func choice(samples: Int, features: Int, _ size: Size) -> Solver {
    if case .components(let count) = size, features > 4000, count < features / 10 { return .randomized }
    // The triangle is n × n however few samples there are.
    return Double(max(samples, features)) * Double(features) * Double(features) < 2e9 ? .svd : .gram
  }

  init(_ spectrum: Spectrum, count: Int) {
    self.init(
      mean: spectrum.mean, components: spectrum.directions(count),
      explainedVariance: (0..<count).map { $0 < spectrum.variances.count ? spectrum.variances[$0] : 0 },
      totalVariance: spectrum.totalVariance, samples: spectrum.samples, rounding: spectrum.rounding)
  }
}

extension PCA.Solver {
  /// Refuses more columns that vary than LAPACK, whose counts of working memory have 32 bits, can decompose.
  func requireColumns(_ count: Int, atMost most: Int) throws(InvalidArgument) {
    try require(
      count <= most, "solver", rawValue,
      "takes up to \(most) columns that vary, since LAPACK counts in 32 bits; here are \(count)",
      advice: "`solver` randomized takes any number")
  }
}

/// The result of a solver: directions and variances, descending, in the columns that vary.
struct Spectrum {
  let mean: [Double]
  /// The columns of the data that the entries of `vectors` belong to; the others are constant.
  let columns: [Int]
  /// The directions, as orthonormal rows.
  let vectors: Matrix<Double>
  let variances: [Double]
  let totalVariance: Double
  let samples: Int
  /// The relative error of the largest variance, where it is more than that of Float and Double in the data.
  var relativeError = 0.0

  /// The variance that a direction without any may seem to have.
  var rounding: Double {
    let largest = variances.first ?? 0
    return max(PCADensity.rounding(largest: largest, features: mean.count), relativeError * largest)
  }

  /// Returns the first `count` directions over all columns, orthonormal. Where more are wanted than were found, the
  /// rest are directions of constant columns, along which nothing varies.
  func directions(_ count: Int) -> Matrix<Double> {
    let found = min(count, vectors.rows)
    let signed = vectors.rows(0..<found).withLargestEntriesPositive
    var result = Matrix<Double>(rows: count, columns: mean.count)
    for i in 0..<found { for (k, column) in columns.enumerated() { result[i, column] = signed[i, k] } }
    let varying = Set(columns)
    let constant = mean.indices.filter { !varying.contains($0) }
    for (i, column) in Swift.zip(found..<count, constant) { result[i, column] = 1 }
    return result
  }

  /// Returns the number of components that `size` means for these variances.
  func count(for size: PCA.Size, most: Int) throws -> Int {
    switch size {
    case .components(let count): return count
    case .share(let share):
      var sum = 0.0
      for (index, variance) in variances.prefix(most).enumerated() {
        sum += variance
        if sum >= share * totalVariance { return index + 1 }
      }
      return most
    case .minka:
      return minkaDimension(variances.prefix(most).filter { $0 > rounding }, features: mean.count, samples: samples)
    }
  }
}

extension Matrix where S == Double {
  /// The matrix whose rows have the sign that makes their entry of largest magnitude positive.
  var withLargestEntriesPositive: Matrix {
    var result = self
    for i in 0..<rows {
      var largest = 0.0
      for j in 0..<columns where abs(self[i, j]) > abs(largest) { largest = self[i, j] }
      if largest < 0 { for j in 0..<columns { result[i, j] = -self[i, j] } }
    }
    return result
  }
}
