import Autoencoders
import Datasets
import Foundation
import Linalg
import Testing

/// Probabilistic PCA where samples are few or features follow from others.
@Suite struct PCADensityTests {
  struct Golden: Decodable {
    let noise_variance, log_likelihood, log_likelihood_of_58: Double
    let minka: Int
  }

  static let golden: Golden = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/numpy_wide_pca.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }()

  /// Golden/numpy_wide_pca.py makes the same table of 60 samples of 300 features, which has 15 directions over noise.
  static let table: Matrix<Double> = {
    func h(_ a: Int, _ b: Int) -> Double {
      let v = 43758.5453 * sin(12.9898 * Double(a) + 78.233 * Double(b))
      return v - v.rounded(.down) - 0.5
    }
    var x = Matrix<Double>(rows: 60, columns: 300)
    for i in 0..<60 {
      for j in 0..<300 {
        x[i, j] = 3 * (0..<15).reduce(0.0) { $0 + h(i, $1) * h(j + 100, $1 + 50) } + h(i + 7, j + 1000) / 2
      }
    }
    return x
  }()

  private func meanLogLikelihood(_ pca: PCA, _ x: Matrix<Double>) throws -> Double {
    try pca.logLikelihood(x).reduce(0, +) / Double(x.rows)
  }

  /// The golden numbers come from the covariance of Tipping and Bishop (1999), written out, and from Minka's sum over
  /// all 300 eigenvalues.
  @Test(arguments: [PCA.Solver.svd, .gram, .randomized])
  func fewerSamplesThanFeatures(solver: PCA.Solver) throws {
    let (x, golden) = (Self.table, Self.golden)
    let pca = try PCA.fit(x, .components(15), solver: solver)
    #expect(abs(pca.noiseVariance - golden.noise_variance) < 1e-5 * golden.noise_variance)
    #expect(abs(try meanLogLikelihood(pca, x) - golden.log_likelihood) < 1e-3)
    if solver == .randomized { return }
    #expect(abs(try meanLogLikelihood(pca, x) - golden.log_likelihood) < 1e-7)
    let most = try PCA.fit(x, .components(58), solver: solver)
    #expect(abs(try meanLogLikelihood(most, x) - golden.log_likelihood_of_58) < 1e-6)
    #expect(try PCA.fit(x, .minka, solver: solver).size == golden.minka)
  }

  /// A model in Float says the same, before and after it was in a file, whatever noise variance the file names.
  @Test func aModelKnowsTheSameDensity() throws {
    let x = Self.table
    let data = Dataset(Matrix(rows: 60, columns: 300, values: x.values.map { Float($0) }), source: "table")
    let model = try Model(try PCA.fit(x, .components(15)), shape: [300])
    #expect(abs(try model.evaluate(data).logLikelihood! - Self.golden.log_likelihood) < 1e-2)
    let path = temporaryPath("wide.safetensors")
    try model.save(to: path)
    #expect(try Model.load(path).density == model.density)
    // Earlier versions wrote the mean of the variances that 60 samples could show.
    let earlier = #"{"explainedVariance":[3],"noiseVariance":0.5,"features":10,"totalVariance":7.5,"samples":4}"#
    let density = try JSONDecoder().decode(PCADensity.self, from: Data(earlier.utf8))
    #expect(density.noiseVariance == 0.5 && density.whyUndefined == nil)
    let wrong = earlier.replacing("0.5", with: "2.25")
    #expect(try JSONDecoder().decode(PCADensity.self, from: Data(wrong.utf8)) == density)
  }

  /// Where all variance lies in the components, the density on all features does not exist, and rounding makes none.
  @Test(arguments: [PCA.Solver.svd, .gram, .randomized], [false, true])
  func dataThatDoNotFillTheirSpace(solver: PCA.Solver, roundsToFloat: Bool) throws {
    var random = RandomStream(seed: 4, purpose: .other)
    var sources = Matrix<Double>(rows: 100, columns: 2)
    var mixing = Matrix<Double>(rows: 2, columns: 6)
    sources.withMutableView { random.fillNormal($0) }
    mixing.withMutableView { random.fillNormal($0) }
    var x = sources.product(with: mixing)
    if roundsToFloat { for i in 0..<100 { for j in 0..<6 { x[i, j] = Double(Float(x[i, j])) } } }
    let pca = try PCA.fit(x, .components(2), solver: solver)
    #expect(pca.noiseVariance == 0)
    #expect(
      pca.density.whyUndefined
        == "ln p(x) is not defined: 4 of 6 directions have no variance; keep fewer components, or leave out features "
        + "that follow from others")
    #expect(throws: InvalidArgument.self) { try pca.logLikelihood(x) }
    #expect(try PCA.fit(x, .components(3), solver: solver).density.whyUndefined != nil)
    #expect(try PCA.fit(x, .components(6), solver: solver).density.whyUndefined != nil)
    #expect(try PCA.fit(x, .components(1), solver: solver).density.whyUndefined == nil)
    let data = Dataset(Matrix(rows: 100, columns: 6, values: x.values.map { Float($0) }), source: "table")
    #expect(try Model(pca, shape: [6]).evaluate(data).logLikelihood == nil)
    // Of 10 samples, 9 components leave nothing over.
    #expect(try PCA.fit(Self.table.rows(0..<10), .components(9), solver: solver).density.whyUndefined != nil)
  }
}
