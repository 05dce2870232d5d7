/// A loss with a text form, `NAME` or `NAME:ARGUMENT`, which blueprints, model files and the command line write.
public struct LossSpec: Sendable, Codable, Equatable, CustomStringConvertible {
  /// The loss, which has no place in a network yet.
  public let loss: any Loss

  /// THE list of losses: help, documentation and tests read it.
  public static let kinds: [any Loss.Type] = [
    SquaredError.self, CrossEntropy.self, GaussianLoss.self, LaplaceLoss.self, StudentTLoss.self,
  ]

  public init(_ loss: any Loss) { self.loss = loss }

  /// Creates the loss that `text` names; nil where it names none or the argument is out of range.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.first,
      let kind = Self.kinds.first(where: { $0.form.name == name || $0.form.likelihoodName == name }),
      let loss = kind.init(argument: parts.count > 1 ? parts[1] : nil)
    else { return nil }
    self.loss = loss
  }

  /// Whether the loss is of a kind that `kinds` lists: another package's own loss has no text form that could be read.
  package var isListed: Bool { Self.kinds.contains { $0 == type(of: loss) } }

  /// The text forms of all losses, as in "squared-error, cross-entropy, …".
  public static var usages: String { kinds.map { $0.form.usage }.joined(separator: ", ") }

  /// The text form, from which `init(_ text:)` makes an equal value.
  public var description: String { text(name: type(of: loss).form.name) }

  /// The text form with the name that the loss has as a likelihood, as in "bernoulli".
  public var likelihoodDescription: String {
    text(name: type(of: loss).form.likelihoodName ?? type(of: loss).form.name)
  }

  private func text(name: String) -> String { loss.argument.map { "\(name):\($0)" } ?? name }

  public static func == (a: LossSpec, b: LossSpec) -> Bool { a.description == b.description }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let spec = LossSpec(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "there is no loss '\(text)'")
    }
    self = spec
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Σ (x̂ − x)².
  public static let squaredError = LossSpec(SquaredError())
  /// The cross-entropy of data in [0, 1], which is −ln p of a Bernoulli likelihood.
  public static let crossEntropy = LossSpec(CrossEntropy())
  /// p(x|z) = Π σ(y)ˣ (1 − σ(y))¹⁻ˣ for x in [0, 1], where y is the decoder's output.
  public static let bernoulli = crossEntropy
  /// N(y, s² I).
  public static func gaussian(deviation: Double) -> LossSpec { LossSpec(GaussianLoss(deviation: deviation)) }
  /// N(y, s² I), where s² is the running mean over the batches of its optimum ‖x − y‖²/n.
  public static let learnedGaussian = LossSpec(GaussianLoss(fixedVariance: nil))

  /// Returns the likelihood of a variational model where none is named. It follows from `loss`: a likelihood stands for
  /// itself, and any other loss means N(y, ½ I), whose −ln is the squared error plus a constant. Without a loss it is
  /// Bernoulli for values in [0, 1], and a Gaussian with a learned s for others.
  public static func usualLikelihood(loss: LossSpec?, valuesAreFractions: Bool) -> LossSpec {
    switch loss {
    case .some(let loss) where loss.loss.isLikelihood: loss
    case .some: .gaussian(deviation: 0.5.squareRoot())
    case nil: valuesAreFractions ? .bernoulli : .learnedGaussian
    }
  }
}
