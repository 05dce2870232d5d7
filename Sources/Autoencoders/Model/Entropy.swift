import Datasets
import Linalg

extension Dataset {
  /// The mean over samples of Σ −x ln x − (1 − x) ln (1 − x), in nats; it is the least cross-entropy on these data.
  ///
  /// Pixels take 256 values, so pixels are counted by value first and need 256 logarithms.
  public var meanEntropy: Double {
    switch storage {
    case .bytes(let bytes):
      var counts = [Int](repeating: 0, count: 256)
      for byte in bytes { counts[Int(byte)] += 1 }
      let total = counts.indices.reduce(0.0) { $0 + Double(counts[$1]) * binaryEntropy(Double($1) / 255) }
      return total / Double(count)
    case .numbers(let numbers):
      return numbers.reduce(0.0) { $0 + binaryEntropy(Double($1)) } / Double(count)
    }
  }
}

/// Returns −p ln p − (1 − p) ln (1 − p) in nats; 0 where p is 0, 1 or no probability.
func binaryEntropy(_ p: Double) -> Double {
  p > 0 && p < 1 ? -p * Double.log(p) - (1 - p) * Double.log1p(-p) : 0
}
