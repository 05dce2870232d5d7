import Datasets
import Files
import Linalg

/// Two estimates of ∂/∂μ E_q[ln p(x|z)] from single draws z = μ + σε of a sample's code, and how far they spread.
///
/// Both have the same mean. The reparametrised gradient goes through the draw, ∂ ln p(x|z)/∂z (Kingma and Welling 2014).
/// The score-function gradient needs no derivative of p, ln p(x|z) · (z − μ)/σ² (Williams 1992); with a baseline it is
/// (ln p(x|z) − b) · (z − μ)/σ², where b is the mean of ln p(x|z) over the draws.
package struct GradientEstimators: Sendable, Codable, Equatable {
  /// The mean over draws and its standard error, by number of the code.
  package let reparametrised, reparametrisedError: [Double]
  package let score, scoreError: [Double]
  /// The variance of one draw's gradient, summed over the numbers of the code.
  package let reparametrisedVariance, scoreVariance, baselineVariance: Double
}

extension Model {
  /// Draws `draws` codes of the first sample of `data` and measures both gradients of ln p(x|z) with respect to μ.
  ///
  /// - Throws: `InvalidArgument` for a model that is not variational or has several draws in training, `FileError` for
  ///   data that the model cannot take.
  package func gradientEstimators(_ data: Dataset, draws: Int, seed: UInt64 = 0) throws -> GradientEstimators {
    guard let heads = network.headsIndex, network.draws == 1 else {
      throw InvalidArgument("gradients of draws are those of a variational model that is trained on the ELBO")
    }
    try check(data)
    precondition(draws > 1, "gradientEstimators: \(draws) draws")
    let d = network.codeSize
    let size = min(draws, Inference.blockSize)
    let run = Propagation<Float>(
      network, capacity: size, training: true, penalties: false, pool: WorkerPool(threads: 1))
    run.parameters.values = parameters
    let density = DecoderDensity(self)
    let scratch = Buffer<Float>(count: network.inputSize)
    var (values, gradients, scores) = ([Double](), [[Double]](), [[Double]]())
    BLASLibrary.withThreads(1) {
      for start in stride(from: 0, to: draws, by: size) {
        let rows = min(size, draws - start)
        let x = run.input(rows: rows)
        for row in 0..<rows {
          preparation.gather(data, rows: 0..<1, into: x.rows(row..<row + 1), draw: .evaluation(seed: seed))
          if network.classes != nil { data.gatherLabels([0][...], into: run.labels(rows: rows).rows(row..<row + 1)) }
        }
        run.drawNoise(rows: 0..<rows, from: NoiseStream(seed: seed, epoch: 0), sample: start)
        _ = run.loss(rows: rows, noise: true)
        run.backward(rows: rows)
        let moments = run.output(of: heads, rows: rows)
        let z = run.output(of: network.encoderDepth - 1, rows: rows)
        let y = run.output(of: network.layers.count - 1, rows: rows).readOnly
        let dz = run.activationGradient(network.encoderDepth, samples: rows)
        for row in 0..<rows {
          let one = row..<row + 1
          values.append(density.logLikelihood(y.rows(one), of: x.rows(one).readOnly, scratch: scratch.row))
          // The loss is −ln p as a mean over the rows.
          gradients.append((0..<d).map { -Double(dz[row, $0]) * Double(rows) })
          scores.append(
            (0..<d).map { (Double(z[row, $0]) - Double(moments[row, $0])) / Double.exp(Double(moments[row, d + $0])) })
        }
      }
    }
    let baseline = values.reduce(0, +) / Double(draws)
    let pathwise = Spread(gradients)
    let score = Spread(Swift.zip(values, scores).map { value, score in score.map { value * $0 } })
    let reduced = Spread(Swift.zip(values, scores).map { value, score in score.map { (value - baseline) * $0 } })
    return GradientEstimators(
      reparametrised: pathwise.mean, reparametrisedError: pathwise.standardError, score: score.mean,
      scoreError: score.standardError, reparametrisedVariance: pathwise.variance, scoreVariance: score.variance,
      baselineVariance: reduced.variance)
  }
}

/// Mean and variance of vectors.
private struct Spread {
  let mean, standardError: [Double]
  let variance: Double

  init(_ rows: [[Double]]) {
    let n = Double(rows.count)
    let mean = rows[0].indices.map { j in rows.reduce(0) { $0 + $1[j] } / n }
    let variances = rows[0].indices.map { j in
      rows.reduce(0) { $0 + ($1[j] - mean[j]) * ($1[j] - mean[j]) } / (n - 1)
    }
    self.mean = mean
    standardError = variances.map { ($0 / n).squareRoot() }
    variance = variances.reduce(0, +)
  }
}
