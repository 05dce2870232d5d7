import Datasets
import Files
import Linalg

/// The numbers of a variational model on data, in nats, as means over samples.
public struct VariationalEvaluation: Sendable, Encodable, Equatable {
  /// The ELBO E_q[ln p(x|z)] − KL, a lower bound of ln p(x).
  public let elbo: Double
  /// E_q[ln p(x|z)], estimated from `draws` codes for each sample.
  public let reconstructionTerm: Double
  /// KL(q(z|x) ‖ N(0, I)), in closed form.
  public let kl: Double
  /// The divergence of each dimension of the code.
  public let klByDimension: [Double]
  /// The share Var μ / (Var μ + E σ²) of each dimension: 0 where it says nothing of the samples.
  public let signalShareByDimension: [Double]
  /// The number of dimensions that tell samples apart; the others have collapsed to the prior or are constant
  /// (`PosteriorUse`).
  public let activeUnits: Int
  /// The number of dimensions that are constant, but far from the prior.
  public let constantUnits: Int
  public let draws: Int
  /// −ELBO ÷ (features · ln 2). For a density it falls without end as the unit of the data grows.
  public let bitsPerDimension: Double
  /// The bits per dimension for pixels in steps of 1/255, each with the probability of its step under the density,
  /// estimated by one draw. Models with a Gaussian likelihood have it for bytes.
  public let discretised: DiscretisedBits?
  /// A sentence that says whether the code has collapsed to the prior, and what to try.
  public var verdict: String

  /// `Evaluation` writes the bound and its two terms, so they have no key here.
  enum CodingKeys: String, CodingKey {
    case draws, discretised, verdict
    case bitsPerDimension = "bits_per_dimension"
    case klByDimension = "kl_by_dimension"
    case signalShareByDimension = "signal_share_by_dimension"
    case activeUnits = "active_units"
    case constantUnits = "constant_units"
  }
}

extension Model {
  /// Measures the ELBO on `data` by `draws` codes for each sample; nil for models that are not variational.
  ///
  /// ln p(x|z) is the model's likelihood with its constant. `seed` is that of the codes and of stochastic binarisation.
  /// - Throws: `FileError` for data that the model cannot take.
  public func evaluateVariational(
    _ data: Dataset, draws: Int = 10, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws -> VariationalEvaluation? {
    guard let heads = network.headsIndex else { return nil }
    precondition(draws > 0, "evaluateVariational: \(draws) draws")
    let d = network.codeSize
    try check(data)
    let drawn = NoiseStream.evaluation(seed: seed)
    let encoder = Inference(self, .layer(heads), draw: drawn, threads: threads)
    var divergences = [Double](repeating: 0, count: d)
    // The means are shifted by those of the first sample, so that the variance of nearly constant ones has its digits.
    var shift: [Double] = []
    var (sums, squares, variances) = (divergences, divergences, divergences)
    var likelihood = 0.0
    let decoder = Inference(self, .decode, threads: threads)
    var first = 0
    try encoder.run(on: data) { moments in
      if shift.isEmpty { shift = (0..<d).map { Double(moments[0, $0]) } }
      for row in 0..<moments.rows {
        for j in 0..<d {
          let (mean, v) = (Double(moments[row, j]), Double(moments[row, d + j]))
          divergences[j] += 0.5 * (Double.exp(v) + mean * mean - 1 - v)
          sums[j] += mean - shift[j]
          squares[j] += (mean - shift[j]) * (mean - shift[j])
          variances[j] += Double.exp(v)
        }
      }
      let rows = first..<first + moments.rows
      for draw in 0..<draws {
        let codes = Self.draw(moments, draw: draw, samples: rows, seed: seed)
        likelihood +=
          logLikelihood(of: data, rows, codes: codes, draw: drawn, decoder, threads: threads) / Double(draws)
      }
      first = rows.upperBound
    }
    let count = Double(data.count)
    let kl = divergences.map { $0 / count }
    let use = PosteriorUse(
      divergences: kl,
      meanVariances: (0..<d).map { max(0, squares[$0] / count - (sums[$0] / count) * (sums[$0] / count)) },
      posteriorVariances: variances.map { $0 / count })
    var beta: Double?
    if case .draws(_, let weight) = network.layers[network.encoderDepth - 1].role { beta = weight }
    let total = kl.reduce(0, +)
    let elbo = likelihood / count - total
    return VariationalEvaluation(
      elbo: elbo, reconstructionTerm: likelihood / count, kl: total, klByDimension: kl,
      signalShareByDimension: use.signalShares, activeUnits: use.count(.used), constantUnits: use.count(.constant),
      draws: draws, bitsPerDimension: -elbo / (Double(data.featureCount) * Double.log(2)),
      discretised: try discretisedBits(data, kl: total, seed: seed, threads: threads),
      verdict: use.verdict(beta: beta))
  }

  /// Returns one draw from q(z|x) for each sample, samples × code size; for models that are not variational, the codes.
  /// - Throws: `FileError` for data that the model cannot take.
  public func drawCodes(
    _ data: Dataset, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws(FileError) -> Matrix<Float> {
    guard let heads = network.headsIndex else { return try encode(data, threads: threads) }
    let moments = try Inference(self, .layer(heads), draw: .evaluation(seed: seed), threads: threads)(data)
    return Self.draw(moments, draw: 0, samples: 0..<data.count, seed: seed)
  }

  /// Returns z = μ + σ ⊙ ε, where ε depends on sample, draw and seed alone.
  private static func draw(_ moments: Matrix<Float>, draw: Int, samples: Range<Int>, seed: UInt64) -> Matrix<Float> {
    let d = moments.columns / 2
    var codes = Matrix<Float>(rows: moments.rows, columns: d)
    codes.withMutableView { z in
      for row in 0..<z.rows {
        let position = UInt64(samples.lowerBound + row) * UInt64(d + 3)
        var random = RandomStream(seed: seed, purpose: .latent, epoch: draw, position: position)
        random.fillNormal(z.rows(row..<row + 1))
        for j in 0..<d { z[row, j] = moments[row, j] + Float.exp(0.5 * moments[row, d + j]) * z[row, j] }
      }
    }
    return codes
  }

  /// Returns Σ ln p(x|z) over the samples `rows` of `data`, with one code for each sample.
  private func logLikelihood(
    of data: Dataset, _ rows: Range<Int>, codes: Matrix<Float>, draw: NoiseStream, _ decoder: Inference,
    threads: Int
  ) -> Double {
    let features = data.featureCount
    let blocks = (rows.count + Inference.blockSize - 1) / Inference.blockSize
    let losses = Buffer<Double>(count: blocks)
    let memory = (0..<threads).map { _ in
      (Buffer<Float>(count: Inference.blockSize * features), Buffer<Float>(count: Inference.blockSize * features))
    }
    let labels = data.labels.map { Array($0[rows]) }
    decoder.forEachBlock(of: Dataset(codes, labels: labels, source: "codes"), 0..<rows.count) { block in
      let count = block.rows.count
      let (x, gradient) = memory[block.worker]
      let target = x.view(rows: count, columns: features)
      preparation.gather(
        data, rows: rows.lowerBound + block.rows.lowerBound..<rows.lowerBound + block.rows.upperBound, into: target,
        draw: draw)
      let y = block.propagation.output(of: network.layers.count - 1, rows: count)
      losses.row[0, block.number] = network.loss.evaluate(
        y.readOnly, target: target.readOnly, gradient: gradient.view(rows: count, columns: features), batch: 1,
        parameters: block.propagation.parameters.row.readOnly)
    }
    return -(0..<blocks).reduce(0) { $0 + losses.row[0, $1] }
  }
}
