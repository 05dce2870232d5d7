/// A chart of points, lines and arrows as SVG. It has axes with ticks, a grid and a legend, and follows the reader's
/// light or dark scheme.
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
      /// The series is a line with a dot at every point.
      case line
      /// The series is small dots, which suit many points.
      case dots
    }
    public let name: String
    public let points: [Point]
    public let mark: Mark

    /// Makes a series of the points that are finite; others are left out.
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
  /// Arrows are drawn under the series, all in one neutral colour.
  public let arrows: [Arrow]
  /// Whether one unit is as long on both axes, as for points in a plane.
  public let isSquare: Bool
  /// Whether the y axis starts at 0.
  public let startsAtZero: Bool
  public let xScale: AxisScale
  public let yScale: AxisScale

  /// Arrows that are not finite are left out, and so are points and arrows that are not positive on a logarithmic axis.
  public init(
    title: String, xLabel: String, yLabel: String, series: [Series], arrows: [Arrow] = [], isSquare: Bool = false,
    startsAtZero: Bool = false, xScale: AxisScale = .linear, yScale: AxisScale = .linear
  ) {
    func isDrawn(_ point: Point) -> Bool {
      point.x.isFinite && point.y.isFinite && (xScale == .linear || point.x > 0) && (yScale == .linear || point.y > 0)
    }
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series.map { Series($0.name, $0.points.filter(isDrawn), mark: $0.mark) }
    self.arrows = arrows.filter { isDrawn($0.from) && isDrawn($0.to) }
    self.xScale = xScale
    self.yScale = yScale
    self.isSquare = isSquare
    self.startsAtZero = startsAtZero
  }

  /// Returns the picture, which is `width` × `height` units large.
  public func svg(width: Int = 720, height: Int = 440) -> String {
    let frame = frame(width: Double(width), height: Double(height))
    var parts = frame.axes(xLabel: xLabel, yLabel: yLabel) + drawnArrows(frame)
    for (index, series) in series.enumerated() { parts += drawn(series, SVG.colour(index), frame) }
    parts += SVG.legend(series.map(\.name), left: frame.right + 16, top: frame.top)
    return SVG.document(title: title, width: width, height: height, left: frame.left, parts)
  }

  private func frame(width: Double, height: Double) -> PlotFrame {
    let points = series.flatMap(\.points) + arrows.flatMap { [$0.from, $0.to] }
    return PlotFrame(
      left: 64, right: width - SVG.legendWidth(series.map(\.name)), top: 44, bottom: height - 48, x: points.map(\.x),
      y: points.map(\.y), isSquare: isSquare, yStartsAtZero: startsAtZero, xScale: xScale, yScale: yScale)
  }

  private func drawnArrows(_ frame: PlotFrame) -> [String] {
    if arrows.isEmpty { return [] }
    var parts = [
      "<marker id=\"arrowhead\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"6\" markerHeight=\"6\" "
        + "orient=\"auto\"><path class=\"head\" d=\"M0,0.5L8,4L0,7.5z\"/></marker>"
    ]
    for arrow in arrows {
      let (x1, y1, x2, y2) = (frame.x(arrow.from.x), frame.y(arrow.from.y), frame.x(arrow.to.x), frame.y(arrow.to.y))
      // An arrow without length has no direction, so its head would point anywhere.
      if n(x1) == n(x2) && n(y1) == n(y2) { continue }
      parts.append(SVG.line("arrow", x1, y1, x2, y2, " marker-end=\"url(#arrowhead)\""))
    }
    return parts
  }

  private func drawn(_ series: Series, _ colour: String, _ frame: PlotFrame) -> [String] {
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
}
