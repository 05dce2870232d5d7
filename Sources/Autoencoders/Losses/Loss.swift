import Linalg

/// The function that training minimises: a sum over features, averaged over the batch, of the output y against the
/// target x.
///
/// A loss is a description, as a layer is. It has a text form, `NAME` or `NAME:ARGUMENT`, and `LossSpec.kinds` lists
/// the losses.
public protocol Loss: Sendable {
  /// The name and the argument, for help and messages.
  static var form: LossForm { get }
  /// Creates the loss from the argument of its text form; nil where the argument cannot be meant.
  init?(argument: String?)
  /// The argument of the text form; nil where there is none.
  var argument: String? { get }

  /// Says how the reconstruction x̂ follows from the output.
  var link: Link { get }

  /// Whether the loss is −ln p(x|y) of a distribution with its constant, so that bounds of ln p(x) are true numbers.
  var isLikelihood: Bool { get }

  /// The state in θ that `nextState` writes; nil where the loss remembers nothing.
  var state: Parameter? { get }

  /// Returns the loss with its state placed behind what `layout` holds.
  func placed(in layout: inout ParameterLayout) -> Self

  /// Returns the loss with what it has learned, read from θ (1 × P), as fixed numbers.
  func fixed<S: BLASScalar>(by parameters: MatrixView<S>) -> Self

  /// Writes ∂L/∂y and returns the share of this window in the loss: the sum over its entries ÷ `batch`.
  ///
  /// y, target and dy have the same shape, a window of the batch; `parameters` is θ (1 × P).
  func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double

  /// Whether the loss is, up to a factor, the negative log density of a distribution of the target given y.
  var hasDistribution: Bool { get }

  /// Writes ∂L/∂y for targets drawn from the distribution of the target given y. It is called only where
  /// `hasDistribution`.
  func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream)

  /// Returns the next value of the state, from its value `state` and from a batch with the mean loss `value` over
  /// `features`.
  func nextState(_ state: Double, after value: Double, features: Int) -> Double

  /// The factor c of −ln p(x|y) = A(y) + B(x) − c x·y, where the density has that form and nothing is left to learn;
  /// nil elsewhere.
  var coupling: Double? { get }

  /// The standard deviation of normal distributions around y, where the loss is of that form and nothing is left to
  /// learn; nil elsewhere.
  var normalDeviation: Double? { get }

  /// Whether the loss stands for no reconstruction, so that the other terms of the loss are alone.
  var isAbsent: Bool { get }
}

/// Says how the reconstruction follows from a network's output.
public enum Link: Sendable, Equatable {
  /// x̂ = y, in the data's own units.
  case identity
  /// x̂ = σ(y): the output is logits, and targets are in [0, 1].
  case logistic

  /// Replaces outputs by their reconstructions.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func reconstruct<S: BLASScalar>(_ y: MutableMatrixView<S>) {
    if self == .logistic { transform(y) { S.Vector.sigmoid($0) } }
  }
}

/// The text form of a loss, for help.
public struct LossForm: Sendable {
  /// The name of the loss, as in "gaussian".
  public let name: String
  /// The name and the argument, as in "gaussian:s|:learned".
  public let usage: String
  /// One line that says what the loss is.
  public let summary: String
  /// Whether the loss is −ln p(x|y) of a distribution with its constant.
  public let isLikelihood: Bool
  /// A second name, which the loss has as the likelihood of a variational model; nil where it has none.
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

  /// Replaces the network's output by the reconstruction x̂.
  @inlinable
  public func reconstruct<S: BLASScalar>(_ y: MutableMatrixView<S>) { link.reconstruct(y) }

  /// Returns the output whose reconstruction is `mean`. Logits stop at ±6.9, the bound that Burda, Grosse and
  /// Salakhutdinov use for pixels that are always the same.
  func output(forMean mean: Double) -> Double {
    switch link {
    case .identity: return mean
    case .logistic:
      let share = min(max(mean, 0.001), 0.999)
      return Double.log(share / (1 - share))
    }
  }
}
