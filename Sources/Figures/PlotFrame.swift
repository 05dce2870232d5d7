/// The rectangle of a plot on the page, and where values lie in it.
struct PlotFrame {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  private let xRange: (low: Double, high: Double)
  private let yRange: (low: Double, high: Double)

  /// For points at `x` and `y`, all within; axes of one unit where `isSquare`.
  init(
    left: Double, right: Double, top: Double, bottom: Double, x: [Double], y: [Double], isSquare: Bool,
    yStartsAtZero: Bool = false
  ) {
    self.left = left
    self.right = right
    self.top = top
    self.bottom = bottom
    var xRange = Self.range(x, fromZero: false)
    var yRange = Self.range(y, fromZero: yStartsAtZero)
    if isSquare {
      // The unit of the axis that needs the smaller one, on both.
      let unit = max((xRange.high - xRange.low) / (right - left), (yRange.high - yRange.low) / (bottom - top))
      func widened(_ range: (low: Double, high: Double), _ length: Double) -> (Double, Double) {
        let middle = (range.low + range.high) / 2
        return (middle - unit * length / 2, middle + unit * length / 2)
      }
      xRange = widened(xRange, right - left)
      yRange = widened(yRange, bottom - top)
    }
    (self.xRange, self.yRange) = (xRange, yRange)
  }

  /// From the least to the greatest value, and a twentieth beyond.
  private static func range(_ values: [Double], fromZero: Bool) -> (low: Double, high: Double) {
    let low = fromZero ? min(0, values.min() ?? 0) : values.min() ?? 0
    let high = values.max() ?? 1
    let margin = high > low ? (high - low) * 0.05 : max(abs(high) * 0.1, 0.5)
    return (fromZero && low == 0 ? 0 : low - margin, high + margin)
  }

  func x(_ value: Double) -> Double { left + (value - xRange.low) / (xRange.high - xRange.low) * (right - left) }
  func y(_ value: Double) -> Double { bottom - (value - yRange.low) / (yRange.high - yRange.low) * (bottom - top) }

  /// Units of the page for one of the x axis.
  var unit: Double { (right - left) / (xRange.high - xRange.low) }

  func axes(xLabel: String, yLabel: String) -> [String] {
    var parts: [String] = []
    let xTicks = Ticks(xRange.low, xRange.high)
    let yTicks = Ticks(yRange.low, yRange.high)
    for tick in xTicks.values {
      parts.append(SVG.line("grid", x(tick), top, x(tick), bottom))
      parts.append(SVG.text(xTicks.label(tick), x(tick), bottom + 17, anchor: .middle))
    }
    for tick in yTicks.values {
      parts.append(SVG.line("grid", left, y(tick), right, y(tick)))
      parts.append(SVG.text(yTicks.label(tick), left - 7, y(tick) + 4, anchor: .end))
    }
    parts.append(SVG.line("axis", left, bottom, right, bottom))
    parts.append(SVG.line("axis", left, top, left, bottom))
    return parts
      + SVG.axisLabels(xLabel, yLabel, left: left, right: right, top: top, bottom: bottom, yLabelAt: left - 48)
  }
}
