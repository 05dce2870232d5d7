/// A chart of points, lines and arrows as SVG: axes with ticks, grid, legend; it follows the reader's light or dark scheme.
public struct Chart: Sendable {
  public struct Point: Sendable, Equatable {
    public let x: Double
    public let y: Double
    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  public struct Series: Sendable {
    public enum Mark: Sendable {
      /// A line with a dot at every point.
      case line
      /// Small dots, for many points.
      case dots
    }
    public let name: String
    public let points: [Point]
    public let mark: Mark

    /// Points that are not finite are left out.
    public init(_ name: String, _ points: [Point], mark: Mark = .line) {
      self.name = name
      self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
      self.mark = mark
    }
  }

  public struct Arrow: Sendable, Equatable {
    public let from: Point
    public let to: Point
    public init(from: Point, to: Point) {
      self.from = from
      self.to = to
    }
  }

  public let title: String
  public let xLabel: String
  public let yLabel: String
  public let series: [Series]
  /// Under the series, all in one neutral colour.
  public let arrows: [Arrow]
  /// Whether one unit is as long on both axes, as for points in a plane.
  public let isSquare: Bool
  /// Whether the y axis starts at 0.
  public let startsAtZero: Bool

  /// Arrows that are not finite are left out.
  public init(
    title: String, xLabel: String, yLabel: String, series: [Series], arrows: [Arrow] = [], isSquare: Bool = false,
    startsAtZero: Bool = false
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.arrows = arrows.filter { [$0.from.x, $0.from.y, $0.to.x, $0.to.y].allSatisfy(\.isFinite) }
    self.isSquare = isSquare
    self.startsAtZero = startsAtZero
  }

  /// Ten colours that keep apart on white and on black, also for most who see colours differently (after P. Tol).
  static let colours = [
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee8866", "#8a8a8a", "#44bb99", "#997700",
  ]

  /// The picture, `width` × `height` units.
  public func svg(width: Int = 720, height: Int = 440) -> String {
    let frame = Frame(self, width: Double(width), height: Double(height))
    var parts = frame.axes(xLabel: xLabel, yLabel: yLabel) + drawnArrows(frame)
    for (index, series) in series.enumerated() { parts += drawn(series, Self.colours[index % 10], frame) }
    parts += legend(frame)
    return SVG.document(title: title, width: width, height: height, left: frame.left, parts)
  }

  private func drawnArrows(_ frame: Frame) -> [String] {
    if arrows.isEmpty { return [] }
    var parts = [
      "<marker id=\"arrowhead\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"6\" markerHeight=\"6\" "
        + "orient=\"auto\"><path class=\"head\" d=\"M0,0.5L8,4L0,7.5z\"/></marker>"
    ]
    for arrow in arrows {
      let (x1, y1, x2, y2) = (frame.x(arrow.from.x), frame.y(arrow.from.y), frame.x(arrow.to.x), frame.y(arrow.to.y))
      // Without length there is no direction, and the head would point anywhere.
      if n(x1) == n(x2) && n(y1) == n(y2) { continue }
      parts.append(SVG.line("arrow", x1, y1, x2, y2, " marker-end=\"url(#arrowhead)\""))
    }
    return parts
  }

  private func drawn(_ series: Series, _ colour: String, _ frame: Frame) -> [String] {
    let places = series.points.map { (frame.x($0.x), frame.y($0.y)) }
    let radius = series.mark == .line ? "3.5" : "1.6"
    let opacity = series.mark == .line ? "1" : "0.7"
    var parts = ["<g fill=\"\(colour)\" fill-opacity=\"\(opacity)\"><title>\(escaped(series.name))</title>"]
    if series.mark == .line && places.count > 1 {
      let path = places.map { "\(n($0.0)),\(n($0.1))" }.joined(separator: " ")
      parts.append("<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"/>")
    }
    parts += places.map { "<circle cx=\"\(n($0.0))\" cy=\"\(n($0.1))\" r=\"\(radius)\"/>" }
    return parts + ["</g>"]
  }

  private func legend(_ frame: Frame) -> [String] {
    series.enumerated().flatMap { index, series in
      let y = frame.top + 8 + Double(index) * 18
      let x = frame.right + 16
      return [
        "<rect x=\"\(n(x))\" y=\"\(n(y - 9))\" width=\"11\" height=\"11\" rx=\"2\" fill=\"\(Self.colours[index % 10])\"/>",
        SVG.text(series.name, x + 17, y + 1),
      ]
    }
  }
}

/// Where the data lie on the page.
private struct Frame {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  private let xRange: (Double, Double)
  private let yRange: (Double, Double)

  init(_ chart: Chart, width: Double, height: Double) {
    let longest = chart.series.map(\.name.count).max() ?? 0
    left = 64
    right = width - 32 - max(60, 7 * Double(longest) + 20)
    top = 44
    bottom = height - 48
    let points = chart.series.flatMap(\.points) + chart.arrows.flatMap { [$0.from, $0.to] }
    func range(_ values: [Double], fromZero: Bool) -> (Double, Double) {
      let low = fromZero ? min(0, values.min() ?? 0) : values.min() ?? 0
      let high = values.max() ?? 1
      let margin = high > low ? (high - low) * 0.05 : max(abs(high) * 0.1, 0.5)
      return (fromZero && low == 0 ? 0 : low - margin, high + margin)
    }
    var x = range(points.map(\.x), fromZero: false)
    var y = range(points.map(\.y), fromZero: chart.startsAtZero)
    if chart.isSquare {
      // The unit of the axis that needs the smaller one, on both.
      let unit = max((x.1 - x.0) / (right - left), (y.1 - y.0) / (bottom - top))
      func widened(_ range: (Double, Double), _ length: Double) -> (Double, Double) {
        let middle = (range.0 + range.1) / 2
        return (middle - unit * length / 2, middle + unit * length / 2)
      }
      x = widened(x, right - left)
      y = widened(y, bottom - top)
    }
    (xRange, yRange) = (x, y)
  }

  func x(_ value: Double) -> Double { left + (value - xRange.0) / (xRange.1 - xRange.0) * (right - left) }
  func y(_ value: Double) -> Double { bottom - (value - yRange.0) / (yRange.1 - yRange.0) * (bottom - top) }

  func axes(xLabel: String, yLabel: String) -> [String] {
    var parts: [String] = []
    let xTicks = Ticks(xRange.0, xRange.1)
    let yTicks = Ticks(yRange.0, yRange.1)
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
    return parts + SVG.axisLabels(xLabel, yLabel, left: left, right: right, top: top, bottom: bottom)
  }
}
