import Linalg

/// What training makes small: a sum over features, averaged over the batch, of the output y against the target x.
public protocol Loss: Sendable {
  /// What the loss itself remembers in θ: a state that `nextState` writes.
  var state: Parameter? { get }

  /// The loss with its state behind what `layout` holds.
  func placed(in layout: inout ParameterLayout) -> Self

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

  /// Turns the network's output into the reconstruction x̂, in place: the identity, or σ of logits.
  func reconstruct<S: BLASScalar>(_ y: MutableMatrixView<S>)
}

extension Loss {
  public var state: Parameter? { nil }
  public func placed(in layout: inout ParameterLayout) -> Self { self }
  public var hasDistribution: Bool { false }
  public func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream
  ) {}
  public func nextState(_ state: Double, after value: Double, features: Int) -> Double { state }
  public func reconstruct<S: BLASScalar>(_ y: MutableMatrixView<S>) {}
}

/// The losses by name.
public enum LossKind: String, Sendable, Codable, CaseIterable {
  case squaredError = "squared-error"
  case crossEntropy = "cross-entropy"

  public var loss: any Loss {
    switch self {
    case .squaredError: SquaredError()
    case .crossEntropy: CrossEntropy()
    }
  }
}

/// L = 1/B Σ (y − x)²: summed over features, averaged over samples.
public struct SquaredError: Loss {
  public init() {}

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

  /// That of N(y, ½ I).
  public var hasDistribution: Bool { true }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream
  ) {
    // t = y + ε/√2:  ∂L/∂y = −√2 ε / B; the sign is as likely as the other
    random.fillNormal(dy)
    let scale = S.Vector(S(2).squareRoot() / S(batch))
    transform(dy) { $0 * scale }
  }
}

/// Cross-entropy of targets in [0, 1] under Bernoulli probabilities σ(y), y the logits:
/// L = 1/B Σ −x ln σ(y) − (1 − x) ln (1 − σ(y)) = 1/B Σ max(y, 0) − xy + ln(1 + e^(−|y|)), in nats.
///
/// For targets strictly between 0 and 1 its minimum is not 0 but their own entropy, `Dataset.meanEntropy`.
public struct CrossEntropy: Loss {
  public init() {}

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    // ∂L/∂y = (σ(y) − x) / B
    logisticLoss(y, target: target, scale: 1 / S(batch), gradient: dy) / Double(batch)
  }

  /// Coins of probability σ(y).
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

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func reconstruct<S: BLASScalar>(_ y: MutableMatrixView<S>) {
    transform(y) { S.Vector.sigmoid($0) }
  }
}
