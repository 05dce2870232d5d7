import Autoencoders
import Datasets
import Foundation
import Linalg
import Testing

/// These tests examine the bits of rounded codes as a penalty, and noise in place of rounding.
@Suite struct RateTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  private let data = curvedData(samples: 1000, shape: [20])

  /// Samples go straight into the penalty, which has λ = 1, and the decoder gives 0.
  private struct Alone<S: BLASScalar> {
    let network: Autoencoder
    let run: Propagation<S>
    let units: Int

    init(units: Int, width: Double, capacity: Int = 1) throws {
      self.units = units
      network = try Autoencoder(
        inputs: units, encoder: [.rate(1, width: width)], decoder: [.dense(units)], loss: SquaredError(), start: .he)
      run = Propagation(network, capacity: capacity, training: true, pool: WorkerPool(threads: 1))
      let decoder = network.layout.parameters.filter { $0.name.hasPrefix("decoder") }
      run.parameters.values = network.layout.initialValues(seed: 4).map { S($0) }
      for tensor in decoder { for i in 0..<tensor.count { run.parameters.row[0, tensor.offset + i] = 0 } }
    }

    func bits(_ samples: [[Double]]) -> Double {
      let input = run.input(rows: samples.count)
      var squares = 0.0
      for (i, sample) in samples.enumerated() {
        for (j, x) in sample.enumerated() {
          input[i, j] = S(x)
          squares += x * x
        }
      }
      return run.loss(rows: samples.count) - squares / Double(samples.count)
    }

    func value(_ table: String, _ unit: Int, _ k: Int) -> Double {
      let tensor = network.layout.parameters.first { $0.name == "encoder.rate.\(table)" }!
      return 10 * Double(run.parameters.row[0, tensor.offset + 3 * unit + k])
    }
  }

  /// The bits are −log₂ of the mixture's mass in x ± Δ/2, by its definition.
  @Test(arguments: [0.3, 1, 2.5]) func bitsAreTheirFormula(width: Double) throws {
    let alone = try Alone<Double>(units: 4, width: width, capacity: 300)
    var random = RandomStream(seed: 2, purpose: .other)
    // There are more than two blocks of samples.
    let samples = (0..<300).map { _ in (0..<4).map { _ in random.uniform(-4 * width, 4 * width) } }
    var wanted = 0.0
    for sample in samples {
      for (unit, x) in sample.enumerated() {
        let weights = (0..<3).map { Double.exp(alone.value("logits", unit, $0)) }
        var p = 0.0
        for k in 0..<3 {
          let mean = width * alone.value("means", unit, k)
          let scale = width * Double.exp(alone.value("log_scales", unit, k))
          let share = Double.sigmoid((x + width / 2 - mean) / scale) - Double.sigmoid((x - width / 2 - mean) / scale)
          p += weights[k] / weights.reduce(0, +) * share
        }
        wanted -= Double.log(p) / Double.log(2) / 300
      }
    }
    let bits = alone.bits(samples)
    #expect(abs(bits - wanted) < 1e-10 * wanted, "\(bits), \(wanted)")
  }

  /// Σₙ P(x₀ + nΔ) = 1, wherever the lattice lies.
  @Test(arguments: [-0.4, 0, 0.17]) func probabilitiesOfALatticeSumToOne(origin: Double) throws {
    let alone = try Alone<Double>(units: 1, width: 0.5)
    let total = (-400...400).reduce(0.0) { $0 + Double.exp(-Double.log(2) * alone.bits([[origin + 0.5 * Double($1)]])) }
    #expect(abs(total - 1) < 1e-10, "\(total)")
  }

  /// In Float, the bits of codes that lie far out grow with the distance, and the gradient draws these codes in.
  @Test(arguments: [-1e6, -1e3, 1e3, 1e6]) func tailsAreFinite(x: Double) throws {
    let network = try Autoencoder(
      inputs: 1, encoder: [.dense(1), .rate(1, width: 1)], decoder: [.dense(1)], loss: SquaredError(), start: .he)
    let run = Propagation<Float>(network, capacity: 1, training: true, pool: WorkerPool(threads: 1))
    run.parameters.values = network.layout.initialValues(seed: 1)
    for tensor in network.layout.parameters where tensor.name.hasPrefix("decoder") {
      for i in 0..<tensor.count { run.parameters.row[0, tensor.offset + i] = 0 }
    }
    let bias = network.layout.parameters.first { $0.name == "encoder.0.bias" }!.offset
    run.input(rows: 1).fill(0)
    run.parameters.row[0, bias] = Float(x)
    let bits = run.loss(rows: 1)
    run.backward(rows: 1)
    run.parameterGradients(rows: 1)
    let slope = Double(run.gradient.row[0, bias])
    #expect(bits.isFinite && bits > 0.1 * abs(x) && run.gradient.values.allSatisfy(\.isFinite))
    // The bits are linear in the distance there, so slope · x is about the bits.
    #expect(slope * x > 0 && abs(slope * x / bits - 1) < 0.02, "\(bits), \(slope)")
  }

  @Test func threadsDoNotChangeTheBits() throws {
    let recipe = Recipe.deep(hidden: [32, 16], latent: 6).with {
      $0.quantisationNoise = 0.5
      $0.rateWeight = 0.01
    }
    for optimizer in [Optimizer.adam, .muon, .soap, .kfac] {
      let model = try Model(recipe, for: data, seed: 1)
      let results = try [1, 3].map {
        try Trainer(TrainingOptions(epochs: 2, batch: 200, optimizer: optimizer), threads: $0).train(model, on: data)
          .parameters
      }
      #expect(results[0] == results[1], "\(optimizer.name)")
    }
  }

  /// With the penalty the entropy of rounded codes falls, and it is what the penalty estimates.
  @Test func bitsFallAndAreThoseOfRoundedCodes() throws {
    let width = 0.5
    func train(rateWeight: Double?) throws -> (estimate: Double?, entropy: Double) {
      let recipe = Recipe.deep(hidden: [32], latent: 4).with {
        $0.loss = .squaredError
        $0.quantisationNoise = width
        $0.rateWeight = rateWeight
      }
      let model = try Model(recipe, for: data, seed: 1)
      var last: EpochReport?
      let trained = try Trainer(TrainingOptions(epochs: 150, batch: 50, learningRate: 3e-3)).train(
        model, on: data, onEpoch: { report, _ in last = report })
      let codes = try trained.encode(data)
      var entropy = 0.0
      for unit in 0..<4 {
        var counts: [Int: Int] = [:]
        for i in 0..<codes.rows { counts[Int((Double(codes[i, unit]) / width).rounded()), default: 0] += 1 }
        for count in counts.values {
          let p = Double(count) / Double(codes.rows)
          entropy -= p * Double.log(p) / Double.log(2)
        }
      }
      return (last!.terms.first { $0.name == "rate" }?.bits, entropy)
    }
    let free = try train(rateWeight: nil)
    let penalised = try train(rateWeight: 0.02)
    #expect(free.estimate == nil && penalised.entropy < 0.8 * free.entropy, "\(free), \(penalised)")
    // The tolerance is two bits for four units, because the entropy of 1,000 samples is a little less than that of
    // their distribution.
    #expect(abs(penalised.estimate! - penalised.entropy) < 2, "\(penalised)")
  }

  @Test func tablesAreNoMatricesForOptimizers() throws {
    let model = try Model(.vanilla(latent: 6).with { $0.rateWeight = 0.1 }, for: data)
    #expect(Optimizer.usual(for: model) == .adam)
    #expect(model.network.codeActivation == .relu && model.network.inputCorruption == nil)
    #expect(
      model.network.layout.parameters.filter { $0.name.hasPrefix("encoder.rate.") }.map(\.shape) == [
        [6, 3], [6, 3], [6, 3],
      ])
    // If the noise has no width of its own, it is as wide as the bins of the penalty.
    #expect(model.blueprint.encoder.suffix(2) == [.corruption(.uniform(width: 1)), .rate(0.1, width: 1)])
  }

  @Test func filesKeepIt() throws {
    let recipe = Recipe.deep(hidden: [8], latent: 3).with {
      $0.noise = .uniform(width: 0.1)
      $0.quantisationNoise = 0.25
      $0.rateWeight = 0.01
    }
    let model = try Model(recipe, for: data, seed: 2)
    let path = temporaryPath("m.safetensors")
    try model.save(to: path)
    let loaded = try Model.load(path)
    #expect(loaded.parameters == model.parameters && loaded.blueprint == model.blueprint)
    #expect(loaded.network.inputCorruption == .uniform(width: 0.1))
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)).prefix(4000), as: UTF8.self)
    #expect(text.contains(#"\"noise:uniform:0.25\""#) && text.contains(#"\"rate:0.01:width=0.25\""#))
  }
}
