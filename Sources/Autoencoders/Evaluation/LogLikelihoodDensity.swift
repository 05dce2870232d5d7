import Linalg

/// The density ln p(x|z) of a model, from the decoder's output y at z and from x as the network sees it. The estimates
/// of ln p(x) know no more of the likelihood.
struct DecoderDensity: Sendable {
  private let loss: any Loss
  init(_ model: Model) { loss = model.fixedLoss }

  /// The factor c of ln p = A(y) + B(x) + c x·y, a form in which one product of all x with all y is enough: 1 for
  /// Bernoulli logits, 1/s² for N(x̂, s² I); nil where the density has another form.
  var coupling: Double? { loss.coupling }

  /// Returns ln p(x|z) in nats; y, x and `scratch` are rows of one length.
  func logLikelihood(_ y: MatrixView<Float>, of x: MatrixView<Float>, scratch: MutableMatrixView<Float>) -> Double {
    -loss.evaluate(y, target: x, gradient: scratch, batch: 1, parameters: y)
  }
}

extension Model {
  /// The loss with what it has learned as fixed numbers.
  var fixedLoss: any Loss {
    let theta = Matrix(rows: 1, columns: parameters.count, values: parameters)
    return theta.withView { network.loss.fixed(by: $0) }
  }
}
