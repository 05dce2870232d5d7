/// Finds a step length α along a direction of descent that meets the strong Wolfe conditions (Nocedal and Wright 2006,
/// algorithms 3.5 and 3.6). For φ(α) = f(θ + αd) they are
///
/// φ(α) ≤ φ(0) + c₁αφ′(0) and |φ′(α)| ≤ c₂|φ′(0)|.
///
/// Steps grow until an interval must hold such an α; then the interval shrinks around it. A trial step is the minimum
/// of the cubic through the values and slopes at both ends, kept in bounds that make progress certain. A trial whose
/// value or slope is not finite counts as too long a step.
///
/// Near a minimum the change of φ drowns in its rounding error long before that of φ′ does. So a step that meets the
/// second condition is also taken where φ has changed by no more than that error (approximate Wolfe conditions, Hager
/// and Zhang 2005).
package struct LineSearch: Sendable {
  /// The constant c₁.
  public let sufficientDecrease: Double
  /// The constant c₂, which is loose because quasi-Newton directions are well scaled.
  public let curvature: Double
  /// The largest number of computations of φ.
  public let limit: Int
  /// The relative rounding error of φ.
  public let resolution: Double

  public init(
    sufficientDecrease: Double = 1e-4, curvature: Double = 0.9, limit: Int = 25, resolution: Double = Double.ulpOfOne
  ) {
    precondition(
      0 < sufficientDecrease && sufficientDecrease < curvature && curvature < 1 && limit > 0,
      "LineSearch: c₁ = \(sufficientDecrease), c₂ = \(curvature), \(limit) evaluations")
    self.sufficientDecrease = sufficientDecrease
    self.curvature = curvature
    self.limit = limit
    self.resolution = resolution
  }

  /// φ and φ′ at a step length.
  public struct Point: Sendable, Equatable {
    public let step: Double
    public let value: Double
    public let slope: Double

    public init(step: Double, value: Double, slope: Double) {
      self.step = step
      self.value = value
      self.slope = slope
    }

    var isFinite: Bool { value.isFinite && slope.isFinite }
  }

  /// Returns the step that meets the conditions, given φ(0) = `value`, φ′(0) = `slope` < 0 and the first trial `first`.
  ///
  /// Where `limit` evaluations do not suffice, it is the longest known step with sufficient decrease, or nil where
  /// there is none. The step need not be the last trial.
  public func search(
    value: Double, slope: Double, first: Double, _ phi: (Double) throws -> (value: Double, slope: Double)
  ) rethrows -> Point? {
    let origin = Point(step: 0, value: value, slope: slope)
    guard origin.isFinite, slope < 0, first > 0, first.isFinite else { return nil }
    func at(_ step: Double) throws -> Point {
      let (value, slope) = try phi(step)
      return Point(step: step, value: value, slope: slope)
    }
    var last = origin
    var step = first
    /// The least step that was too long.
    var ceiling = Double.infinity
    for trial in 1...limit {
      let point = try at(step)
      if !point.isFinite {
        ceiling = step
        step = last.step + 0.1 * (step - last.step)
        continue
      }
      if isEnough(point, from: origin) { return point }
      if !decreases(point, from: origin) || last.step > 0 && point.value >= last.value {
        return try zoom(last, point, from: origin, trials: limit - trial, at)
      }
      if point.slope >= 0 { return try zoom(point, last, from: origin, trials: limit - trial, at) }
      // The next step goes 1.1 to 4 times as far again (Moré and Thuente 1994).
      let length = point.step - last.step
      let wanted = cubicMinimum(last, point) ?? .infinity
      step = min(max(wanted, point.step + 1.1 * length), point.step + 4 * length)
      if step >= ceiling { step = 0.5 * (point.step + ceiling) }
      last = point
    }
    return last.step > 0 ? last : nil
  }

  /// Runs algorithm 3.6. Of all steps with sufficient decrease so far `low` has the least value (or is the origin), and
  /// φ falls from `low` towards `high`.
  private func zoom(
    _ low: Point, _ high: Point, from origin: Point, trials: Int, _ at: (Double) throws -> Point
  ) rethrows -> Point? {
    var (low, high) = (low, high)
    var widths = (Double.infinity, Double.infinity)
    for _ in 0..<trials {
      let width = abs(high.step - low.step)
      let start = min(low.step, high.step)
      let middle = start + 0.5 * width
      // Two trials must take a third off the interval, otherwise it is halved.
      let isSlow = width > 0.66 * widths.0
      let wanted = isSlow ? middle : cubicMinimum(low, high) ?? middle
      widths = (widths.1, width)
      let point = try at(min(max(wanted, start + 0.1 * width), start + 0.9 * width))
      if isEnough(point, from: origin) { return point }
      if !point.isFinite || !decreases(point, from: origin) || point.value >= low.value {
        high = point
      } else {
        if point.slope * (high.step - low.step) >= 0 { high = low }
        low = point
      }
    }
    return low.step > 0 ? low : nil
  }

  private func decreases(_ point: Point, from origin: Point) -> Bool {
    point.value <= origin.value + sufficientDecrease * point.step * origin.slope
  }

  /// Whether a point meets the conditions.
  private func isEnough(_ point: Point, from origin: Point) -> Bool {
    abs(point.slope) <= -curvature * origin.slope
      && (decreases(point, from: origin) || abs(point.value - origin.value) <= resolution * abs(origin.value))
  }

  /// Returns where the cubic through two points' values and slopes has its minimum (3.59); nil where it has none.
  private func cubicMinimum(_ a: Point, _ b: Point) -> Double? {
    let d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0 else { return nil }
    let d2 = b.step > a.step ? square.squareRoot() : -square.squareRoot()
    let step = b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
    return step.isFinite ? step : nil
  }
}
