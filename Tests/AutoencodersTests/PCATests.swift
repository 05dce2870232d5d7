import Autoencoders
import Datasets
import Foundation
import Linalg
import Testing

@Suite struct PCATests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  /// Golden/sklearn_pca.py makes the same table.
  static let table: Matrix<Double> = {
    var x = Matrix<Double>(rows: 50, columns: 6)
    for i in 0..<50 {
      for j in 0..<6 {
        let (a, b) = (Double(i), Double(j))
        x[i, j] = sin(0.7 * a + 1.3 * b + 0.11 * a * b) + (j == 2 ? 0.05 * a : 0) + 3
      }
    }
    return x
  }()

  struct Golden: Decodable {
    let mean, components, explained_variance, explained_variance_ratio, score_samples: [Double]
    let noise_variance: Double
    let mle_components: Int
    let components_for_0_8: Int

    enum CodingKeys: String, CodingKey {
      case mean, components, explained_variance, explained_variance_ratio, score_samples, noise_variance
      case mle_components
      case components_for_0_8 = "components_for_0.8"
    }
  }

  static let golden: Golden = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/sklearn_pca.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }()

  static let exact: [PCA.Solver] = [.auto, .svd, .gram]

  private func expectClose(_ a: [Double], _ b: [Double], _ tolerance: Double, _ what: String) {
    #expect(a.count == b.count)
    for (x, y) in Swift.zip(a, b) { #expect(abs(x - y) <= tolerance * max(1, abs(y)), "\(what): \(x), \(y)") }
  }

  @Test(arguments: PCA.Solver.allCases)
  func equalsScikitLearn(solver: PCA.Solver) throws {
    let pca = try PCA.fit(Self.table, .components(3), solver: solver)
    let golden = Self.golden
    // The randomized solver multiplies its random directions in Float.
    let tolerance = solver == .randomized ? 2e-5 : 1e-11
    expectClose(pca.mean, golden.mean, 1e-13, "mean")
    expectClose(pca.components.values, golden.components, tolerance, "components")
    expectClose(pca.explainedVariance, golden.explained_variance, tolerance, "variance")
    expectClose(pca.explainedVarianceRatio, golden.explained_variance_ratio, tolerance, "ratio")
    expectClose([pca.noiseVariance], [golden.noise_variance], tolerance, "noise")
    let scores = try pca.logLikelihood(Self.table.rows(0..<5))
    expectClose(scores, golden.score_samples, tolerance * 20, "log-likelihood")
  }

  @Test(arguments: exact)
  func sizesAreChosenAsScikitLearnDoes(solver: PCA.Solver) throws {
    #expect(try PCA.fit(Self.table, .minka, solver: solver).size == Self.golden.mle_components)
    #expect(try PCA.fit(Self.table, .share(0.8), solver: solver).size == Self.golden.components_for_0_8)
  }

  /// Neither equal variances nor variances as small as rounding mislead Minka's choice: it finds three directions over
  /// noise as three.
  @Test func minkaSeesTheNoiseFloor() throws {
    var random = RandomStream(seed: 9, purpose: .other)
    var x = Matrix<Double>(rows: 1000, columns: 8)
    x.withMutableView { random.fillNormal($0) }
    for i in 0..<1000 {
      for j in 0..<3 { x[i, j] *= 5 }
      // The last column repeats the first, which gives a component whose variance is only rounding.
      x[i, 7] = x[i, 0]
    }
    #expect(try PCA.fit(x, .minka, solver: .svd).size == 3)
    #expect(try PCA.fit(x, .minka, solver: .gram).size == 3)
    var cross = Matrix<Double>(rows: 10, columns: 5)
    for j in 0..<5 {
      cross[2 * j, j] = j == 0 ? 2 : 1
      cross[2 * j + 1, j] = j == 0 ? -2 : -1
    }
    #expect(try PCA.fit(cross, .minka, solver: .svd).size < 5)
  }

  /// One pixel differs once in many samples, and its variance is exact to the last digits.
  @Test func aPixelThatHardlyChanges() throws {
    let count = 60_000
    var bytes = [UInt8](repeating: 0, count: 2 * count)
    bytes[1] = 1
    for i in 0..<count { bytes[2 * i] = UInt8(i % 2) }
    let data = Dataset(pixels: bytes, count: count, shape: [2], source: "pixels")
    let pca = try PCA.fit(SampleStream(data), .components(2), solver: .gram)
    let n = Double(count)
    let wanted = (n / 4 + (1 - 1 / n)) / (n - 1) / 255 / 255
    #expect(abs(pca.totalVariance - wanted) < 1e-13 * wanted)
  }

  @Test(arguments: PCA.Solver.allCases)
  func invariants(solver: PCA.Solver) throws {
    let data = pixelData(samples: 300)
    let pca = try PCA.fit(SampleStream(data), .components(4), solver: solver)
    let products = pca.components.product(with: pca.components, .yes)
    for i in 0..<4 { for j in 0..<4 { #expect(abs(products[i, j] - (i == j ? 1 : 0)) < 1e-6) } }
    #expect(pca.explainedVariance == pca.explainedVariance.sorted(by: >))
    for i in 0..<4 {
      let row = pca.components.rows(i..<i + 1).values
      #expect(row.max()! >= -row.min()!)
    }
    // The error of the reconstruction is the variance that the components leave out.
    let x = doubles(data)
    let y = pca.reconstruct(x)
    let error = Swift.zip(x.values, y.values).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let left = (pca.totalVariance - pca.explainedVariance.reduce(0, +)) * 299
    #expect(abs(error - left) < 1e-5 * left)
    // Whitened codes have unit covariance, and decoding them gives the same reconstruction.
    let white = pca.encode(x, whiten: true)
    let covariance = white.product(.yes, with: white)
    for i in 0..<4 { for j in 0..<4 { #expect(abs(covariance[i, j] / 299 - (i == j ? 1 : 0)) < 1e-4) } }
    let back = pca.decode(white, whitened: true)
    #expect(Swift.zip(back.values, y.values).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func pixelsGiveTheSameAsTheirNumbers() throws {
    let pixels = pixelData(samples: 2500)
    let numbers = doubles(pixels)
    let whole = try PCA.fit(SampleStream(pixels), .components(5), solver: .gram)
    let wanted = try PCA.fit(numbers, .components(5), solver: .svd)
    // The bytes are exact, whereas their quotients by 255 are rounded to Float.
    expectClose(whole.explainedVariance, wanted.explainedVariance, 1e-6, "variance")
    expectClose(whole.mean, wanted.mean, 1e-6, "mean")
    for threads in [1, 3] {
      let other = try PCA.fit(SampleStream(pixels), .components(5), solver: .gram, threads: threads)
      #expect(other == whole)
    }
  }

  @Test(arguments: PCA.Solver.allCases)
  func sameBitsForAnyNumberOfThreads(solver: PCA.Solver) throws {
    let data = SampleStream(curvedData(samples: 3000))
    let one = try PCA.fit(data, .components(4), solver: solver, threads: 1)
    for threads in [2, 3, 4] {
      #expect(try PCA.fit(data, .components(4), solver: solver, threads: threads) == one)
    }
  }

  @Test(arguments: exact)
  func degenerateData(solver: PCA.Solver) throws {
    // The data have rank 1 in three columns, of which the last is constant.
    let line = Matrix<Double>(rows: 4, columns: 3, values: [1, 2, 7, 2, 4, 7, 3, 6, 7, 4, 8, 7])
    let pca = try PCA.fit(line, .components(3), solver: solver)
    expectClose(pca.explainedVariance, [25.0 / 3, 0, 0], 1e-12, "variance")
    let direction = 1 / 5.0.squareRoot()
    expectClose(pca.components.rows(0..<1).values, [direction, 2 * direction, 0], 1e-12, "direction")
    let products = pca.components.product(with: pca.components, .yes)
    for i in 0..<3 { for j in 0..<3 { #expect(abs(products[i, j] - (i == j ? 1 : 0)) < 1e-12) } }
    // The data have fewer samples than features.
    let wide = Matrix<Double>(rows: 2, columns: 5, values: [1, 0, 0, 0, 1, 0, 1, 0, 0, 1])
    let pair = try PCA.fit(wide, .components(1), solver: solver)
    expectClose(pair.explainedVariance, [1], 1e-12, "variance")
    #expect(pair.noiseVariance == 0)
    expectClose(pair.reconstruct(wide).values, wide.values, 1e-12, "reconstruction")
    for (size, text) in [
      (PCA.Size.components(2), "latent 2: 2 samples of 5 features have from 1 to 1 components"),
      (.share(1.5), "latent 1.5: a share of the variance lies between 0 and 1"),
    ] {
      #expect { try PCA.fit(wide, size, solver: solver) } throws: { "\($0)" == text }
    }
    let single = Matrix<Double>(rows: 1, columns: 2, values: [1, 2])
    #expect { try PCA.fit(single, .components(1), solver: solver) } throws: {
      "\($0)" == "matrix: one sample has no variance; PCA needs at least two"
    }
    let constant = Matrix<Double>(rows: 5, columns: 2, values: Array(repeating: 3, count: 10))
    let flat = try PCA.fit(constant, .components(1), solver: solver)
    #expect(flat.explainedVariance == [0] && flat.explainedVarianceRatio == [0] && flat.mean == [3, 3])
    #expect(flat.encode(constant, whiten: true).values.allSatisfy { $0 == 0 })
  }

  @Test func constantPixelsAreNoTrouble() throws {
    let bytes: [UInt8] = [9, 0, 200, 9, 255, 200, 9, 255, 200, 9, 0, 200]
    let data = Dataset(pixels: bytes, count: 4, shape: [3], source: "pixels")
    let pca = try PCA.fit(SampleStream(data), .components(3), solver: .gram)
    expectClose(pca.explainedVariance, [1.0 / 3, 0, 0], 1e-12, "variance")
    expectClose(pca.mean, [9.0 / 255, 0.5, 200.0 / 255], 1e-12, "mean")
    let products = pca.components.product(with: pca.components, .yes)
    #expect(products == .identity(3))
    let same = Dataset(pixels: Array(repeating: 5, count: 12), count: 4, shape: [3], source: "pixels")
    #expect(try PCA.fit(SampleStream(same), .components(2), solver: .gram).explainedVariance == [0, 0])
  }

  /// The data have singular values from 1 to 1e-7 around a mean of 1e4. Entries of 1e4 carry an error of 1e-12, which
  /// is 1e-5 of the smallest singular value. `svd` keeps about five digits of that value, `gram` keeps the leading
  /// digit, and `randomized` sees the first three decades.
  @Test(arguments: [(PCA.Solver.svd, 8, 1e-4), (.gram, 7, 0.02), (.randomized, 3, 1e-2)])
  func illConditionedData(solver: PCA.Solver, counted: Int, tolerance: Double) throws {
    var random = RandomStream(seed: 5, purpose: .other)
    func orthonormal(_ rows: Int, _ columns: Int) throws -> Matrix<Double> {
      var matrix = Matrix<Double>(rows: rows, columns: columns)
      matrix.withMutableView { random.fillNormal($0) }
      for j in 0..<columns {
        let mean = (0..<rows).reduce(0.0) { $0 + matrix[$1, j] } / Double(rows)
        if rows > columns { for i in 0..<rows { matrix[i, j] -= mean } }
      }
      return try QR(matrix).q
    }
    let values = (0..<8).map { pow(10, -Double($0)) }
    var scaled = try orthonormal(200, 8)
    for i in 0..<200 { for j in 0..<8 { scaled[i, j] *= values[j] } }
    var x = scaled.product(with: try orthonormal(8, 8))
    for i in 0..<200 { for j in 0..<8 { x[i, j] += 1e4 } }
    let pca = try PCA.fit(x, .components(8), solver: solver)
    for k in 0..<counted {
      let found = (pca.explainedVariance[k] * 199).squareRoot()
      #expect(abs(found - values[k]) < tolerance * values[k], "\(solver) \(values[k]): \(found)")
    }
  }

  /// With Float input, `svd` keeps the digits of columns of very different sizes.
  @Test func smallComponentsOfFloatsSurvive() throws {
    var table = Matrix<Float>(rows: 300, columns: 8)
    var random = RandomStream(seed: 6, purpose: .other)
    table.withMutableView { random.fillNormal($0) }
    for i in 0..<300 { for j in 0..<8 { table[i, j] *= Float(pow(10, -Double(j))) } }
    let pca = try PCA.fit(SampleStream(Dataset(table, source: "table")), .components(8), solver: .svd)
    for k in 0..<8 {
      let deviation = pca.explainedVariance[k].squareRoot() * pow(10, Double(k))
      #expect(deviation > 0.8 && deviation < 1.2, "component \(k): \(deviation)")
    }
  }

  @Test func aModelOfComponents() throws {
    let data = pixelData(samples: 200)
    let pca = try PCA.fit(SampleStream(data), .components(3))
    let model = try Model(pca, shape: data.shape)
    let x = doubles(data)
    let (codes, wanted) = (try model.encode(data), pca.encode(x))
    #expect(Swift.zip(codes.values, wanted.values).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    let evaluation = try model.evaluate(data)
    let likelihood = try pca.logLikelihood(x).reduce(0, +) / 200
    #expect(abs(evaluation.logLikelihood! - likelihood) < 1e-3 * abs(likelihood))
    let path = temporaryPath("pca.safetensors")
    try model.save(to: path)
    let read = try Model.load(path)
    #expect(read.density == model.density && read.parameters == model.parameters)
  }

  /// A large file comes in chunks, which give the same result as the whole file.
  @Test(arguments: PCA.Solver.allCases)
  func aFileLargerThanMemory(solver: PCA.Solver) throws {
    var table = Matrix<Float>(rows: 2000, columns: 20)
    var random = RandomStream(seed: 8, purpose: .other)
    table.withMutableView { random.fillUniform($0, -3, 5) }
    for i in 0..<2000 { for j in 0..<20 { table[i, j] *= Float(j + 1) } }
    let path = temporaryPath("large.npy")
    let writer = try NPYWriter(path, shape: [2000, 20])
    try writer.append(table.values)
    try writer.commit()
    let stream = try SampleStream.open(path, memory: 1 << 16)
    #expect(stream.dataset == nil && stream.count == 2000)
    var chunks = 0
    try stream.forEachChunk { _ in chunks += 1 }
    #expect(chunks > 10)
    let whole = try PCA.fit(try SampleStream.open(path), .components(3), solver: solver)
    let parts = try PCA.fit(stream, .components(3), solver: solver)
    expectClose(parts.explainedVariance, whole.explainedVariance, solver == .randomized ? 1e-5 : 1e-12, "variance")
    #expect(try stream.range() == stream.firstSamples(0xFFFF).range || chunks > 1)
  }

  private func doubles(_ data: Dataset) -> Matrix<Double> {
    var x = Matrix<Double>(rows: data.count, columns: data.featureCount)
    x.withMutableView { data.gather(rows: 0..<data.count, into: $0) }
    return x
  }
}
