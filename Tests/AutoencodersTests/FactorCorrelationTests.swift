import Autoencoders
import Linalg
import Testing

@testable import Datasets

/// Correlations of codes with factors are held against their formulas and against independence.
@Suite struct FactorCorrelationTests {
  /// Returns a model whose code is its input.
  private func identity(_ features: Int, for data: Dataset) throws -> Model {
    var model = try Model(
      .linear(latent: features).with { $0.scaling = Scaling.Kind.none }, for: data)
    model.set("encoder.0.weight", Matrix<Double>.identity(features).values)
    return model
  }

  private func data(_ codes: Matrix<Float>, _ factors: Matrix<Float>) -> Dataset {
    Dataset(
      .numbers(codes.values), count: codes.rows, shape: [codes.columns], factors: factors,
      factorNames: (0..<factors.columns).map { "f\($0)" }, source: "codes")
  }

  /// By hand: the classes 0, 1, 2 have the code's values (1, 3), (10, 12), (4, 6). The means are 2, 11, 5 around 6, so
  /// between the classes lie 2 (16 + 25 + 1) = 84 of 84 + 6 · 1 = 90. The order of the classes does not matter to η,
  /// and scikit-learn's `f_classif` gives the same F = 42/2 = 21 = η²/(1 − η²) · 3/2.
  @Test func classesHaveACorrelationRatio() throws {
    let codes = Matrix<Float>(rows: 6, columns: 1, values: [1, 3, 10, 12, 4, 6])
    for values: [Float] in [[0, 0, 1, 1, 2, 2], [5, 5, 0, 0, 1, 1]] {
      let data = data(codes, Matrix(rows: 6, columns: 1, values: values))
      let found = try #require(try identity(1, for: data).factorCorrelations(data))[0]
      #expect(found.measure == .correlationRatio && abs(found.correlation - (84.0 / 90).squareRoot()) < 1e-6)
    }
    let numbers = data(codes, Matrix(rows: 6, columns: 1, values: [0.5, 0, 1, 2, 3, 4]))
    #expect(try identity(1, for: numbers).factorCorrelations(numbers)?[0].measure == .pearson)
  }

  /// 40 dimensions of pure noise have a largest |r| far from 0, and it is the level of chance. For n samples r is near
  /// N(0, 1/n), and the expected largest |r| of 40 is 0.122 for 400. η² of ten classes is near χ²₉/n, of which the
  /// expected largest η is 0.226 (both are means of 4000 draws of the 40 in NumPy).
  @Test func theLargestOfManyHasALevelOfChance() throws {
    var codes = Matrix<Float>(rows: 400, columns: 40)
    var random = RandomStream(seed: 6, purpose: .other)
    codes.withMutableView { random.fillNormal($0) }
    var factors = Matrix<Float>(rows: 400, columns: 3)
    factors.withMutableView { random.fillNormal($0) }
    for i in 0..<400 {
      factors[i, 1] = Float(i % 10)
      // The third factor is told by dimension 8.
      factors[i, 2] = codes[i, 7] + 0.5 * factors[i, 2]
    }
    let data = data(codes, factors)
    let found = try #require(try identity(40, for: data).factorCorrelations(data))
    #expect(abs(found[0].chanceLevel - 0.122) < 0.012 && abs(found[1].chanceLevel - 0.226) < 0.015, "\(found)")
    #expect(abs(found[0].correlation) < 1.5 * found[0].chanceLevel && found[1].correlation < 1.5 * found[1].chanceLevel)
    #expect(found[2].dimension == 8 && found[2].correlation > 0.85 && abs(found[2].chanceLevel - 0.122) < 0.012)
  }
}
