import Linalg

/// A term of the loss that concerns the network as a whole and not one layer: a contraction of the encoder, weights of
/// several draws.
///
/// `Propagation` calls each method at its place in a batch; the defaults do nothing. What a method needs is allocated when
/// the term is made.
protocol NetworkTerm<S>: AnyObject {
  associatedtype S: BLASScalar

  /// What the term is called in logs.
  var name: String { get }

  /// Whether the term takes the last layer's loss row by row in the place of the mean over the batch.
  var takesLoss: Bool { get }

  /// The loss of a tile of the last layer, where `takesLoss`: rows `rows` of the outputs, part `part` of their columns.
  func evaluate(
    _ loss: any Loss, _ y: MatrixView<S>, targets: MatrixView<S>, gradient dy: MutableMatrixView<S>, rows: Range<Int>,
    part: Int, parameters: MatrixView<S>)

  /// After all layers' forward passes over `samples`: the term's share of the loss. `parts`: into how many columns the last
  /// layer was cut; `dy`: ∂L/∂ of the last layer's output; `gradients`: whether a backward pass follows.
  func share(samples: Int, parts: Int, dy: MutableMatrixView<S>, gradients: Bool) -> NetworkTermShare

  /// What the term adds to ∂L/∂z of layer `index`, rows × outputs; nil where it adds nothing.
  func preactivationGradient(_ index: Int, rows: Int) -> MatrixView<S>?

  /// What the term adds to ∂L/∂θ, laid out as θ, where it concerns the parameters of layer `index`; nil elsewhere.
  func parameterGradient(_ index: Int) -> Buffer<S>?

  /// The mean loss from which the loss's own state goes on, in the place of the batch's; nil: the batch's.
  var lossForState: Double? { get }
}

/// A term's share of the loss of a batch.
struct NetworkTermShare {
  /// What the term adds to the loss.
  var value: Double
  /// The reconstruction's mean, where the term has taken its loss.
  var reconstruction: Double?
}

extension NetworkTerm {
  var takesLoss: Bool { false }
  func evaluate(
    _ loss: any Loss, _ y: MatrixView<S>, targets: MatrixView<S>, gradient dy: MutableMatrixView<S>, rows: Range<Int>,
    part: Int, parameters: MatrixView<S>
  ) {}
  func preactivationGradient(_ index: Int, rows: Int) -> MatrixView<S>? { nil }
  func parameterGradient(_ index: Int) -> Buffer<S>? { nil }
  var lossForState: Double? { nil }
}
