import Autoencoders
import Datasets
import Linalg
import Testing

@Suite struct NoiseTests {
  private let data = curvedData(samples: 2000, shape: [50])

  @Test func corruptionIsAsItIsNamed() throws {
    let model = try Model(.deep(hidden: [8], latent: 2), for: data)
    var clean = Matrix<Float>(rows: data.count, columns: 50)
    clean.withMutableView { data.gather(rows: 0..<data.count, into: $0) }
    let masked = try model.corrupted(data, by: .masking(share: 0.3))
    let zeros = masked.values.count { $0 == 0 }
    // For the share of 100,000 numbers, four standard deviations are 0.006.
    #expect(abs(Double(zeros) / 100_000 - 0.3) < 0.006)
    #expect(zip(masked.values, clean.values).allSatisfy { $0 == 0 || $0 == $1 })
    let salted = try model.corrupted(data, by: .saltAndPepper(share: 0.2))
    let (salt, pepper) = (salted.values.count { $0 == 1 }, salted.values.count { $0 == 0 })
    #expect(abs(Double(salt) / 100_000 - 0.1) < 0.004 && abs(Double(pepper) / 100_000 - 0.1) < 0.004)
    let noisy = try model.corrupted(data, by: .gaussian(deviation: 0.5))
    let differences = zip(noisy.values, clean.values).map { Double($0 - $1) }
    let mean = differences.reduce(0, +) / 100_000
    let variance = differences.reduce(0) { $0 + $1 * $1 } / 100_000
    #expect(abs(mean) < 0.007 && abs(variance - 0.25) < 0.005)
    let shifts = zip(try model.corrupted(data, by: .uniform(width: 0.5)).values, clean.values).map { Double($0 - $1) }
    #expect(shifts.allSatisfy { abs($0) < 0.2501 } && shifts.max()! > 0.249 && shifts.min()! < -0.249)
    #expect(abs(shifts.reduce(0, +) / 100_000) < 0.002)
    #expect(try model.corrupted(data, by: .masking(share: 0.3)) == masked)
    #expect(try model.corrupted(data, by: .masking(share: 0.3), seed: 1) != masked)
  }

  @Test(arguments: ["gaussian:0.3", "masking:0.5", "salt-and-pepper:0.25", "uniform:0.1"])
  func corruptionsAreWrittenAsTheyAreRead(text: String) {
    #expect(Corruption(text)?.description == text)
  }

  @Test(arguments: [
    "gaussian", "gaussian:", "gaussian:-1", "uniform:-1", "masking:1.5", "masking:nan", "snow:0.1", "masking:0.1:2",
  ])
  func whatIsNoCorruptionIsRefused(text: String) { #expect(Corruption(text) == nil) }

  @Test func aDenoisingModelCleansAndTheNumbersAgree() throws {
    let recipe = Recipe.denoising(noise: .masking(share: 0.5), hidden: [64], latent: 8)
    let model = try Model(recipe.with { $0.loss = .squaredError }, for: data, seed: 1)
    let trained = try Trainer(TrainingOptions(epochs: 40, batch: 50)).train(model, on: data)
    let evaluation = try trained.evaluate(data, noise: .masking(share: 0.5))
    #expect(evaluation.gainDB! > 8, "\(evaluation)")
    #expect(try trained.evaluate(data, noise: .masking(share: 0)).gainDB == nil)
    // The same error follows from the reconstruction that the model gives.
    let cleaned = try trained.reconstruct(data, corruptedBy: .masking(share: 0.5))
    var clean = Matrix<Float>(rows: data.count, columns: 50)
    clean.withMutableView { data.gather(rows: 0..<data.count, into: $0) }
    let error = zip(cleaned.values, clean.values).reduce(0.0) {
      $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
    }
    #expect(abs(error / 2000 - evaluation.squaredErrorCleaned) < 1e-5 * evaluation.squaredErrorCleaned)
  }

  @Test func errorsOfTheSameKindOfDataAreWithinThoseOfTraining() throws {
    let model = try Trainer(TrainingOptions(epochs: 60, learningRate: 3e-3)).train(
      try Model(.deep(hidden: [16], latent: 2), for: data), on: data)
    let same = try model.evaluateAll(curvedData(samples: 3000, shape: [50], seed: 8)).againstTraining!
    // A share of 0.01 of 3000 samples has a standard deviation of 0.0018, and the percentile of the 2000 training
    // samples adds one of 0.0022. Together they make 0.0029, and the tolerance is nearly three times that.
    #expect(abs(same.shareBeyond99thPercentile - 0.01) < 0.008)
    var random = RandomStream(seed: 1, purpose: .other)
    var other = Matrix<Float>(rows: 100, columns: 50)
    other.withMutableView { random.fillUniform($0, 0, 1) }
    let foreign = try model.evaluateAll(Dataset(other, source: "noise")).againstTraining!
    #expect(foreign.shareBeyond99thPercentile > 0.95 && foreign.medianRatio! > 5)
  }

  /// Errors on the training samples are too small for a network that knows these by heart, so the percentiles are those
  /// of held-out samples where there are some. Of 3000 new samples a share of 0.01 has a standard deviation of 0.0018,
  /// and the percentile of 1000 held-out ones adds 0.0031: together 0.0036, of which the tolerance is three times.
  @Test func percentilesAreOfHeldOutSamplesWhereThereAreSome() throws {
    func noisy(_ samples: Int, seed: UInt64) -> Dataset {
      var values = Matrix<Float>(rows: samples, columns: 30)
      var random = RandomStream(seed: seed, purpose: .other)
      values.withMutableView { random.fillNormal($0) }
      return Dataset(values, source: "noise")
    }
    let (few, held, new) = (noisy(100, seed: 1), noisy(1000, seed: 2), noisy(3000, seed: 3))
    let trainer = Trainer(TrainingOptions(epochs: 150, learningRate: 3e-3))
    let start = try Model(.deep(hidden: [64], latent: 20), for: few)
    let alone = try trainer.train(start, on: few)
    #expect(alone.errorDistribution?.isHeldOut == false && alone.errorDistribution?.samples == 100)
    let against = try alone.evaluateAll(new).againstTraining!
    #expect(against.shareBeyond99thPercentile > 0.05, "\(against.shareBeyond99thPercentile)")
    let model = try trainer.train(start, on: few, validation: held)
    #expect(model.errorDistribution?.isHeldOut == true && model.errorDistribution?.samples == 1000)
    let path = temporaryPath("held-out.safetensors")
    try model.save(to: path)
    #expect(try Model.load(path).errorDistribution == model.errorDistribution)
    let same = try model.evaluateAll(new).againstTraining!
    #expect(abs(same.shareBeyond99thPercentile - 0.01) < 0.011, "\(same.shareBeyond99thPercentile)")
  }

  @Test func percentilesAreNumPys() {
    // The expected values are numpy.percentile([1, 2, 4, 8], [0, 25, 50, 99, 100]).
    let distribution = ErrorDistribution([4, 1, 8, 2])
    for (percent, wanted) in [(0, 1), (25, 1.75), (50, 3), (99, 7.88), (100, 8)] {
      #expect(abs(distribution.percentiles[percent] - wanted) < 1e-12)
    }
    #expect(distribution.mean == 3.75)
  }
}
