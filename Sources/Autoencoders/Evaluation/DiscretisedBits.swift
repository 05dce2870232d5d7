import Datasets
import Linalg

#if canImport(Glibc)
  import Glibc
#endif

/// Bits per dimension of pixels that come in steps of 1/255, comparable between likelihoods and with lossless codecs:
/// P(x) = F(x + 1/510) − F(x − 1/510), the first and the last step open to their side (Salimans et al. 2017).
public struct DiscretisedBits: Sendable, Codable, Equatable {
  /// F that of N(x̂, s²).
  public let gaussian: Double
  /// F that of the logistic distribution of the same mean and variance, scale s √3/π.
  public let logistic: Double
}

extension Model {
  /// From one draw a sample; nil for likelihoods that are no density and for data that are no bytes.
  func discretisedBits(_ data: Dataset, kl: Double, seed: UInt64, threads: Int) throws -> DiscretisedBits? {
    guard let loss = network.loss as? GaussianLoss, let heads = network.headsIndex, data.isPixels,
      scaling.kind == .none
    else { return nil }
    let theta = Matrix(rows: 1, columns: parameters.count, values: parameters)
    let deviation = theta.withView { loss.variance($0) }.squareRoot()
    let features = data.featureCount
    let moments = try Inference(self, .layer(heads), threads: threads)(data)
    let codes = Self.draw(moments, draw: 0, samples: 0..<data.count, seed: seed)
    let decoder = Inference(self, .decode, threads: threads)
    let sums = Buffer<Double>(count: 2 * ((data.count + Inference.blockSize - 1) / Inference.blockSize))
    let targets = (0..<threads).map { _ in Buffer<Float>(count: Inference.blockSize * features) }
    decoder.forEachBlock(of: Dataset(codes, labels: data.labels, source: "codes"), 0..<data.count) { block in
      let x = targets[block.worker].view(rows: block.rows.count, columns: features)
      data.gather(rows: block.rows, into: x)
      let y = block.propagation.output(of: network.layers.count - 1, rows: block.rows.count)
      var (gaussian, logistic) = (0.0, 0.0)
      for i in 0..<x.rows {
        for j in 0..<features {
          gaussian += logProbability(Double(x[i, j]), Double(y[i, j]), scale: deviation, of: .gaussian)
          logistic += logProbability(
            Double(x[i, j]), Double(y[i, j]), scale: deviation * 3.0.squareRoot() / Double.pi, of: .logistic)
        }
      }
      sums.row[0, 2 * block.number] = gaussian
      sums.row[0, 2 * block.number + 1] = logistic
    }
    func bits(_ place: Int) -> Double {
      let total = stride(from: place, to: sums.count, by: 2).reduce(0) { $0 + sums.row[0, $1] }
      return (kl - total / Double(data.count)) / (Double(features) * Double.log(2))
    }
    return DiscretisedBits(gaussian: bits(0), logistic: bits(1))
  }
}

enum Distribution {
  case gaussian, logistic

  /// F(z).
  func cumulative(_ z: Double) -> Double {
    switch self {
    case .gaussian: 0.5 * erfc(-z / 2.0.squareRoot())
    case .logistic: 1 / (1 + Double.exp(-z))
    }
  }

  /// ln f(z).
  func logDensity(_ z: Double) -> Double {
    switch self {
    case .gaussian: -0.5 * (z * z + Double.log(2 * Double.pi))
    case .logistic: -abs(z) - 2 * Double.log(1 + Double.exp(-abs(z)))
    }
  }
}

/// ln P of the step around x, of a distribution around `mean`.
func logProbability(_ x: Double, _ mean: Double, scale: Double, of distribution: Distribution) -> Double {
  let half = 0.5 / 255
  // Of both tails the one in which nothing cancels.
  let sign = x > mean ? -1.0 : 1.0
  let (near, far) = (x - mean + sign * half, x - mean - sign * half)
  let isOpen = sign > 0 ? x < half : x > 1 - half
  let isOpenInside = sign > 0 ? x > 1 - half : x < half
  let inner = isOpenInside ? 1 : distribution.cumulative(sign * near / scale)
  let outer = isOpen ? 0 : distribution.cumulative(sign * far / scale)
  let probability = inner - outer
  // Far out the step is as good as its middle.
  return probability > 1e-100
    ? Double.log(probability) : distribution.logDensity((x - mean) / scale) + Double.log(2 * half / scale)
}
