import Linalg
import Testing

@Suite struct FactorizationTests {
  static let shapes = [(1, 1), (5, 5), (9, 4), (4, 9), (40, 30), (3, 0), (0, 3)]

  private func check<S: BLASScalar>(_: S.Type, _ tolerance: Double) throws {
    for (m, n) in Self.shapes {
      let a = randomMatrix(m, n, S.self)
      let qr = try QR(a)
      #expect(distance(qr.q.product(with: qr.r), a) < tolerance)
      #expect(distance(qr.q.product(.yes, with: qr.q), .identity(min(m, n))) < tolerance)
      for i in 0..<qr.r.rows { for j in 0..<min(i, n) { #expect(qr.r[i, j] == 0) } }

      let svd = try SingularValues(a)
      #expect(distance(svd.u.scalingColumns(svd.values).product(with: svd.vTransposed), a) < tolerance)
      #expect(distance(svd.u.product(.yes, with: svd.u), .identity(min(m, n))) < tolerance)
      #expect(distance(svd.vTransposed.product(with: svd.vTransposed, .yes), .identity(min(m, n))) < tolerance)
      #expect(svd.values == svd.values.sorted(by: >) && svd.values.allSatisfy { $0 >= 0 })

      let square = a.product(.yes, with: a)
      let eigen = try SymmetricEigen(square)
      let rebuilt = eigen.vectors.transposed.scalingColumns(eigen.values).product(with: eigen.vectors)
      #expect(distance(rebuilt, square) < tolerance * 10)
      #expect(distance(eigen.vectors.product(with: eigen.vectors, .yes), .identity(n)) < tolerance)
      #expect(eigen.values == eigen.values.sorted(by: >))
    }
  }

  @Test func invariants() throws {
    try check(Float.self, 2e-5)
    try check(Double.self, 1e-13)
  }

  @Test func choleskyAndItsSolutions() throws {
    for n in [1, 2, 6, 31] {
      let a = randomMatrix(n + 3, n, Double.self)
      let square = a.product(.yes, with: a)
      let cholesky = try Cholesky(square)
      #expect(distance(cholesky.lower.product(with: cholesky.lower, .yes), square) < 1e-12)
      for i in 0..<n { for j in i + 1..<max(n, i + 1) { #expect(cholesky.lower[i, j] == 0) } }
      let b = randomMatrix(n, 2, seed: 5, Double.self)
      #expect(distance(square.product(with: try cholesky.solve(b)), b) < 1e-9)
      let eigen = try SymmetricEigen(square)
      let logarithms = eigen.values.reduce(0.0) { $0 + Double.log($1) }
      #expect(abs(cholesky.logDeterminant - logarithms) < 1e-8)
    }
  }

  /// The expected numbers are from numpy.linalg.svd, eigh and cholesky of [[4, 1, 2], [1, 3, 0], [2, 0, 5]], NumPy 2.4.
  @Test func goldenNumbers() throws {
    let a = Matrix<Double>(rows: 3, columns: 3, values: [4, 1, 2, 1, 3, 0, 2, 0, 5])
    let eigenvalues = [6.669079088282287, 3.476023602918134, 1.8548973087995775]
    let eigen = try SymmetricEigen(a).values
    let singular = try SingularValues(a).values
    let lower = try Cholesky(a).lower.values
    for i in 0..<3 {
      #expect(abs(eigen[i] - eigenvalues[i]) < 1e-12)
      #expect(abs(singular[i] - eigenvalues[i]) < 1e-12)
    }
    let wanted = [2, 0, 0, 0.5, 1.6583123951777, 0, 1, -0.30151134457776363, 1.9771421064483223]
    for i in 0..<9 { #expect(abs(lower[i] - wanted[i]) < 1e-12) }
  }

  @Test func rankDeficientMatricesHaveZeros() throws {
    let thin = randomMatrix(8, 2, Double.self)
    let a = thin.product(with: randomMatrix(2, 6, seed: 2, Double.self))
    let values = try SingularValues(a).values
    #expect(values[1] > 0.1)
    #expect(values[2...].allSatisfy { $0 < 1e-14 })
  }

  @Test func rowsThatAreNotFiniteAreNoTriangle() {
    for wrong in [Double.nan, .infinity] {
      let rows = RowwiseQR<Double>(columns: 3)
      Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, wrong, 6]).withView { rows.append($0, places: [0, 1, 2]) }
      #expect(throws: LinalgError.notFinite(routine: "QR of rows")) { try rows.r() }
    }
  }

  @Test func troubleHasAType() {
    let indefinite = Matrix<Double>(rows: 3, columns: 3, values: [1, 0, 0, 0, -1, 0, 0, 0, 1])
    #expect(throws: LinalgError.notPositiveDefinite(order: 2)) { try Cholesky(indefinite) }
    var bad = randomMatrix(3, 3, Float.self)
    bad[1, 2] = .nan
    #expect(throws: LinalgError.notFinite(routine: "SVD")) { try SingularValues(bad) }
    #expect(throws: LinalgError.notFinite(routine: "QR")) { try QR(bad) }
    #expect(throws: LinalgError.notFinite(routine: "Cholesky")) { try Cholesky(bad) }
    #expect(throws: LinalgError.notFinite(routine: "symmetric eigenproblem")) { try SymmetricEigen(bad) }
  }
}
