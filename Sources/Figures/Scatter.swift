/// Points in a plane, coloured by class, with circles around the origin.
public struct ScatterPanel: Sendable {
  public let title: String
  public let points: [Chart.Point]
  /// The class of each point, or nil where all points are of one kind.
  public let classes: [Int32]?
  /// The radii of the circles, in the unit of the points.
  public let circles: [Double]

  /// Makes a panel of the points that are finite; others are left out.
  public init(_ title: String, points: [Chart.Point], classes: [Int32]? = nil, circles: [Double] = []) {
    precondition(
      classes.map { $0.count == points.count } ?? true,
      "ScatterPanel: \(classes?.count ?? 0) classes for \(points.count) points")
    precondition(circles.allSatisfy { $0 > 0 && $0.isFinite }, "ScatterPanel: radii \(circles)")
    let finite = points.indices.filter { points[$0].x.isFinite && points[$0].y.isFinite }
    self.title = title
    self.points = finite.map { points[$0] }
    self.classes = classes.map { all in finite.map { all[$0] } }
    self.circles = circles
  }
}

/// Scatter plots side by side as SVG. In each, one unit is as long on both axes; a class has the same colour in all of
/// them, and the legend is at the right. The picture follows the reader's light or dark scheme.
public struct Scatter: Sendable {
  public let title: String
  public let xLabel: String
  public let yLabel: String
  public let panels: [ScatterPanel]
  /// The number of panels in a row.
  public let columns: Int

  public init(title: String, xLabel: String, yLabel: String, panels: [ScatterPanel], columns: Int = 3) {
    precondition(!panels.isEmpty && columns > 0, "Scatter: \(panels.count) panels, \(columns) in a row")
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.panels = panels
    self.columns = min(columns, panels.count)
  }

  private static let margin = (left: 64.0, right: 16.0, top: 28.0, bottom: 48.0)
  private static let pageTop = 32.0

  /// Returns the picture; the axes of each panel are `side` units long.
  public func svg(side: Int = 460) -> String {
    let classes = Set(panels.flatMap { $0.classes ?? [] }).sorted()
    let names = classes.map { "\($0)" }
    let cellWidth = Self.margin.left + Double(side) + Self.margin.right
    let cellHeight = Self.margin.top + Double(side) + Self.margin.bottom
    var parts: [String] = []
    for (index, panel) in panels.enumerated() {
      let left = Double(index % columns) * cellWidth + Self.margin.left
      let top = Self.pageTop + Double(index / columns) * cellHeight + Self.margin.top
      parts += drawn(panel, classes, left: left, top: top, side: Double(side))
    }
    let right = Double(columns) * cellWidth
    parts += SVG.legend(names, left: right, top: Self.pageTop + Self.margin.top)
    let width = right + (names.isEmpty ? 0 : SVG.legendWidth(names) - 32)
    let rows = (panels.count + columns - 1) / columns
    let height = Self.pageTop + Double(rows) * cellHeight
    return SVG.document(title: title, width: Int(width), height: Int(height), left: Self.margin.left, parts)
  }

  private func drawn(
    _ panel: ScatterPanel, _ classes: [Int32], left: Double, top: Double, side: Double
  ) -> [String] {
    let ends = panel.circles.flatMap { [-$0, $0] }
    let frame = PlotFrame(
      left: left, right: left + side, top: top, bottom: top + side, x: panel.points.map(\.x) + ends,
      y: panel.points.map(\.y) + ends, isSquare: true)
    var parts = [SVG.text(panel.title, left, top - 9)] + frame.axes(xLabel: xLabel, yLabel: yLabel)
    if let all = panel.classes {
      for (index, name) in classes.enumerated() {
        parts += dots(zip(panel.points, all).filter { $0.1 == name }.map(\.0), "\(name)", SVG.colour(index), frame)
      }
    } else {
      parts += dots(panel.points, panel.title, SVG.colour(0), frame)
    }
    return parts
      + panel.circles.map { radius in
        "<circle class=\"ring\" cx=\"\(n(frame.x(0)))\" cy=\"\(n(frame.y(0)))\" r=\"\(n(radius * frame.unit))\"/>"
      }
  }

  private func dots(_ points: [Chart.Point], _ name: String, _ colour: String, _ frame: PlotFrame) -> [String] {
    if points.isEmpty { return [] }
    let circles = points.map { "<circle cx=\"\(n(frame.x($0.x)))\" cy=\"\(n(frame.y($0.y)))\" r=\"1.6\"/>" }
    return ["<g fill=\"\(colour)\" fill-opacity=\"0.7\"><title>\(escaped(name))</title>"] + circles + ["</g>"]
  }
}
