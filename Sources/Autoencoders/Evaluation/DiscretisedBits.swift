import Datasets
import Linalg

#if canImport(Glibc)
  import Glibc
#endif

/// The bits per dimension of pixels that come in steps of 1/255, comparable between likelihoods and with lossless
/// codecs: P(x) = F(x + 1/510) − F(x − 1/510), where the first and the last step are open to their side (Salimans et
/// al. 2017).
public struct DiscretisedBits: Sendable, Codable, Equatable {
  /// The bits where F is that of N(x̂, s²).
  public let gaussian: Double
  /// The bits where F is that of the logistic distribution with the same mean and variance, whose scale is s √3/π.
  public let logistic: Double
}

extension Model {
  /// Measures the bits by one draw for each sample; nil for likelihoods that are no density and for data that are no
  /// bytes.
  func discretisedBits(_ data: Dataset, kl: Double, seed: UInt64, threads: Int) throws -> DiscretisedBits? {
    guard let deviation = fixedLoss.normalDeviation, data.isPixels, scaling.kind == .none,
      preparation.binarisation == nil
    else { return nil }
    let features = data.featureCount
    let codes = try drawCodes(data, seed: seed, threads: threads)
    let decoder = Inference(self, .decode, threads: threads)
    let sums = Buffer<Double>(count: 2 * ((data.count + Inference.blockSize - 1) / Inference.blockSize))
    let targets = (0..<threads).map { _ in Buffer<Float>(count: Inference.blockSize * features) }
    decoder.forEachBlock(of: Dataset(codes, labels: data.labels, source: "codes"), 0..<data.count) { block in
      let x = targets[block.worker].view(rows: block.rows.count, columns: features)
      preparation.gather(data, rows: block.rows, into: x)
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

  /// Returns ln (1 − F(z)).
  func logTail(_ z: Double) -> Double {
    switch self {
    case .gaussian where z < 25: return Double.log(0.5 * erfc(z / 2.0.squareRoot()))
    case .gaussian:
      // This is Abramowitz and Stegun 7.1.23; the next term is below 1e-9.
      let r = 1 / (z * z)
      return -0.5 * z * z - Double.log(z * (2 * Double.pi).squareRoot()) + Double.log(1 - r * (1 - 3 * r * (1 - 5 * r)))
    case .logistic: return z > 0 ? -z - log1p(Double.exp(-z)) : -log1p(Double.exp(z))
    }
  }
}

/// Returns ln P of the step around x, for a distribution around `mean`. It is the difference of two tails, as
/// logarithms, on the side of the mean where nothing cancels.
func logProbability(_ x: Double, _ mean: Double, scale: Double, of distribution: Distribution) -> Double {
  let half = 0.5 / 255
  let distance = abs(x - mean)
  let (isLowest, isHighest) = (x < half, x > 1 - half)
  let isAbove = x > mean
  let isOpenInside = isAbove ? isLowest : isHighest
  let isOpenOutside = isAbove ? isHighest : isLowest
  let near = isOpenInside ? 0 : distribution.logTail((distance - half) / scale)
  if isOpenOutside { return near }
  let far = distribution.logTail((distance + half) / scale)
  return near + log1p(-Double.exp(far - near))
}
