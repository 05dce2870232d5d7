import Linalg

/// −ln p(x|y) of Student's t distributions around y with ν degrees of freedom and scale s:
/// L = 1/B Σ (c + ln s + (ν + 1)/2 · ln(1 + r²/νs²)), r = y − x, c = ln Γ(ν/2) − ln Γ((ν + 1)/2) + ½ ln νπ, in nats
/// with its constant. A number that is far off pulls less the farther it is (Lange, Little and Taylor 1989).
///
/// s is fixed, or learned: then it stands in θ as the state `decoder.scale` and goes to where the mean of
/// (ν + 1)/2 · ln(1 + r²/νs²) over the numbers is what it is under the distribution itself,
/// k = (ν + 1)/2 · (ψ((ν + 1)/2) − ψ(ν/2)), by ln s ← ln s + 0.1 · (mean − k) after a batch, at most 0.1 at a time. For
/// a normal distribution this rule is that of maximum likelihood; before the first batch s is 1.
public struct StudentTLoss: Loss {
  public static let form = LossForm(
    name: "student-t", argument: ":ν[:s]", summary: "−ln p of Student's t distributions, s named or learned",
    isLikelihood: true, examples: ["student-t:4.0", "student-t:2.5:0.3"])

  /// ν.
  public let freedom: Double
  public let fixedScale: Double?
  public private(set) var state: Parameter?
  public var argument: String? { "\(freedom)" + (fixedScale.map { ":\($0)" } ?? "") }

  static let rate = 0.1
  static let leastScale = 1e-6

  init(freedom: Double, fixedScale: Double?) {
    self.freedom = freedom
    self.fixedScale = fixedScale
  }

  /// Nil where ν is not from 0.1 to 1000, or s not from 1e-6 to 1e6.
  public init?(argument: String?) {
    let numbers = (argument ?? "").split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard 1...2 ~= numbers.count, let freedom = numbers[0], freedom >= 0.1, freedom <= 1000 else { return nil }
    if numbers.count == 1 {
      self.init(freedom: freedom, fixedScale: nil)
    } else {
      guard let scale = numbers[1], scale >= Self.leastScale, scale <= 1e6 else { return nil }
      self.init(freedom: freedom, fixedScale: scale)
    }
  }

  public func placed(in layout: inout ParameterLayout) -> Self {
    if fixedScale != nil { return self }
    var result = self
    result.state = layout.addState("decoder.scale", shape: [1])
    return result
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func fixed<S: BLASScalar>(by parameters: MatrixView<S>) -> Self {
    Self(freedom: freedom, fixedScale: scale(parameters))
  }

  /// s.
  private func scale<S: BLASScalar>(_ parameters: MatrixView<S>) -> Double {
    scale(state: state.map { Double(parameters[0, $0.offset]) } ?? 0)
  }

  private func scale(state: Double) -> Double { fixedScale ?? (state > 0 ? max(state, Self.leastScale) : 1) }

  /// c.
  private var constant: Double {
    logGamma(freedom / 2) - logGamma((freedom + 1) / 2) + 0.5 * Double.log(freedom * Double.pi)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    // ∂L/∂y = (ν + 1) r / ((νs² + r²) B)
    let s = scale(parameters)
    let square = S.Vector(S(1 / (freedom * s * s)))
    zip(y, target, into: dy) { y, x in S.Vector.log1p(square * ((y - x) * (y - x))) }
    let logs = 0.5 * (freedom + 1) * sum(dy.readOnly)
    let spread = S.Vector(S(freedom * s * s))
    let slope = S.Vector(S((freedom + 1) / Double(batch)))
    zip(y, target, into: dy) { y, x in slope * (y - x) / (spread + (y - x) * (y - x)) }
    return (logs + Double(y.rows * y.columns) * (constant + Double.log(s))) / Double(batch)
  }

  public func nextState(_ state: Double, after value: Double, features: Int) -> Double {
    let s = scale(state: state)
    let mean = value / Double(features) - constant - Double.log(s)
    let expected = 0.5 * (freedom + 1) * (digamma((freedom + 1) / 2) - digamma(freedom / 2))
    let step = min(max(mean - expected, -1), 1)
    return min(max(s * Double.exp(Self.rate * step), Self.leastScale), 1e6)
  }
}

/// ψ(x) = d ln Γ(x)/dx for x > 0: by ψ(x) = ψ(x + 1) − 1/x up to 10, then the asymptotic series (Abramowitz and Stegun
/// 6.3.18), whose first term left out is below 1e-14.
func digamma(_ x: Double) -> Double {
  var (x, result) = (x, 0.0)
  while x < 10 {
    result -= 1 / x
    x += 1
  }
  let u = 1 / (x * x)
  let series = u * (1 / 12 - u * (1 / 120 - u * (1 / 252 - u * (1 / 240 - u * (1 / 132 - u * 691 / 32760)))))
  return result + Double.log(x) - 0.5 / x - series
}
