import Autoencoders
import Datasets
import Linalg
import Testing

/// The verdict on a variational code is held against codes whose distributions are set by hand.
@Suite struct PosteriorUseTests {
  /// Returns what is said of a code of three numbers, for samples x from N(0, 1): μⱼ = aⱼ x + bⱼ and ln σⱼ² = vⱼ.
  private func evaluation(
    slopes: [Double], centres: [Double], logVariances: [Double]
  ) throws -> VariationalEvaluation {
    var values = Matrix<Float>(rows: 4000, columns: 1)
    var random = RandomStream(seed: 3, purpose: .other)
    values.withMutableView { random.fillNormal($0) }
    let data = Dataset(values, source: "numbers")
    var model = try Model(
      .vae(hidden: [1], latent: 3, activation: .identity).with { $0.scaling = Scaling.Kind.none }, for: data)
    model.set("encoder.0.weight", [1])
    model.set("encoder.0.bias", [0])
    model.set("encoder.mean.weight", slopes)
    model.set("encoder.mean.bias", centres)
    model.set("encoder.log_variance.weight", [0, 0, 0])
    model.set("encoder.log_variance.bias", logVariances)
    return try #require(try model.evaluateVariational(data, draws: 1))
  }

  /// A code of small numbers with a σ of 0.007 tells samples apart, although Var μ is under 0.01. Its divergence in
  /// closed form is ½ (σ² + E μ² − 1 − ln σ²), 4.46 nats; that of the share is a²/(a² + σ²).
  @Test func smallNumbersWithASmallDeviationAreNoCollapse() throws {
    let v = 2 * Double.log(0.007)
    let e = try evaluation(slopes: [0.09, 0.09, 0.09], centres: [0, 0, 0], logVariances: [v, v, v])
    #expect(e.verdict == "no collapse: every dimension is in use")
    #expect(e.activeUnits == 3 && e.constantUnits == 0)
    let (square, noise) = (0.09 * 0.09, 0.007 * 0.007)
    #expect(abs(e.klByDimension[0] - 0.5 * (noise + square - 1 - v)) < 0.001)
    #expect(abs(e.signalShareByDimension[0] - square / (square + noise)) < 1e-3)
  }

  @Test func thePriorIsACollapse() throws {
    let e = try evaluation(slopes: [0.01, 0, 0], centres: [0, 0.1, 0], logVariances: [0, 0, 0.1])
    #expect(e.verdict.hasPrefix("the posterior has collapsed") && e.activeUnits == 0 && e.constantUnits == 0)
  }

  /// A constant code with σ = 1 and μ = 3 costs ½ · 9 nats, and one with σ = 0.007 costs 4.46; neither says anything.
  @Test func aConstantCodeIsNoCollapse() throws {
    let v = 2 * Double.log(0.007)
    let e = try evaluation(slopes: [0, 0, 1], centres: [3, 0, 0], logVariances: [0, v, -2])
    #expect(e.activeUnits == 1 && e.constantUnits == 2)
    #expect(
      e.verdict == "2 of 3 dimensions are constant, but far from the prior: they cost 8.96 nats and say nothing of x; "
        + "try more `epochs`, or less of `freeBits` where there is some")
    let mixed = try evaluation(slopes: [0, 0, 1], centres: [3, 0, 0], logVariances: [0, 0, -2])
    #expect(
      mixed.verdict.hasPrefix("1 of 3 dimensions has collapsed to the prior: about `latent` 1 would do;")
        && mixed.verdict.contains("; 1 of 3 dimensions is constant, but far from the prior: it costs 4.5 nats"))
  }
}
