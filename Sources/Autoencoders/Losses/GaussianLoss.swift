import Linalg

/// −ln N(x; y, s² I): L = 1/B Σ (‖y − x‖² / 2s² + n/2 ln 2πs²), in nats, with its constant.
///
/// s² is fixed or learned. A learned s² stands in θ as the state `decoder.variance`: the running mean over batches of
/// the variance that makes L least, ‖y − x‖²/nB (Rybkin, Daniilidis and Levine 2021). Before the first batch it is 1.
public struct GaussianLoss: Loss {
  public let fixedVariance: Double?
  public private(set) var state: Parameter?
  /// The argument of the text form. It keeps s as it was named, since the root of the square need not be the same
  /// number.
  public let argument: String?

  static let momentum = 0.99
  /// The least variance, because a perfect reconstruction would have an infinite density.
  static let leastVariance = 1e-12

  public static let form = LossForm(
    name: "gaussian", argument: ":s|:learned", summary: "−ln N(x; x̂, s² I), s named or learned", isLikelihood: true,
    examples: ["gaussian:0.4", "gaussian:learned"])

  init(fixedVariance: Double?) {
    self.fixedVariance = fixedVariance
    argument = fixedVariance.map { "\($0.squareRoot())" } ?? "learned"
  }

  public init(deviation: Double) {
    fixedVariance = deviation * deviation
    argument = "\(deviation)"
  }

  public var coupling: Double? { fixedVariance.map { 1 / $0 } }
  public var normalDeviation: Double? { fixedVariance.map { $0.squareRoot() } }

  /// Creates the loss from s or "learned"; nil where s is not from 1e-6 to 1e6.
  public init?(argument: String?) {
    guard let argument else { return nil }
    if argument == "learned" {
      self.init(fixedVariance: nil)
    } else {
      guard let s = Double(argument), s >= 1e-6, s <= 1e6 else { return nil }
      self.init(deviation: s)
    }
  }

  public func placed(in layout: inout ParameterLayout) -> Self {
    if fixedVariance != nil { return self }
    var result = self
    result.state = layout.addState("decoder.variance", shape: [1])
    return result
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func fixed<S: BLASScalar>(by parameters: MatrixView<S>) -> Self {
    fixedVariance == nil ? Self(fixedVariance: variance(parameters)) : self
  }

  /// Returns s².
  @specialized(where S == Float)
  @specialized(where S == Double)
  func variance<S: BLASScalar>(_ parameters: MatrixView<S>) -> Double {
    variance(state: state.map { Double(parameters[0, $0.offset]) } ?? 0)
  }

  private func variance(state: Double) -> Double {
    fixedVariance ?? (state > 0 ? max(state, Self.leastVariance) : 1)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    // ∂L/∂y = (y − x) / s²B
    let variance = variance(parameters)
    let scale = S.Vector(S(1 / (variance * Double(batch))))
    zip(y, target, into: dy) { y, x in scale * (y - x) }
    let constant = 0.5 * Double(y.rows * y.columns) * Double.log(2 * Double.pi * variance)
    return (squaredDistance(y, target) / (2 * variance) + constant) / Double(batch)
  }

  public var hasDistribution: Bool { true }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream
  ) {
    // t = y + sε:  ∂L/∂y = −ε / sB
    random.fillNormal(dy)
    let scale = S.Vector(S(1 / (variance(parameters).squareRoot() * Double(batch))))
    transform(dy) { $0 * scale }
  }

  public func nextState(_ state: Double, after value: Double, features: Int) -> Double {
    let variance = variance(state: state)
    let half = 0.5 * Double(features)
    let optimum = (value - half * Double.log(2 * Double.pi * variance)) / half * variance
    let next = state == 0 ? optimum : Self.momentum * variance + (1 - Self.momentum) * optimum
    return max(next, Self.leastVariance)
  }
}
