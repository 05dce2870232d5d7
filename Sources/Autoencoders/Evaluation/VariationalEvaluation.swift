import Datasets
import Linalg

/// The numbers of a variational model on data, in nats, means over samples.
public struct VariationalEvaluation: Sendable, Codable, Equatable {
  /// E_q[ln p(x|z)] − KL: a lower bound of ln p(x).
  public let elbo: Double
  /// E_q[ln p(x|z)], from `draws` codes for each sample.
  public let reconstructionTerm: Double
  /// KL(q(z|x) ‖ N(0, I)), in closed form.
  public let kl: Double
  /// The same by dimension of the code.
  public let klByDimension: [Double]
  /// Dimensions whose mean varies over the data by more than 0.01 (Burda, Grosse and Salakhutdinov 2016); the others
  /// have collapsed to the prior.
  public let activeUnits: Int
  public let draws: Int

  enum CodingKeys: String, CodingKey {
    case elbo, kl, draws
    case reconstructionTerm = "reconstruction_term"
    case klByDimension = "kl_by_dimension"
    case activeUnits = "active_units"
  }
}

extension Autoencoder {
  /// Where the heads of a variational encoder are; nil in other networks.
  var headsIndex: Int? { layers.firstIndex { $0 is GaussianHeads } }

  /// Whether the code is a distribution.
  public var isVariational: Bool { headsIndex != nil }
}

extension Model {
  /// The ELBO on `data`, by `draws` codes for each sample; nil for models that are not variational.
  ///
  /// ln p(x|z) is that of Bernoulli pixels for a model trained with cross-entropy, and of N(x̂, ½ I) with its constant,
  /// −‖x̂ − x‖² − n/2 ln π, for one trained with squared error.
  public func evaluateVariational(
    _ data: Dataset, draws: Int = 10, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws -> VariationalEvaluation? {
    guard let heads = network.headsIndex else { return nil }
    precondition(draws > 0, "evaluateVariational: \(draws) draws")
    let d = network.codeSize
    let encoder = Inference(self, .layer(heads), threads: threads)
    var divergences = [Double](repeating: 0, count: d)
    var (sums, squares) = (divergences, divergences)
    var logLikelihood = 0.0
    var first = 0
    try encoder.run(on: data) { moments in
      for row in 0..<moments.rows {
        for j in 0..<d {
          let (mean, v) = (Double(moments[row, j]), Double(moments[row, d + j]))
          divergences[j] += 0.5 * (Double.exp(v) + mean * mean - 1 - v)
          sums[j] += mean
          squares[j] += mean * mean
        }
      }
      let rows = first..<first + moments.rows
      for draw in 0..<draws {
        let codes = Self.draw(moments, draw: draw, samples: rows, seed: seed)
        logLikelihood +=
          try meanLogLikelihood(of: data.subset(rows), codes: codes, threads: threads)
          * Double(rows.count) / Double(draws)
      }
      first = rows.upperBound
    }
    let count = Double(data.count)
    let kl = divergences.map { $0 / count }
    let active = (0..<d).count { squares[$0] / count - (sums[$0] / count) * (sums[$0] / count) > 0.01 }
    let total = kl.reduce(0, +)
    return VariationalEvaluation(
      elbo: logLikelihood / count - total, reconstructionTerm: logLikelihood / count, kl: total, klByDimension: kl,
      activeUnits: active, draws: draws)
  }

  /// z = μ + σ ⊙ ε; ε depends on sample, draw and seed alone.
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

  /// The mean over samples of ln p(x|z), a code a sample.
  private func meanLogLikelihood(of data: Dataset, codes: Matrix<Float>, threads: Int) throws -> Double {
    let decoder = Inference(self, .decode, threads: threads)
    let features = data.featureCount
    let blocks = (data.count + Inference.blockSize - 1) / Inference.blockSize
    let losses = Buffer<Double>(count: blocks)
    let memory = (0..<threads).map { _ in
      (Buffer<Float>(count: Inference.blockSize * features), Buffer<Float>(count: Inference.blockSize * features))
    }
    decoder.forEachBlock(of: Dataset(codes, source: "codes"), 0..<data.count) { block in
      let rows = block.rows.count
      let (x, gradient) = memory[block.worker]
      let target = x.view(rows: rows, columns: features)
      data.gather(rows: block.rows, into: target)
      scaling.apply(target)
      let y = block.propagation.output(of: network.layers.count - 1, rows: rows)
      losses.row[0, block.number] = network.loss.evaluate(
        y.readOnly, target: target.readOnly, gradient: gradient.view(rows: rows, columns: features), batch: 1)
    }
    let total = (0..<blocks).reduce(0) { $0 + losses.row[0, $1] }
    let constant = architecture.loss == .squaredError ? 0.5 * Double(features) * Double.log(Double.pi) : 0
    return -total / Double(data.count) - constant
  }
}
