import Linalg
import Testing

@Suite struct ProductTests {
  /// Compares op(A)·op(B) in all four ways, on windows of larger matrices, with the definition.
  private func products<S: BLASScalar>(_: S.Type, tolerance: Double) {
    for (m, n, k) in [(1, 1, 1), (3, 4, 5), (17, 9, 33), (64, 70, 65), (2, 5, 1)] {
      for transposeA in [Transposed.no, .yes] {
        for transposeB in [Transposed.no, .yes] {
          let a = transposeA == .no ? randomMatrix(m, k, seed: 1, S.self) : randomMatrix(k, m, seed: 1, S.self)
          let b = transposeB == .no ? randomMatrix(k, n, seed: 2, S.self) : randomMatrix(n, k, seed: 2, S.self)
          let wanted = naiveProduct(transposeA == .no ? a : a.transposed, transposeB == .no ? b : b.transposed)
          let place = Buffer<S>(count: (m + 2) * (n + 3))
          place.row.fill(.nan)
          let window = place.view(rows: m + 2, columns: n + 3).window(rows: 1..<m + 1, columns: 2..<n + 2)
          a.withView { a in b.withView { b in gemm(a, transposeA, b, transposeB, into: window) } }
          #expect(distance(window.matrix, wanted) < tolerance, "\(S.self) \(m) \(n) \(k) \(transposeA) \(transposeB)")
          #expect(place.values.filter(\.isNaN).count == (m + 2) * (n + 3) - m * n, "wrote outside the window")
        }
      }
    }
  }

  @Test func gemmIsTheProduct() {
    products(Float.self, tolerance: 2e-5)
    products(Double.self, tolerance: 1e-13)
  }

  @Test func alphaAndBeta() {
    let a = randomMatrix(4, 3, seed: 1, Double.self)
    let b = randomMatrix(3, 5, seed: 2, Double.self)
    var c = randomMatrix(4, 5, seed: 3, Double.self)
    let before = c
    a.withView { a in b.withView { b in c.withMutableView { gemm(a, .no, b, .no, into: $0, alpha: 2, beta: -0.5) } } }
    let product = naiveProduct(a, b)
    for i in 0..<20 { #expect(abs(c.values[i] - (2 * product.values[i] - 0.5 * before.values[i])) < 1e-14) }
  }

  @Test func aProductOverNothingKeepsItsShareOfBefore() {
    let empty = Buffer<Float>(count: 0)
    let y = Buffer<Float>(count: 11)
    y.values = (0..<11).map { Float($0) }
    gemv(
      empty.view(rows: 11, columns: 0).readOnly, .no, empty.view(rows: 1, columns: 0).readOnly, into: y.row, beta: 0.5)
    #expect(y.values == (0..<11).map { Float($0) / 2 })
    y.row.fill(.nan)
    gemv(empty.view(rows: 11, columns: 0).readOnly, .no, empty.view(rows: 1, columns: 0).readOnly, into: y.row)
    #expect(y.values == [Float](repeating: 0, count: 11))
  }

  @Test func sumsOverNothingAreZero() {
    let empty = Buffer<Float>(count: 0)
    let c = Buffer<Float>(count: 6)
    c.row.fill(7)
    gemm(
      empty.view(rows: 2, columns: 0).readOnly, .no, empty.view(rows: 0, columns: 3).readOnly, .no,
      into: c.view(rows: 2, columns: 3))
    #expect(c.values == [0, 0, 0, 0, 0, 0])
    gemm(
      empty.view(rows: 0, columns: 2).readOnly, .no, c.view(rows: 2, columns: 3).readOnly, .no,
      into: empty.view(rows: 0, columns: 3))
  }

  @Test func gemvIsGemmOfAColumn() {
    let a = randomMatrix(6, 4, Double.self)
    for (transpose, x) in [(Transposed.no, randomMatrix(1, 4, Double.self)), (.yes, randomMatrix(1, 6, Double.self))] {
      let wanted = naiveProduct(transpose == .no ? a : a.transposed, x.transposed)
      var y = Matrix<Double>(rows: 1, columns: wanted.rows)
      a.withView { a in x.withView { x in y.withMutableView { gemv(a, transpose, x, into: $0) } } }
      #expect(distance(y.transposed, wanted) < 1e-14)
    }
  }

  @Test func syrkFillsBothTriangles() {
    let a = randomMatrix(7, 4, Float.self)
    for (transpose, wanted) in [(Transposed.yes, naiveProduct(a.transposed, a)), (.no, naiveProduct(a, a.transposed))] {
      var c = Matrix<Float>(rows: wanted.rows, columns: wanted.rows)
      c.withMutableView { $0.fill(.nan) }
      a.withView { a in c.withMutableView { syrk(a, transpose, into: $0) } }
      #expect(distance(c, wanted) < 1e-5)
      a.withView { a in c.withMutableView { syrk(a, transpose, into: $0, alpha: 1, beta: 1) } }
      #expect(distance(c, Matrix(rows: c.rows, columns: c.rows, values: wanted.values.map { 2 * $0 })) < 2e-5)
    }
  }

  @Test func reductionsTotalInDouble() {
    let count = 3_000_000
    let x = Buffer<Float>(count: count)
    x.row.fill(0.1)
    let view = x.view(rows: 3, columns: count / 3).readOnly
    #expect(abs(sum(view) / Double(count) - Double(Float(0.1))) < 1e-8)
    #expect(abs(sumOfSquares(view) / Double(count) - Double(Float(0.1)) * Double(Float(0.1))) < 1e-9)
    let y = Buffer<Float>(count: count)
    #expect(abs(squaredDistance(view, y.view(rows: 3, columns: count / 3).readOnly) - sumOfSquares(view)) < 1e-9)
  }

  @Test func columnSumsAndRowSums() {
    let a = randomMatrix(9, 5, Double.self)
    var sums = Matrix<Double>(rows: 1, columns: 5)
    a.withView { a in sums.withMutableView { columnSums(a, into: $0) } }
    for j in 0..<5 { #expect(abs(sums[0, j] - (0..<9).reduce(0) { $0 + a[$1, j] }) < 1e-14) }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func nonFiniteNumbersAreFoundAnywhere(bad: Float) {
    for length in [1, 7, 8, 9, 300] {
      for place in [0, length / 2, length - 1] {
        var row = Matrix<Float>(rows: 1, columns: length, values: (0..<length).map { Float($0) })
        #expect(row.withView { allFinite($0) })
        row[0, place] = bad
        #expect(!row.withView { allFinite($0) }, "\(bad) at \(place) of \(length)")
      }
    }
  }

  @Test func logisticLossIsItsDefinition() {
    let y = randomMatrix(3, 700, seed: 1, Float.self)
    let scaled = Matrix<Float>(rows: 3, columns: 700, values: y.values.map { 30 * $0 * $0 * $0 })
    let target = Matrix<Float>(
      rows: 3, columns: 700, values: randomMatrix(3, 700, seed: 2, Float.self).values.map { abs($0) })
    var gradient = Matrix<Float>(rows: 3, columns: 700)
    let value = scaled.withView { y in
      target.withView { x in gradient.withMutableView { logisticLoss(y, target: x, scale: 0.25, gradient: $0) } }
    }
    var wanted = 0.0
    for (i, (a, x)) in zip(scaled.values, target.values).enumerated() {
      let (a, x) = (Double(a), Double(x))
      wanted += Double.softplus(a) - x * a
      #expect(abs(Double(gradient.values[i]) - 0.25 * (Double.sigmoid(a) - x)) < 1e-7)
    }
    #expect(abs(value - wanted) < 2100 * 6e-8 + 1e-6 * wanted)
  }

  @Test func pixelsAreQuotients() {
    let bytes = (0...255).map { UInt8($0) }
    var row = Matrix<Float>(rows: 1, columns: 256)
    row.withMutableView { convertPixels(bytes, from: 0, into: $0, row: 0) }
    for byte in 0...255 { #expect(row[0, byte] == Float(byte) / 255, "\(byte)") }
  }
}
