import Linalg

/// The piecewise cubic Hermite interpolant that is monotone wherever its points are (PCHIP; Fritsch, Carlson, SIAM J.
/// Numer. Anal. 17, 1980). The slopes are those of Fritsch and Butland (SIAM J. Sci. Stat. Comput. 5, 1984), as in the
/// `pchip` of SciPy and Matlab.
package struct MonotoneCubic: Sendable {
  public static let name = "piecewise cubic Hermite (PCHIP, Fritsch-Carlson)"

  public let x: [Double]
  public let y: [Double]
  /// The slopes dy/dx at the points.
  public let slopes: [Double]

  /// Creates the interpolant through two points or more, with `x` strictly increasing.
  public init(_ x: [Double], _ y: [Double]) {
    precondition(
      x.count >= 2 && x.count == y.count && zip(x, x.dropFirst()).allSatisfy { $0 < $1 },
      "MonotoneCubic: \(x.count) and \(y.count) numbers, expected two or more of x, increasing")
    self.x = x
    self.y = y
    slopes = Self.slopes(x, y)
  }

  public var domain: ClosedRange<Double> { x.first!...x.last! }

  /// Returns the value at a place of the domain.
  public func callAsFunction(_ place: Double) -> Double {
    precondition(domain.contains(place), "MonotoneCubic: \(place) is outside of \(domain)")
    let piece = min(x.lastIndex { $0 <= place }!, x.count - 2)
    let (a, b, c, d) = coefficients(piece)
    let t = place - x[piece]
    return a + t * (b + t * (c + t * d))
  }

  /// Returns the integral over `range`, which must lie in the domain.
  public func integral(over range: ClosedRange<Double>) -> Double {
    precondition(domain.contains(range.lowerBound) && domain.contains(range.upperBound), "MonotoneCubic: \(range)")
    var total = 0.0
    for piece in 0..<x.count - 1 where x[piece] < range.upperBound && x[piece + 1] > range.lowerBound {
      let (a, b, c, d) = coefficients(piece)
      func primitive(_ t: Double) -> Double { t * (a + t * (b / 2 + t * (c / 3 + t * d / 4))) }
      total += primitive(min(range.upperBound, x[piece + 1]) - x[piece])
      total -= primitive(max(range.lowerBound, x[piece]) - x[piece])
    }
    return total
  }

  /// Returns the coefficients of y = a + b t + c t² + d t³ behind point `piece`, where t counts from the point.
  private func coefficients(_ piece: Int) -> (Double, Double, Double, Double) {
    let h = x[piece + 1] - x[piece]
    let secant = (y[piece + 1] - y[piece]) / h
    let (left, right) = (slopes[piece], slopes[piece + 1])
    return (y[piece], left, (3 * secant - 2 * left - right) / h, (left + right - 2 * secant) / (h * h))
  }

  private static func slopes(_ x: [Double], _ y: [Double]) -> [Double] {
    let h = zip(x.dropFirst(), x).map { $0 - $1 }
    let secants = h.indices.map { (y[$0 + 1] - y[$0]) / h[$0] }
    if secants.count == 1 { return [secants[0], secants[0]] }
    var slopes = [end(h[0], h[1], secants[0], secants[1])]
    for k in 1..<h.count {
      let (left, right) = (secants[k - 1], secants[k])
      // The slope is 0 at extrema, and otherwise the weighted harmonic mean of the secants.
      let (w1, w2) = (2 * h[k] + h[k - 1], h[k] + 2 * h[k - 1])
      slopes.append(left * right <= 0 ? 0 : (w1 + w2) / (w1 / left + w2 / right))
    }
    let last = h.count - 1
    return slopes + [end(h[last], h[last - 1], secants[last], secants[last - 1])]
  }

  /// Returns the slope at an end, from the parabola through three points, cut off where it would not be monotone.
  private static func end(_ h0: Double, _ h1: Double, _ secant0: Double, _ secant1: Double) -> Double {
    let slope = ((2 * h0 + h1) * secant0 - h0 * secant1) / (h0 + h1)
    if slope * secant0 <= 0 { return 0 }
    if secant0 * secant1 <= 0 && abs(slope) > 3 * abs(secant0) { return 3 * secant0 }
    return slope
  }
}
