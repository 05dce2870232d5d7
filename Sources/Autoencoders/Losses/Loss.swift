import Linalg

/// What training makes small: a sum over features, averaged over the batch, of the output y against the target x.
///
/// A loss is a description, as a layer is. It has a text form, `NAME` or `NAME:ARGUMENT`, and `LossSpec.kinds` lists those
/// that there are.
public protocol Loss: Sendable {
  /// The name and argument, for help and messages.
  static var form: LossForm { get }
  /// From the text form's argument; nil where the argument cannot be meant.
  init?(argument: String?)
  /// The text form's argument; nil where there is none.
  var argument: String? { get }

  /// What the output is to the reconstruction x̂.
  var link: Link { get }

  /// Whether the loss is −ln p(x|y) of a distribution with its constant, so that bounds of ln p(x) are true numbers.
  var isLikelihood: Bool { get }

  /// What the loss itself remembers in θ: a state that `nextState` writes.
  var state: Parameter? { get }

  /// The loss with its state behind what `layout` holds.
  func placed(in layout: inout ParameterLayout) -> Self

  /// The loss with what it has learned fixed, by θ (1 × P).
  func fixed<S: BLASScalar>(by parameters: MatrixView<S>) -> Self

  /// Writes ∂L/∂y and returns this window's share of the value: the sum over its entries ÷ `batch`. `parameters`: θ.
  func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double

  /// Whether the loss is, up to a factor, the negative log density of a distribution of the target given y.
  var hasDistribution: Bool { get }

  /// Writes ∂L/∂y for targets drawn from that distribution; only where there is one.
  func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream)

  /// The state's next value, from the one it has and a batch of mean loss `value` over `features`.
  func nextState(_ state: Double, after value: Double, features: Int) -> Double

  /// c of −ln p(x|y) = A(y) + B(x) − c x·y, where the density has that form and nothing is left to learn; nil elsewhere.
  var coupling: Double? { get }

  /// The standard deviation of normal distributions around y, where nothing is left to learn; nil elsewhere.
  var normalDeviation: Double? { get }

  /// Whether a mean loss without reconstruction is meant: the other terms of the loss are alone.
  var isAbsent: Bool { get }
}

/// What a network's output is to the reconstruction.
public enum Link: Sendable, Equatable {
  /// x̂ = y, in the data's own units.
  case identity
  /// x̂ = σ(y): the output has logits, and targets are in [0, 1].
  case logistic

  /// Turns outputs into reconstructions, in place.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func reconstruct<S: BLASScalar>(_ y: MutableMatrixView<S>) {
    if self == .logistic { transform(y) { S.Vector.sigmoid($0) } }
  }
}

/// The text form of a loss, for help.
public struct LossForm: Sendable {
  /// "gaussian".
  public let name: String
  /// "gaussian:s|learned".
  public let usage: String
  /// What the loss is, in one line.
  public let summary: String
  /// Whether it is −ln p(x|y) of a distribution with its constant.
  public let isLikelihood: Bool
  /// A second name, by which the loss goes as the likelihood of a variational model.
  public let likelihoodName: String?
  /// Text forms of the loss with each kind of argument that it takes: what tests go through.
  public let examples: [String]

  public init(
    name: String, argument: String = "", summary: String, isLikelihood: Bool = false, likelihoodName: String? = nil,
    examples: [String]
  ) {
    self.name = name
    usage = name + argument
    self.summary = summary
    self.isLikelihood = isLikelihood
    self.likelihoodName = likelihoodName
    self.examples = examples
  }
}

extension Loss {
  public var argument: String? { nil }
  public var link: Link { .identity }
  public var isLikelihood: Bool { Self.form.isLikelihood }
  public var state: Parameter? { nil }
  public func placed(in layout: inout ParameterLayout) -> Self { self }
  @inlinable
  public func fixed<S: BLASScalar>(by parameters: MatrixView<S>) -> Self { self }
  public var hasDistribution: Bool { false }
  public func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream
  ) {}
  public func nextState(_ state: Double, after value: Double, features: Int) -> Double { state }
  public var coupling: Double? { nil }
  public var normalDeviation: Double? { nil }
  public var isAbsent: Bool { false }

  /// Turns the network's output into the reconstruction x̂, in place.
  @inlinable
  public func reconstruct<S: BLASScalar>(_ y: MutableMatrixView<S>) { link.reconstruct(y) }

  /// The output whose reconstruction is `mean`; logits stop at ±6.9, as far as Burda, Grosse and Salakhutdinov go for pixels
  /// that are always the same.
  func output(forMean mean: Double) -> Double {
    switch link {
    case .identity: return mean
    case .logistic:
      let share = min(max(mean, 0.001), 0.999)
      return Double.log(share / (1 - share))
    }
  }
}
