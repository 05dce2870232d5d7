import Datasets
import Linalg

/// Estimates ln 1/N Σ p(x|zᵢ) with the same N codes zᵢ of the prior for all samples x.
///
/// With ln p(x|z) = A(y) + B(x) + c x·y, where y is the decoder's output at z, a block of samples against a block of
/// codes is one product. A(y) = f(0, y) − f(0, 0) and B(x) = f(x, 0) with f(x, y) = ln p(x|y), so constants need no
/// thought. Float gives an error of about 1e-3 nats a code for 784 features and Bernoulli logits, and of 1e-5/s² for
/// N(x̂, s² I).
final class PriorSampling {
  private let model: Model
  private let count: Int
  private let seed: UInt64
  private let pool: WorkerPool
  private let density: DecoderDensity
  private let decoders: [Propagation<Float>]
  /// The memory of each worker: the samples of a block, a row of zeros, and a row for what the loss writes.
  private let data: [Buffer<Float>]
  /// The products x·y of each worker: samples of a block × codes of a chunk.
  private let products: [Buffer<Float>]
  /// The outputs y of a chunk of codes; `codeTerms` has A(y) of these.
  private let outputs: Buffer<Float>
  private let codeTerms: Buffer<Double>

  /// The number of codes that are decoded before the samples pass by.
  private static let chunk = 4 * Inference.blockSize

  init(_ model: Model, samples: Int, seed: UInt64, threads: Int) {
    self.model = model
    self.seed = seed
    count = samples
    density = DecoderDensity(model)
    pool = WorkerPool(threads: threads)
    let features = model.network.inputSize
    decoders = model.workers(model.network.encoderDepth..<model.network.layers.count, threads: threads)
    let chunk = min(samples, Self.chunk)
    data = (0..<threads).map { _ in Buffer(count: (Inference.blockSize + 2) * features) }
    products = (0..<threads).map { _ in Buffer(count: Inference.blockSize * chunk) }
    outputs = Buffer(count: chunk * features)
    codeTerms = Buffer(count: chunk)
  }

  func run(on data: Dataset, _ onProgress: (Double) -> Void) -> LogLikelihoods {
    BLASLibrary.withThreads(1) {
      // Each sample has the sums of each group of codes.
      let groups = JackknifeGroups.number(for: count)
      let sums = Buffer<Double>(count: data.count * groups * WeightSums.size)
      let table = sums.view(rows: data.count * groups, columns: WeightSums.size)
      (0..<table.rows).forEach { WeightSums().store(in: table.rows($0..<$0 + 1)) }
      forEachBlock(of: data, onProgress) { block in
        for group in 0..<groups {
          let codes = JackknifeGroups.codes(of: group, count: count).clamped(to: block.codes)
          if codes.isEmpty { continue }
          for (row, sample) in block.samples.enumerated() {
            let number = sample * groups + group
            let place = table.rows(number..<number + 1)
            var sums = WeightSums(place.readOnly)
            for code in codes { sums.add(block.logWeight(row, code - block.codes.lowerBound)) }
            sums.store(in: place)
          }
        }
      }
      var (logMeans, sizes, errors) = (dataTerms(data), [Double](), [Double]())
      var withoutGroup = [Double](repeating: 0, count: groups > 1 ? groups : 0)
      for sample in 0..<data.count {
        let own = JackknifeGroups(
          (0..<groups).map { WeightSums(table.rows(sample * groups + $0..<sample * groups + $0 + 1).readOnly) },
          count: count)
        // The weights are without B(x).
        logMeans[sample] += own.total.logMean(of: count)
        sizes.append(own.total.effectiveSize)
        errors.append(JackknifeGroups.standardError(own.withoutGroup))
        // The samples share their codes, so a group is left out for all of them at once.
        for k in withoutGroup.indices { withoutGroup[k] += own.withoutGroup[k] / Double(data.count) }
      }
      return LogLikelihoods(
        .monteCarlo, samples: count, logMeans: logMeans, effectiveSizes: sizes, standardErrors: errors,
        sharedError: JackknifeGroups.standardError(withoutGroup), features: data.featureCount)
    }
  }

  /// A block of samples against a chunk of codes.
  private struct Block {
    let samples: Range<Int>
    let codes: Range<Int>
    /// The products x·y, samples × codes.
    let products: MatrixView<Float>
    /// A(y), 1 × codes.
    let codeTerms: MatrixView<Double>
    /// The factor c.
    let coupling: Double

    /// Returns A(y) + c x·y, which is ln p(x|z) without what depends on x alone.
    func logWeight(_ row: Int, _ code: Int) -> Double { codeTerms[0, code] + coupling * Double(products[row, code]) }
  }

  /// Brings all codes together with all samples; the workers share out the blocks of samples for each chunk of codes.
  private func forEachBlock(
    of data: Dataset, _ onProgress: (Double) -> Void, _ body: (Block) -> Void
  ) {
    let size = Inference.blockSize
    for start in stride(from: 0, to: count, by: Self.chunk) {
      let codes = start..<min(start + Self.chunk, count)
      decode(codes)
      let y = outputs.view(rows: codes.count, columns: data.featureCount).readOnly
      pool.run(tasks: (data.count + size - 1) / size) { block, worker in
        let samples = block * size..<min((block + 1) * size, data.count)
        let products = products[worker].view(rows: samples.count, columns: codes.count)
        gemm(gather(samples, of: data, worker), .no, y, .yes, into: products)
        body(
          Block(
            samples: samples, codes: codes, products: products.readOnly,
            codeTerms: codeTerms.row.columns(0..<codes.count).readOnly, coupling: density.coupling ?? 1))
      }
      onProgress(Double(codes.upperBound) / Double(count))
    }
  }

  /// Draws and decodes some of the codes, and writes their y and A(y).
  private func decode(_ codes: Range<Int>) {
    let (size, features) = (Inference.blockSize, model.network.inputSize)
    pool.run(tasks: (codes.count + size - 1) / size) { block, worker in
      let rows = block * size..<min((block + 1) * size, codes.count)
      let z = decoders[worker].input(rows: rows.count)
      let position = UInt64(codes.lowerBound + rows.lowerBound) * UInt64((z.columns + 3) / 4)
      RandomStream.fillNormalByQuantile(z, seed: seed, purpose: .likelihood, epoch: 0, position: position)
      decoders[worker].forward(rows: rows.count)
      let y = outputs.view(rows: codes.count, columns: features).rows(rows)
      y.copy(decoders[worker].output(of: model.network.layers.count - 1, rows: rows.count).readOnly)
      let (zero, scratch) = (zeros(worker), scratch(worker))
      let origin = density.logLikelihood(zero, of: zero, scratch: scratch)
      for i in 0..<rows.count {
        let value = density.logLikelihood(y.rows(i..<i + 1).readOnly, of: zero, scratch: scratch)
        codeTerms.row[0, rows.lowerBound + i] = value - origin
      }
    }
  }

  /// Returns B(x) of every sample.
  private func dataTerms(_ data: Dataset) -> [Double] {
    let terms = Buffer<Double>(count: data.count)
    let size = Inference.blockSize
    pool.run(tasks: (data.count + size - 1) / size) { block, worker in
      let samples = block * size..<min((block + 1) * size, data.count)
      let x = gather(samples, of: data, worker)
      for (row, sample) in samples.enumerated() {
        terms.row[0, sample] = density.logLikelihood(
          zeros(worker), of: x.rows(row..<row + 1), scratch: scratch(worker))
      }
    }
    return terms.values
  }

  private func gather(_ samples: Range<Int>, of data: Dataset, _ worker: Int) -> MatrixView<Float> {
    let x = self.data[worker].view(rows: samples.count, columns: data.featureCount)
    model.preparation.gather(data, rows: samples, into: x, draw: .evaluation(seed: seed))
    return x.readOnly
  }

  private func zeros(_ worker: Int) -> MatrixView<Float> {
    row(Inference.blockSize, worker).readOnly
  }

  private func scratch(_ worker: Int) -> MutableMatrixView<Float> { row(Inference.blockSize + 1, worker) }

  private func row(_ number: Int, _ worker: Int) -> MutableMatrixView<Float> {
    let features = model.network.inputSize
    return data[worker].view(rows: 1, columns: features, offset: number * features)
  }
}
