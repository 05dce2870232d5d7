import AEZ
import Datasets
import Files
import Linalg
import Testing

@testable import Autoencoders

@Suite struct CompressionTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  /// Returns a PCA model of `data` that holds the distribution of its codes.
  static func model(_ data: Dataset, latent: Int = 3) throws -> IdentifiedModel {
    let pca = try PCA.fit(SampleStream(data), .components(latent), solver: .auto, scaling: .none, seed: 1, threads: 2)
    var model = try Model(pca, shape: data.shape)
    try model.rememberCodes(on: data, threads: 2)
    return try IdentifiedModel(model, name: "m.safetensors")
  }

  func decoded(_ compressed: CompressedData, _ model: IdentifiedModel) throws -> Matrix<Float> {
    let file = try AEZFile(RandomAccessFile(compressed.bytes, path: "x.aez"))
    return try Decompressor(file, model: model, threads: 2)()
  }

  /// Against the reconstruction from exact codes, the squared error falls by a factor of 4 with each halving of the
  /// steps Δ, as Δ²/12 says, and each number of the code costs one bit more.
  @Test func eachHalvingOfTheStepsCostsABitANumber() throws {
    let data = curvedData(samples: 20_000)
    let model = try Self.model(data)
    let codec = Codec(model, threads: 2)
    let exact = try model.model.reconstruct(data)
    func trial(_ step: Double) throws -> (bits: Double, error: Double) {
      let compressed = try codec.compress(data, Codec.Options(rate: .step(step)))
      let back = try decoded(compressed, model)
      let error = zip(back.values, exact.values).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
      return (compressed.statistics.tableBits / Double(data.count), error / Double(data.count))
    }
    let (coarse, fine) = (try trial(0.1), try trial(0.05))
    #expect(abs(fine.bits - coarse.bits - 3) < 0.1, "\(coarse) \(fine)")
    #expect(abs(coarse.error / fine.error - 4) < 0.2, "\(coarse) \(fine)")
    // The components are orthonormal. Therefore the squared error is Σ Δ²/12, and Δ is the same for all numbers.
    let steps = CodeQuantiser.steps(try #require(model.model.codeDistribution), scale: 0.05).map { Double($0) }
    #expect(steps.allSatisfy { abs($0 / steps[0] - 1) < 1e-3 }, "\(steps)")
    #expect(abs(fine.error / (3 * steps[0] * steps[0] / 12) - 1) < 0.05)
  }

  @Test func tablesAreWithinAPercentOfTheEntropy() throws {
    let data = curvedData(samples: 10_000)
    let compressed = try Codec(Self.model(data), threads: 2).compress(data, Codec.Options(rate: .step(0.3)))
    let statistics = compressed.statistics
    #expect(Double(8 * compressed.payloadBytes) < 1.01 * statistics.tableBits + 8 * 16 * 10)
    #expect(statistics.tableBits < 1.01 * statistics.entropyBits)
    #expect(compressed.header.tableSource == .training)
  }

  /// The input includes numbers that the tables have never seen, some of them far beyond the tables.
  @Test func anyFiniteInputSurvives() throws {
    let data = curvedData(samples: 500)
    let model = try Self.model(data)
    var wild = data.subset(0..<40)
    var matrix = Matrix<Float>(rows: 40, columns: 12)
    for i in 0..<40 { for j in 0..<12 { matrix[i, j] = i == 7 ? Float(j) * 1e30 : i == 9 ? -1e4 : 0.3 } }
    wild = Dataset(matrix, source: "wild")
    let compressed = try Codec(model, threads: 2).compress(wild, Codec.Options(rate: .step(0.1), samplesPerChunk: 7))
    let back = try decoded(compressed, model)
    let exact = try model.model.reconstruct(wild)
    for (a, b) in zip(back.values, exact.values) { #expect(abs(a - b) <= 1e-2 * max(1, abs(b))) }
    // The file holds numbers that no residual can bring near as they are.
    let bound = try Codec(model, threads: 2).compress(wild, Codec.Options(rate: .maximumError(1e-3)))
    let errors = try Codec(model).errors(of: bound, against: wild)
    #expect(errors.allSatisfy { $0 <= 1e-3 }, "\(errors)")
  }

  /// Parts and blocks of any size are what they are of the whole, also where escapes and residuals come before them.
  @Test func partsAreThoseOfTheWhole() throws {
    let data = curvedData(samples: 60)
    let model = try Self.model(data, latent: 1)
    let compressed = try Codec(model, threads: 2).compress(
      data, Codec.Options(rate: .maximumError(0.002), samplesPerChunk: 25))
    #expect(compressed.statistics.modes.count > 1)
    let file = try AEZFile(RandomAccessFile(compressed.bytes, path: "x.aez"))
    let whole = try decoded(compressed, model)
    // A block of one number is one sample; chunks of 25 samples are larger than a block of 100 numbers.
    for block in [1, 100, 1 << 22] {
      var decompressor = try Decompressor(file, model: model, threads: 2)
      decompressor.numbersOfBlock = block
      for wanted in [0..<60, 0..<1, 24..<26, 30..<45, 59..<60, 7..<7] {
        var (rows, values) = (wanted.lowerBound, [Float]())
        try decompressor.run(wanted) { range, result in
          #expect(range.lowerBound == rows && range.upperBound <= wanted.upperBound)
          rows = range.upperBound
          values += try result.get().values
        }
        #expect(values == Array(whole.values[12 * wanted.lowerBound..<12 * wanted.upperBound]), "\(block) \(wanted)")
      }
    }
  }

  @Test func everySampleKeepsTheBound() throws {
    let data = curvedData(samples: 3000)
    let model = try Self.model(data, latent: 1)
    let codec = Codec(model, threads: 2)
    for bound in [1.0, 0.05, 0.002] {
      let compressed = try codec.compress(data, Codec.Options(rate: .maximumError(bound)))
      let errors = try codec.errors(of: compressed, against: data)
      #expect(errors.max()! <= bound)
      // The codec does not keep the bound by small errors everywhere: the mean error is above a tenth of the bound.
      #expect(errors.reduce(0, +) / 3000 > 0.1 * bound, "\(bound): \(errors.reduce(0, +) / 3000)")
      #expect(compressed.statistics.modes.reduce(0, +) == 3000)
    }
  }

  @Test func theRateAskedForIsKept() throws {
    let data = curvedData(samples: 4000)
    let model = try Self.model(data)
    let codec = Codec(model, threads: 2)
    for bits in [6.0, 12, 24] {
      let compressed = try codec.compress(data, Codec.Options(rate: .bitsPerSample(bits)))
      let taken = 8 * compressed.bytesPerSample
      #expect(taken <= bits && taken > 0.97 * bits, "\(taken) of \(bits)")
    }
    #expect(throws: InvalidArgument.self) {
      try codec.compress(data.subset(0..<10), Codec.Options(rate: .bitsPerSample(8)))
    }
  }

  /// The cases include a network with classes, one whose code has dead numbers, and scaled tables.
  @Test func everyKindOfModelCompresses() throws {
    let digits = try Dataset.open("digits:200:1")
    let table = Dataset(
      Matrix(rows: 200, columns: 5, values: (0..<1000).map { Float($0 % 17) * 40 + Float($0 % 5) }), source: "table")
    for (variant, data) in [("sparse-l1", digits), ("vae", digits), ("conv", digits), ("deep", table), ("vae", table)] {
      let classes = data.labels != nil && variant == "vae" ? try data.classCount() : nil
      let options = RecipeOptions.with {
        $0.latent = 6
        $0.classes = classes
      }
      let start = try Model(Recipe(named: variant, options), for: data, seed: 1)
      let trained = try Trainer(TrainingOptions(epochs: 2, batch: 50), threads: 2).train(start, on: data)
      #expect(trained.codeDistribution != nil)
      let model = try IdentifiedModel(trained, name: variant)
      let codec = Codec(model, threads: 2)
      let compressed = try codec.compress(data, Codec.Options(rate: .step(0.05), samplesPerChunk: 64))
      let errors = try codec.errors(of: compressed, against: data)
      let own = try trained.evaluate(data).squaredErrorPerSample
      let mean = errors.reduce(0, +) / Double(errors.count)
      #expect(mean < 1.05 * own + 0.05, "\(variant): \(mean), without steps \(own)")
      let bound = 0.5 * own
      let held = try codec.compress(data, Codec.Options(rate: .maximumError(bound)))
      #expect(try codec.errors(of: held, against: data).max()! <= bound, "\(variant)")
    }
  }

  @Test func threadsDoNotChangeTheFile() throws {
    let data = try Dataset.open("digits:300:1")
    let model = try Self.model(data, latent: 10)
    let files = try [1, 2, 3].map {
      try Codec(model, threads: $0).compress(data, Codec.Options(rate: .maximumError(8), samplesPerChunk: 40)).bytes
    }
    #expect(files[0] == files[1] && files[0] == files[2])
  }

  @Test func theWrongModelIsRefusedByName() throws {
    let data = curvedData(samples: 100)
    let model = try Self.model(data)
    var other = model.model
    other.parameters[0] += 1
    let compressed = try Codec(model).compress(data, Codec.Options(rate: .step(0.5)))
    let file = try AEZFile(RandomAccessFile(compressed.bytes, path: "x.aez"))
    let wrong = try IdentifiedModel(other, name: "other.safetensors")
    let hashes = [model.hash, wrong.hash].map { $0.prefix(6).hexadecimal }
    #expect(
      throws: FileError(
        .malformed, "x.aez",
        "was made with the model 'm.safetensors' (SHA-256 \(hashes[0])…), not with 'other.safetensors' (\(hashes[1])…)")
    ) { try Decompressor(file, model: wrong) }
    #expect(
      throws: FileError(
        .malformed, "x.aez", "holds no model; give 'm.safetensors', which it was made with")
    ) { try Decompressor(file, model: nil) }
  }

  @Test func aModelFileKeepsTheDistribution() throws {
    let model = try Self.model(curvedData(samples: 300)).model
    let again = try Model.loadAll("m", bytes: try model.encoded()).model
    #expect(again.codeDistribution == model.codeDistribution && again.codeDistribution != nil)
  }

  /// Numbers that never change and numbers that nothing depends on cost next to nothing.
  @Test func numbersThatSayNothingCostNothing() {
    let n = 1000
    let values = (0..<n).flatMap { i -> [Float] in
      [Float(i * 37 % n) / 100, 5, 5 + Float(i % 7) * 1e-12, 0, Float(i % 11)]
    }
    let distribution = CodeDistribution(
      Matrix(rows: n, columns: 5, values: values), sensitivities: [1, 0, 0, 0, 0], pool: WorkerPool(threads: 1))
    let pool = WorkerPool(threads: 1)
    let quantiser = CodeQuantiser(
      steps: CodeQuantiser.steps(distribution, scale: 0.5), levels: 1, tables: distribution, pool: pool)
    let bits = quantiser.levels[0].enumerated().map { j, one in
      (0..<n).reduce(0.0) { sum, i in
        let symbol = one.symbol(values[i * 5 + j])
        return sum + (symbol.map { one.costs[Int($0 - one.code.table.low)] } ?? 1e9)
      } / Double(n)
    }
    #expect(bits[0] > 2 && bits[1...].allSatisfy { $0 < 0.01 }, "\(bits)")
    let constant = quantiser.levels[0][1]
    #expect(ScalarQuantiser.value(constant.symbol(5)!, constant.code, step: constant.step) == 5)
  }

  /// The distribution function of evenly spread numbers is the identity.
  @Test func theDistributionFunctionIsThatOfTheNumbers() {
    let n = 5000
    let codes = Matrix<Float>(rows: n, columns: 1, values: (0..<n).map { Float($0 * 37 % n) / Float(n) })
    let marginal = CodeDistribution(codes, sensitivities: [1], pool: WorkerPool(threads: 1)).marginal(0)
    for x in stride(from: 0.01, to: 1, by: 0.01) { #expect(abs(marginal(x) - x) < 1e-3) }
    #expect(marginal(-0.1) == 0 && marginal(1.1) == 1)
  }

  /// Nearly all numbers lie at one place, and a few lie far from it. Whatever the step, each number becomes the symbol
  /// that costs least among all symbols.
  @Test func everyNumberBecomesItsCheapestSymbol() {
    let n = 7000
    for step: Float in [0.1, 0.3, 0.7, 1, 1.3, 1.744, 2.442, 4] {
      let values = (0..<n).map { i -> Float in i % 500 == 0 ? -2.1 + Float(i) / 5000 : 1.08 + Float(i % 13) / 1000 }
      let marginal = CodeDistribution(
        Matrix(rows: n, columns: 1, values: values), sensitivities: [1], pool: WorkerPool(threads: 1)
      ).marginal(0)
      let quantiser = ScalarQuantiser(step: step, marginal, samples: n)
      let table = quantiser.code.table
      for value in values.prefix(1000) {
        let costs = (table.low...table.high).map { symbol in
          let distance = Double(value - ScalarQuantiser.value(symbol, quantiser.code, step: step)) / Double(step)
          return distance * distance + ScalarQuantiser.lambda * quantiser.costs[Int(symbol - table.low)]
        }
        let found = costs[Int(quantiser.symbol(value)! - table.low)]
        #expect(found < costs.min()! + 0.1, "step \(step), \(value): \(found), cheapest \(costs.min()!)")
      }
    }
  }

  /// Half of the numbers are 0, like those of rectified units, and the whole mass of that half lies at 0.
  @Test func massesAtOnePlaceStayThere() {
    let n = 1000
    let codes = Matrix<Float>(rows: n, columns: 1, values: (0..<n).map { max(0, Float($0) / Float(n) - 0.5) })
    let marginal = CodeDistribution(codes, sensitivities: [1], pool: WorkerPool(threads: 1)).marginal(0)
    #expect(marginal(-1e-6) == 0)
    #expect(abs(marginal(1e-6) - 0.5) < 0.06)
    let quantiser = ScalarQuantiser(step: 0.05, marginal, samples: n)
    #expect(quantiser.symbol(0) == 0 && quantiser.symbol(0.5).map { abs($0 - 10) <= 1 } == true)
    #expect(quantiser.symbol(9) == nil && quantiser.symbol(-9) == nil)
  }
}
