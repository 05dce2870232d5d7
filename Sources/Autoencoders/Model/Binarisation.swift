import Datasets
import Linalg

/// Says how values in [0, 1] become 0 or 1 before the network sees them, so that Bernoulli likelihoods are those of
/// observable data. It is written as on the command line: `threshold:0.5`, `stochastic`.
public enum Binarisation: Sendable, Equatable, TextCoded {
  /// A value becomes 1 where it is above the threshold.
  case threshold(Double)
  /// A value becomes 1 with its own probability, drawn anew in every epoch (Salakhutdinov and Murray 2008; Burda,
  /// Grosse and Salakhutdinov 2016). The errors, the ELBO and the log-likelihood of a model are for one such draw.
  /// Codes, what is made of codes, and the removal of noise are for the values themselves.
  case stochastic

  /// Creates the binarisation that `text` names; nil where it names none or the threshold is not in [0, 1).
  public init?(_ text: String) {
    switch text {
    case "stochastic": self = .stochastic
    case "threshold": self = .threshold(0.5)
    default:
      guard text.hasPrefix("threshold:"), let t = Double(text.dropFirst(10)), t >= 0, t < 1 else { return nil }
      self = .threshold(t)
    }
  }

  public var description: String {
    switch self {
    case .threshold(let threshold): "threshold:\(threshold)"
    case .stochastic: "stochastic"
    }
  }

  /// Sets every value of x, a sample in each row, to 0 or 1.
  ///
  /// `draw` names the random numbers, and the first row has those of sample `sample`. Without a draw, stochastic
  /// binarisation leaves x alone.
  func apply(to x: MutableMatrixView<Float>, draw: NoiseStream?, sample: Int) {
    switch self {
    case .threshold(let threshold):
      let threshold = Float.Vector(Float(threshold))
      transform(x) { x in Float.Vector(0).replacing(with: 1, where: x > threshold) }
    case .stochastic:
      guard let draw else { return }
      let blocks = UInt64(x.columns + 3) / 4
      for row in 0..<x.rows {
        var random = RandomStream(
          seed: draw.seed, purpose: .binarisation, epoch: draw.epoch, position: UInt64(sample + row) * blocks)
        random.binarise(x.rows(row..<row + 1))
      }
    }
  }
}
