import Linalg

/// A term of the loss that concerns the network as a whole and not one layer, such as the contraction of the encoder or
/// the weights of several draws.
///
/// `Propagation` calls each method at its place in a batch; the defaults do nothing. A term allocates its memory when
/// it is created.
protocol NetworkTerm<S>: AnyObject {
  associatedtype S: BLASScalar

  /// The name of the term in logs.
  var name: String { get }

  /// Whether the term takes the last layer's loss row by row, in the place of the mean over the batch.
  var takesLoss: Bool { get }

  /// Takes the loss of a tile of the last layer, where `takesLoss`: rows `rows` of the outputs, part `part` of their
  /// columns.
  func evaluate(
    _ loss: any Loss, _ y: MatrixView<S>, targets: MatrixView<S>, gradient dy: MutableMatrixView<S>, rows: Range<Int>,
    part: Int, parameters: MatrixView<S>)

  /// Returns the term's share of the loss after the forward passes of all layers over `samples` samples.
  ///
  /// - `parts`: the number of parts that the columns of the last layer were cut into.
  /// - `dy`: ∂L/∂y of the last layer.
  /// - `gradients`: whether a backward pass follows.
  func share(samples: Int, parts: Int, dy: MutableMatrixView<S>, gradients: Bool) -> NetworkTermShare

  /// Returns what the term adds to ∂L/∂z of layer `index`, rows × outputs; nil where it adds nothing.
  func preactivationGradient(_ index: Int, rows: Int) -> MatrixView<S>?

  /// Returns what the term adds to ∂L/∂θ, laid out as θ, where it concerns the parameters of layer `index`; nil
  /// elsewhere.
  func parameterGradient(_ index: Int) -> Buffer<S>?

  /// The mean loss from which the next state of the loss follows, in the place of the batch's mean; nil for the batch's
  /// mean.
  var lossForState: Double? { get }
}

/// The share of a term in the loss of a batch.
struct NetworkTermShare {
  /// The number that the term adds to the loss.
  var value: Double
  /// The mean reconstruction loss, where the term has taken the last layer's loss; nil elsewhere.
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
