import Datasets
import Linalg
import Synchronization

/// Estimates ln 1/N Σ w from N codes z = μ + σ ⊙ ε of q(z|x) = N(μ, diag eᵛ) for each sample x, with ln w = ln
/// p(x|z) + ln p(z) − ln q(z|x) = ln p(x|z) + ½ Σ (ε² + v − z²).
///
/// A worker takes a sample with all of its codes, or where N is small as many samples as a block of decoded codes
/// holds.
final class ImportanceSampling {
  private let model: Model
  /// The moments [μ, v] of each sample, samples × 2d.
  private let moments: Matrix<Float>
  private let count: Int
  private let seed: UInt64
  private let pool: WorkerPool
  private let workers: [Worker]
  private let density: DecoderDensity

  /// The memory of one worker.
  private struct Worker {
    let decoder: Propagation<Float>
    /// ε of a block, rows × d.
    let noise: Buffer<Float>
    /// σ of a sample, 1 × d.
    let sigma: Buffer<Float>
    /// The samples at work, then a row for what the loss writes.
    let data: Buffer<Float>
  }

  init(_ model: Model, moments: Matrix<Float>, samples: Int, seed: UInt64, threads: Int) {
    self.model = model
    self.moments = moments
    self.seed = seed
    count = samples
    density = DecoderDensity(model)
    pool = WorkerPool(threads: threads)
    let (network, features) = (model.network, model.network.inputSize)
    let group = max(1, Inference.blockSize / samples)
    workers = model.workers(network.encoderDepth..<network.layers.count, threads: threads).map { decoder in
      Worker(
        decoder: decoder, noise: Buffer(count: Inference.blockSize * network.codeSize),
        sigma: Buffer(count: network.codeSize), data: Buffer(count: (group + 1) * features))
    }
  }

  func run(on data: Dataset, _ onProgress: (Double) -> Void) -> LogLikelihoods {
    let group = max(1, Inference.blockSize / count)
    let tasks = (data.count + group - 1) / group
    // The results of a sample are ln 1/N Σ w, the effective sample size and the standard error.
    let results = Buffer<Double>(count: 3 * data.count)
    let table = results.view(rows: data.count, columns: 3)
    let groups = JackknifeGroups.number(for: count)
    let finished = Atomic<Int>(0)
    moments.withView { moments in
      BLASLibrary.withThreads(1) {
        pool.run(tasks: tasks) { task, worker in
          let rows = task * group..<min((task + 1) * group, data.count)
          let sums = weights(of: rows, data, moments, workers[worker])
          for (place, sample) in rows.enumerated() {
            let own = JackknifeGroups(Array(sums[place * groups..<(place + 1) * groups]), count: count)
            table[sample, 0] = own.total.logMean(of: count)
            table[sample, 1] = own.total.effectiveSize
            table[sample, 2] = JackknifeGroups.standardError(own.withoutGroup)
          }
          let done = finished.add(1, ordering: .relaxed).newValue
          // Worker 0 is the calling thread.
          if worker == 0 { onProgress(Double(done) / Double(tasks)) }
        }
      }
    }
    return LogLikelihoods(
      .importance, samples: count, logMeans: (0..<data.count).map { table[$0, 0] },
      effectiveSizes: (0..<data.count).map { table[$0, 1] }, standardErrors: (0..<data.count).map { table[$0, 2] },
      features: data.featureCount)
  }

  /// Returns the sums of the weights of some samples, group by group of each sample's codes; there must be so few
  /// samples that a block holds one code of each.
  private func weights(
    of samples: Range<Int>, _ data: Dataset, _ moments: MatrixView<Float>, _ worker: Worker
  ) -> [WeightSums] {
    let (features, last) = (data.featureCount, model.network.layers.count - 1)
    let x = worker.data.view(rows: samples.count, columns: features)
    let scratch = worker.data.view(rows: 1, columns: features, offset: worker.data.count - features)
    model.preparation.gather(data, rows: samples, into: x, draw: .evaluation(seed: seed))
    let groups = JackknifeGroups.number(for: count)
    var sums = [WeightSums](repeating: WeightSums(), count: samples.count * groups)
    let blocks = (count + Inference.blockSize - 1) / Inference.blockSize
    for block in 0..<blocks {
      let draws = count * block / blocks..<count * (block + 1) / blocks
      let rows = samples.count * draws.count
      let z = worker.decoder.input(rows: rows)
      let noise = worker.noise.view(rows: rows, columns: z.columns)
      for (i, sample) in samples.enumerated() {
        let place = i * draws.count..<(i + 1) * draws.count
        draw(draws, of: sample, moments.rows(sample..<sample + 1), into: z.rows(place), noise.rows(place), worker)
      }
      if let labels = data.labels, model.network.classes != nil {
        let classes = worker.decoder.labels(rows: rows)
        for row in 0..<rows { classes[row, 0] = Float(labels[samples.lowerBound + row / draws.count]) }
      }
      worker.decoder.forward(rows: rows)
      let y = worker.decoder.output(of: last, rows: rows).readOnly
      for i in 0..<samples.count {
        let target = x.rows(i..<i + 1).readOnly
        let v = moments.rows(samples.lowerBound + i..<samples.lowerBound + i + 1).columns(z.columns..<2 * z.columns)
        let logVariance = sum(v)
        for row in i * draws.count..<(i + 1) * draws.count {
          let squares =
            sumOfSquares(noise.rows(row..<row + 1).readOnly) - sumOfSquares(z.rows(row..<row + 1).readOnly)
          let draw = draws.lowerBound + row - i * draws.count
          // Draw k is of group g where g·N/K ≤ k < (g + 1)·N/K, in whole numbers.
          let group = ((draw + 1) * groups - 1) / count
          sums[i * groups + group].add(
            density.logLikelihood(y.rows(row..<row + 1), of: target, scratch: scratch) + 0.5 * (squares + logVariance))
        }
      }
    }
    return sums
  }

  /// Computes z ← μ + σ ⊙ ε for the draws `draws` of one sample, a row each. Every sample has its own stream, and every
  /// draw its place in the stream.
  private func draw(
    _ draws: Range<Int>, of sample: Int, _ moments: MatrixView<Float>, into z: MutableMatrixView<Float>,
    _ noise: MutableMatrixView<Float>, _ worker: Worker
  ) {
    let d = z.columns
    // Stream 0 has the codes of the prior.
    RandomStream.fillNormalByQuantile(
      noise, seed: seed, purpose: .likelihood, epoch: sample + 1,
      position: UInt64(draws.lowerBound) * UInt64((d + 3) / 4))
    let sigma = worker.sigma.view(rows: 1, columns: d)
    map(moments.columns(d..<2 * d), into: sigma) { v in FloatVector.exp(0.5 * v) }
    zip(noise.readOnly, sigma.readOnly.repeated(z.rows), into: z) { e, s in e * s }
    addToRows(moments.columns(0..<d), z)
  }
}
