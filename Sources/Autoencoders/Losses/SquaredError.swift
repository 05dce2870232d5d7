import Linalg

/// L = 1/B Σ (y − x)², summed over features and averaged over samples.
public struct SquaredError: Loss {
  public static let form = LossForm(name: "squared-error", summary: "Σ (x̂ − x)²", examples: ["squared-error"])

  public init() {}
  public init?(argument: String?) { if argument != nil { return nil } }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    // ∂L/∂y = 2 (y − x) / B
    let scale = S.Vector(2 / S(batch))
    zip(y, target, into: dy) { y, x in scale * (y - x) }
    return squaredDistance(y, target) / Double(batch)
  }

  /// The distribution is N(y, ½ I).
  public var hasDistribution: Bool { true }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream
  ) {
    // t = y + ε/√2:  ∂L/∂y = −√2 ε / B; ε is symmetric, so the sign may be dropped
    random.fillNormal(dy)
    let scale = S.Vector(S(2).squareRoot() / S(batch))
    transform(dy) { $0 * scale }
  }
}
