import Linalg

/// Points along a curve in the plane, which noise moves a little off it: data whose true code is one number.
///
/// Sample i of a seed is the same for any number of samples, since it has a random stream of its own.
public enum PlanarCurve: String, CaseIterable, Sendable {
  /// One arm of two turns about the origin: r = t / 4π, 0 ≤ t ≤ 4π.
  case spiral
  /// The unit circle, 0 ≤ t < 2π.
  case circle
  /// Two interleaved half circles, 0 ≤ t < π: (cos t, sin t), label 0, and (1 − cos t, ½ − sin t), label 1.
  ///
  /// Source: `make_moons` of scikit-learn.
  case moons

  /// The standard deviation of the normal noise that is added to each coordinate.
  public static let noise = 0.02

  var summary: String {
    switch self {
    case .spiral: "points on a spiral of two turns"
    case .circle: "points on the unit circle"
    case .moons: "points on two interleaved half circles"
    }
  }

  /// Draws `count` points that are uniform along the curve but for the noise; they have shape [2], x before y.
  ///
  /// The factor "angle" is t before the noise. The points of `moons` have labels, each half circle as likely as the
  /// other.
  public func generate(count: Int, seed: UInt64 = 1) -> Dataset {
    precondition(count > 0, "PlanarCurve: \(count) samples")
    var numbers: [Float] = []
    var angles: [Float] = []
    var labels: [Int32] = []
    numbers.reserveCapacity(2 * count)
    angles.reserveCapacity(count)
    for sample in 0..<count {
      var random = RandomStream(seed: seed, purpose: .planar, epoch: sample)
      // All random numbers are drawn for every curve, so that each curve takes the same numbers for the same things.
      let half = random.index(below: 2)
      let fraction = random.uniform()
      let deviates = random.normalPair()
      let t = angle(fraction)
      let point = point(t, half: half)
      numbers.append(Float(point.x + Self.noise * deviates.0))
      numbers.append(Float(point.y + Self.noise * deviates.1))
      angles.append(Float(t))
      if self == .moons { labels.append(Int32(half)) }
    }
    return Dataset(
      .numbers(numbers), count: count, shape: [2], labels: self == .moons ? labels : nil,
      factors: Matrix(rows: count, columns: 1, values: angles), factorNames: ["angle"],
      source: "\(rawValue):\(count):\(seed)")
  }

  /// Returns the angle t up to which the curve has `fraction` of its length.
  private func angle(_ fraction: Double) -> Double {
    switch self {
    case .spiral: Self.spiralAngle(ofLength: fraction * Self.spiralLength(to: 4 * .pi))
    case .circle: 2 * .pi * fraction
    case .moons: .pi * fraction
    }
  }

  /// Returns the point of angle `t`, which for the moons is on the upper (0) or the lower (1) `half` circle.
  private func point(_ t: Double, half: Int) -> (x: Double, y: Double) {
    let (x, y) = (cosine(t), sine(t))
    switch self {
    case .spiral: return (t / (4 * .pi) * x, t / (4 * .pi) * y)
    case .circle: return (x, y)
    case .moons: return half == 0 ? (x, y) : (1 - x, 0.5 - y)
    }
  }

  /// Returns the length of the spiral r = t from 0 to `t`: ∫ √(1 + u²) du = ½ (t √(1 + t²) + ln(t + √(1 + t²))).
  private static func spiralLength(to t: Double) -> Double {
    let slope = (1 + t * t).squareRoot()
    return (t * slope + Double.log(t + slope)) / 2
  }

  /// Returns the t up to which the spiral r = t has `length`, by Newton's method.
  ///
  /// The length is convex in t and at least t²/2, so √(2·length) is above the root and the steps come down to it; four
  /// steps leave only rounding.
  private static func spiralAngle(ofLength length: Double) -> Double {
    var t = (2 * length).squareRoot()
    for _ in 0..<4 { t -= (spiralLength(to: t) - length) / (1 + t * t).squareRoot() }
    return max(0, t)
  }
}
