import Linalg

/// ln p(x|z) of a model, by the decoder's output y at z: all that the estimates of ln p(x) know of the likelihood.
///
/// Bernoulli pixels for a model trained with cross-entropy, N(x̂, ½ I) for one trained with squared error; x as the
/// network sees it.
struct DecoderDensity: Sendable {
  private let loss: any Loss
  /// What the loss leaves out: n/2 ln π of N(x̂, ½ I).
  private let constant: Double
  /// c of ln p = A(y) + B(x) + c x·y, the form that one product of all x with all y needs: 1 for Bernoulli logits,
  /// 1/s² = 2 for N(x̂, ½ I).
  let coupling: Double

  init(_ model: Model) {
    loss = model.network.loss
    switch model.architecture.loss {
    case .squaredError:
      constant = 0.5 * Double(model.architecture.inputSize) * Double.log(Double.pi)
      coupling = 2
    case .crossEntropy:
      constant = 0
      coupling = 1
    }
  }

  /// ln p(x|z) in nats; y, x and `scratch` are rows of one length.
  func logLikelihood(_ y: MatrixView<Float>, of x: MatrixView<Float>, scratch: MutableMatrixView<Float>) -> Double {
    -loss.evaluate(y, target: x, gradient: scratch, batch: 1) - constant
  }
}
