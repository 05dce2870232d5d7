import Autoencoders
import Datasets
import Linalg
import Testing

@Suite struct ComparisonTests {
  /// The principal angles of two planes are 0 and the known angle by which one plane is turned from the other.
  @Test(arguments: [1e-9, 1e-4, 0.3, 1.2])
  func principalAnglesAreThoseOfARotation(angle: Double) throws {
    let a = Matrix<Double>(rows: 2, columns: 4, values: [2, 0, 0, 0, 1, 3, 0, 0])
    // Compared with the plane of `a`, the first direction stays, and the second turns out of the plane.
    let b = Matrix<Double>(
      rows: 2, columns: 4, values: [1, 0, 0, 0, 5, cosine(angle), sine(angle), 0])
    let angles = try principalAngles(a, b)
    #expect(abs(angles[0]) < 1e-12 && abs(angles[1] - angle) < 1e-12, "\(angles)")
  }

  @Test func theIntervalHoldsTheMean() {
    // Half of the 400 values are 0, half are 1, so their mean has a standard deviation of 0.025. The interval is ±1.96
    // of these deviations.
    let values = (0..<400).map { Double($0 % 2) }
    let interval = BootstrapInterval(meanOf: values)
    #expect(interval.mean == 0.5)
    #expect(abs(interval.low - 0.451) < 0.006 && abs(interval.high - 0.549) < 0.006, "\(interval)")
    #expect(interval == BootstrapInterval(meanOf: values))
    let same = BootstrapInterval(meanOf: [3, 3, 3])
    #expect(same.low == 3 && same.high == 3)
  }

  @Test func squaredErrorsAreTheEvaluationsTerms() throws {
    let data = pixelData(samples: 30)
    let model = try Model(.vanilla(latent: 3), for: data)
    for scaling in [nil, Scaling.none] {
      let errors = try model.squaredErrors(data, in: scaling)
      #expect(errors.count == 30)
      let mean = errors.reduce(0, +) / 30
      #expect(try abs(mean - model.evaluate(data).squaredErrorPerSample) < 1e-6 * mean)
    }
  }

  /// The decoder of a linear autoencoder trained to convergence spans the principal components (Baldi and Hornik 1989).
  @Test func aLinearAutoencoderBecomesPCA() throws {
    let data = curvedData(samples: 400)
    let pca = try PCA.fit(SampleStream(data), .components(2))
    let model = try Trainer(
      TrainingOptions(epochs: 300, batch: 50, learningRate: 0.01, seed: 1)
    ).train(try Model(.linear(latent: 2), for: data, seed: 1), on: data)
    let wanted = try Model(pca, shape: data.shape).evaluate(data).squaredErrorPerSample
    let found = try model.evaluate(data).squaredErrorPerSample
    #expect(found < 1.01 * wanted && found > wanted * 0.9999, "\(found), PCA \(wanted)")
    let weight = try #require(model.tensor("decoder.0.weight"))
    let span = Matrix<Double>(rows: weight.rows, columns: weight.columns, values: weight.values.map { Double($0) })
    let angles = try principalAngles(span.transposed, pca.components)
    #expect(angles.max()! < 5 * Double.pi / 180, "\(angles)")
  }
}
