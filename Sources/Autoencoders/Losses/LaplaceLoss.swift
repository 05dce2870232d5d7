import Linalg

/// −ln p(x|y) of Laplace distributions around y: L = 1/B Σ (|y − x|/b + ln 2b), in nats with its constant. Its optimum
/// y is the median, so single pixels or cells that are far off move it less than a square does.
///
/// b is fixed, or learned: then it stands in θ as the state `decoder.scale`, the running mean over batches of the scale
/// that makes L least, the mean of |y − x|; before the first batch it is 1.
public struct LaplaceLoss: Loss {
  public static let form = LossForm(
    name: "laplace", argument: "[:b]", summary: "−ln p of Laplace distributions, b named or learned",
    isLikelihood: true, examples: ["laplace", "laplace:0.3"])

  public let fixedScale: Double?
  public private(set) var state: Parameter?
  public var argument: String? { fixedScale.map { "\($0)" } }

  static let momentum = 0.99
  /// The least b: a perfect reconstruction has no density.
  static let leastScale = 1e-6

  init(fixedScale: Double?) { self.fixedScale = fixedScale }

  /// b is learned without an argument; nil where b is not from 1e-6 to 1e6.
  public init?(argument: String?) {
    guard let argument else {
      self.init(fixedScale: nil)
      return
    }
    guard let b = Double(argument), b >= Self.leastScale, b <= 1e6 else { return nil }
    self.init(fixedScale: b)
  }

  public func placed(in layout: inout ParameterLayout) -> Self {
    if fixedScale != nil { return self }
    var result = self
    result.state = layout.addState("decoder.scale", shape: [1])
    return result
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func fixed<S: BLASScalar>(by parameters: MatrixView<S>) -> Self { Self(fixedScale: scale(parameters)) }

  /// b.
  private func scale<S: BLASScalar>(_ parameters: MatrixView<S>) -> Double {
    scale(state: state.map { Double(parameters[0, $0.offset]) } ?? 0)
  }

  private func scale(state: Double) -> Double { fixedScale ?? (state > 0 ? max(state, Self.leastScale) : 1) }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    // ∂L/∂y = sign(y − x) / bB, and 0 where they are equal
    let b = scale(parameters)
    zip(y, target, into: dy) { y, x in y - x }
    let distance = sumOfMagnitudes(dy.readOnly)
    let slope = S.Vector(S(1 / (b * Double(batch))))
    transform(dy) { d in S.Vector(0).replacing(with: slope, where: d > 0).replacing(with: -slope, where: d < 0) }
    return (distance / b + Double(y.rows * y.columns) * Double.log(2 * b)) / Double(batch)
  }

  public var hasDistribution: Bool { true }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawnGradient<S: BLASScalar>(
    _ y: MatrixView<S>, into dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>,
    using random: inout RandomStream
  ) {
    // A target is as likely above y as below it:  ∂L/∂y = ±1 / bB
    random.fillUniform(dy, -1, 1)
    let slope = S.Vector(S(1 / (scale(parameters) * Double(batch))))
    transform(dy) { u in slope.replacing(with: -slope, where: u < 0) }
  }

  public func nextState(_ state: Double, after value: Double, features: Int) -> Double {
    let (b, n) = (scale(state: state), Double(features))
    let optimum = (value / n - Double.log(2 * b)) * b
    let next = state == 0 ? optimum : Self.momentum * b + (1 - Self.momentum) * optimum
    return max(next, Self.leastScale)
  }
}
