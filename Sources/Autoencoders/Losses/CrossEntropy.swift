import Linalg

/// The cross-entropy of targets in [0, 1] under Bernoulli probabilities σ(y), where y are the logits:
/// L = 1/B Σ −x ln σ(y) − (1 − x) ln (1 − σ(y)) = 1/B Σ max(y, 0) − xy + ln(1 + e^(−|y|)), in nats.
///
/// For targets strictly between 0 and 1 the minimum is not 0 but the targets' own entropy, `Dataset.meanEntropy`.
public struct CrossEntropy: Loss {
  public static let form = LossForm(
    name: "cross-entropy", summary: "of data in [0, 1] under Bernoulli probabilities", isLikelihood: true,
    likelihoodName: "bernoulli", examples: ["cross-entropy"])

  public init() {}
  public init?(argument: String?) { if argument != nil { return nil } }

  public var link: Link { .logistic }
  public var coupling: Double? { 1 }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    // ∂L/∂y = (σ(y) − x) / B
    logisticLoss(y, target: target, scale: 1 / S(batch), gradient: dy) / Double(batch)
  }

  /// The distribution has a coin of probability σ(y) for each feature.
  public var hasDistribution: Bool { true }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream
  ) {
    // t = 1 where u < σ(y):  ∂L/∂y = (σ(y) − t) / B
    random.fillUniform(dy, 0, 1)
    let scale = S.Vector(1 / S(batch))
    transform(dy, with: y) { u, y in
      let p = S.Vector.sigmoid(y)
      return scale * p.replacing(with: p - 1, where: u < p)
    }
  }
}
