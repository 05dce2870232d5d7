/// Holds the rectangle of a plot on the page and says where values lie in it.
struct PlotFrame {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  private let xAxis: PlotAxis
  private let yAxis: PlotAxis

  /// Makes a frame that contains all points (`x`, `y`). Where `isSquare` is true, one unit is as long on both axes,
  /// which then must be linear.
  init(
    left: Double, right: Double, top: Double, bottom: Double, x: [Double], y: [Double], isSquare: Bool,
    yStartsAtZero: Bool = false, xScale: AxisScale = .linear, yScale: AxisScale = .linear
  ) {
    precondition(!isSquare || (xScale == .linear && yScale == .linear), "PlotFrame: square and logarithmic")
    self.left = left
    self.right = right
    self.top = top
    self.bottom = bottom
    let (xAxis, yAxis) = (PlotAxis(x, xScale), PlotAxis(y, yScale, fromZero: yStartsAtZero))
    if isSquare {
      // Both axes get the scale of the axis that has more to show on a unit of the page.
      let unit = max(xAxis.length / (right - left), yAxis.length / (bottom - top))
      self.xAxis = xAxis.widened(to: unit * (right - left))
      self.yAxis = yAxis.widened(to: unit * (bottom - top))
    } else {
      (self.xAxis, self.yAxis) = (xAxis, yAxis)
    }
  }

  func x(_ value: Double) -> Double { left + xAxis.place(value) * (right - left) }
  func y(_ value: Double) -> Double { bottom - yAxis.place(value) * (bottom - top) }

  /// How many units of the page one unit of a linear x axis takes.
  var unit: Double { (right - left) / xAxis.length }

  func axes(xLabel: String, yLabel: String) -> [String] {
    var parts: [String] = []
    for tick in xAxis.ticks {
      parts.append(SVG.line("grid", x(tick.value), top, x(tick.value), bottom))
      parts.append(SVG.text(tick.label, x(tick.value), bottom + 17, anchor: .middle))
    }
    for tick in yAxis.ticks {
      parts.append(SVG.line("grid", left, y(tick.value), right, y(tick.value)))
      parts.append(SVG.text(tick.label, left - 7, y(tick.value) + 4, anchor: .end))
    }
    parts.append(SVG.line("axis", left, bottom, right, bottom))
    parts.append(SVG.line("axis", left, top, left, bottom))
    return parts
      + SVG.axisLabels(xLabel, yLabel, left: left, right: right, top: top, bottom: bottom, yLabelAt: left - 48)
  }
}
