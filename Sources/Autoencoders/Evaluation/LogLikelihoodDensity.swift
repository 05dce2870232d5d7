import Linalg

/// ln p(x|z) of a model, by the decoder's output y at z: all that the estimates of ln p(x) know of the likelihood.
///
/// x as the network sees it.
struct DecoderDensity: Sendable {
  private let loss: any Loss
  /// c of ln p = A(y) + B(x) + c x·y, the form that one product of all x with all y needs: 1 for Bernoulli logits,
  /// 1/s² for N(x̂, s² I).
  let coupling: Double

  init(_ model: Model) {
    guard let gaussian = model.network.loss as? GaussianLoss else {
      loss = model.network.loss
      coupling = 1
      return
    }
    let theta = Matrix(rows: 1, columns: model.parameters.count, values: model.parameters)
    let variance = theta.withView { gaussian.variance($0) }
    // What was learned is fixed from here on.
    loss = GaussianLoss(fixedVariance: variance)
    coupling = 1 / variance
  }

  /// ln p(x|z) in nats; y, x and `scratch` are rows of one length.
  func logLikelihood(_ y: MatrixView<Float>, of x: MatrixView<Float>, scratch: MutableMatrixView<Float>) -> Double {
    -loss.evaluate(y, target: x, gradient: scratch, batch: 1, parameters: y)
  }
}
