import Figures
import Testing

/// These tests parse charts: what is drawn lies where the data are.
@Suite struct ChartTests {
  @Test func pointsLieAtTheirTicks() throws {
    let chart = Chart(
      title: "a < b & c", xLabel: "size", yLabel: "error",
      series: [.init("one", [.init(0, 10), .init(10, 20)]), .init("two \"2\"", [.init(5, 15)])])
    let elements = SVGElement.all(of: chart.svg())
    let circles = elements.filter { $0.name == "circle" }
    #expect(circles.count == 3)
    let texts = elements.filter { $0.name == "text" }
    #expect(texts.contains { $0.text == "a < b & c" } && texts.contains { $0.text == "two \"2\"" })
    // The tick that says 10 under the axis is where the circle of x = 10 is, and the tick that says 20 where y = 20 is.
    let ten = try #require(texts.first { $0.text == "10" && $0.attributes["text-anchor"] == "middle" })
    #expect(try abs(circles[1].number("cx") - ten.number("x")) < 0.02)
    let twenty = try #require(texts.first { $0.text == "20" && $0.attributes["text-anchor"] == "end" })
    #expect(try abs(circles[1].number("cy") + 4 - twenty.number("y")) < 0.02)
    // The middle between the points of the first series is the only point of the second.
    for key in ["cx", "cy"] {
      #expect(try abs((circles[0].number(key) + circles[1].number(key)) / 2 - circles[2].number(key)) < 0.02)
    }
    #expect(elements.contains { $0.name == "style" && $0.text.contains("prefers-color-scheme:dark") })
  }

  @Test func squareChartsHaveOneUnit() throws {
    let chart = Chart(
      title: "", xLabel: "", yLabel: "", series: [.init("p", [.init(0, 0), .init(1, 0), .init(0, 1)], mark: .dots)],
      isSquare: true)
    let circles = SVGElement.all(of: chart.svg()).filter { $0.name == "circle" }
    func place(_ index: Int, _ key: String) throws -> Double { try circles[index].number(key) }
    let (across, up) = try (place(1, "cx") - place(0, "cx"), place(0, "cy") - place(2, "cy"))
    #expect(abs(across - up) < 0.02 && across > 50)
  }

  @Test func nothingAndInfinityAreDrawn() {
    for points in [[], [Chart.Point(.nan, 1), .init(1, .infinity)], [.init(3, 3)]] {
      let elements = SVGElement.all(of: Chart(title: "t", xLabel: "x", yLabel: "y", series: [.init("s", points)]).svg())
      #expect(elements.filter { $0.name == "circle" }.count == points.filter { $0.x == 3 }.count)
    }
  }

  @Test(arguments: [(0.0, 1.0), (-3.2, 17.9), (0, 1e-6), (1e6, 1.00001e6), (5, 5)])
  func ticksAreRoundAndInside(range: (Double, Double)) {
    let chart = Chart(
      title: "", xLabel: "", yLabel: "", series: [.init("s", [.init(0, range.0), .init(1, range.1)])])
    let ticks = SVGElement.all(of: chart.svg()).filter { $0.name == "text" && $0.attributes["text-anchor"] == "end" }
    #expect((2...8).contains(ticks.count))
    #expect(Set(ticks.map(\.text)).count == ticks.count)
  }

  @Test func arrowsPointFromAndToTheirPoints() throws {
    let ends = [Chart.Point(1, 2), .init(4, 3)]
    let chart = Chart(
      title: "t", xLabel: "x", yLabel: "y", series: [.init("ends", ends, mark: .dots)],
      arrows: [
        .init(from: ends[0], to: ends[1]), .init(from: ends[0], to: ends[0]),
        .init(from: ends[0], to: .init(.nan, 0)), .init(from: .init(0, .infinity), to: ends[1]),
      ])
    let elements = SVGElement.all(of: chart.svg())
    let circles = elements.filter { $0.name == "circle" }
    // Of the four arrows, one has no length and two are not finite.
    let arrows = elements.filter { $0.attributes["class"] == "arrow" }
    let arrow = try #require(arrows.first)
    #expect(arrows.count == 1)
    for (end, circle) in zip(["1", "2"], circles) {
      for axis in ["x", "y"] { #expect(arrow.attributes[axis + end] == circle.attributes["c" + axis]) }
    }
    let marker = try #require(elements.first { $0.name == "marker" }?.attributes["id"])
    #expect(arrow.attributes["marker-end"] == "url(#\(marker))")
    // Arrows lie under the series, so they are drawn before it.
    let place = try #require(elements.firstIndex { $0.attributes["class"] == "arrow" })
    #expect(!elements[..<place].contains { $0.name == "circle" })
    let style = try #require(elements.first { $0.name == "style" }?.text)
    #expect(style.ranges(of: ".arrow{").count == 2, "a colour for light, one for dark")
  }

  @Test func axesReachAsFarAsArrows() throws {
    let chart = Chart(
      title: "t", xLabel: "x", yLabel: "y", series: [.init("origin", [.init(0, 0)])],
      arrows: [.init(from: .init(-50, 0), to: .init(0, 200))])
    let elements = SVGElement.all(of: chart.svg(width: 720, height: 440))
    let arrow = try #require(elements.first { $0.attributes["class"] == "arrow" })
    #expect(elements.contains { $0.text == "200" } && elements.contains { $0.text == "-50" })
    for key in ["x1", "x2"] { #expect(try 64...720 ~= arrow.number(key)) }
    for key in ["y1", "y2"] { #expect(try 44...392 ~= arrow.number(key)) }
    let none = Chart(title: "t", xLabel: "x", yLabel: "y", series: [.init("origin", [.init(0, 0)])])
    #expect(!SVGElement.all(of: none.svg()).contains { $0.name == "marker" })
  }

  /// On logarithmic axes equal factors are equally far apart, ticks say where, and what has no logarithm is left out.
  @Test func logarithmicAxesHaveEqualFactors() throws {
    let points = [Chart.Point(2, 1), .init(20, 100), .init(200, 10), .init(0, 5), .init(5, -1), .init(.nan, 1)]
    let chart = Chart(
      title: "t", xLabel: "x", yLabel: "y", series: [.init("s", points)], xScale: .logarithmic, yScale: .logarithmic)
    let elements = SVGElement.all(of: chart.svg())
    let circles = elements.filter { $0.name == "circle" }
    #expect(circles.count == 3)
    let x = try circles.map { try $0.number("cx") }
    let y = try circles.map { try $0.number("cy") }
    #expect(abs((x[1] - x[0]) - (x[2] - x[1])) < 0.03 && x[0] < x[1])
    #expect(abs((y[0] - y[2]) - (y[2] - y[1])) < 0.03 && y[1] < y[2])
    let texts = elements.filter { $0.name == "text" }
    let twenty = try #require(texts.first { $0.text == "20" && $0.attributes["text-anchor"] == "middle" })
    #expect(try abs(twenty.number("x") - x[1]) < 0.03)
    let ten = try #require(texts.first { $0.text == "10" && $0.attributes["text-anchor"] == "end" })
    #expect(try abs(ten.number("y") - 4 - y[2]) < 0.03)
  }

  @Test(arguments: [(1.0, 1.5), (3, 8), (0.02, 7), (1, 1e9), (1e-12, 1e12), (5, 5)])
  func logarithmicTicksAreSome(range: (Double, Double)) {
    let chart = Chart(
      title: "", xLabel: "", yLabel: "", series: [.init("s", [.init(0, range.0), .init(1, range.1)])],
      yScale: .logarithmic)
    let ticks = SVGElement.all(of: chart.svg()).filter { $0.name == "text" && $0.attributes["text-anchor"] == "end" }
    #expect((2...14).contains(ticks.count), "\(ticks.map(\.text))")
    #expect(Set(ticks.map(\.text)).count == ticks.count)
  }

  /// The rule is a factor of a thousand among positive numbers.
  @Test func scalesFitWhatTheyShow() {
    for values in [[], [0, 1e9], [-1, 1, 1e9], [1, 999], [.infinity, 1, 2]] {
      #expect(AxisScale.fitting(values) == .linear)
    }
    for values in [[1, 1000], [1e-9, 1, .nan], [3e5, 2, 7e20]] { #expect(AxisScale.fitting(values) == .logarithmic) }
  }

  /// Labels of large and small numbers have exponents, so that they fit beside the axis.
  @Test(arguments: [
    (1e8, 2.5e8, "2.0e8"), (1e-6, 2e-6, "1.2e-6"), (-4e12, 0, "-2e12"), (0, 9, "4"), (1e4, 2e4, "12000"),
  ])
  func labelsAreShort(case: (low: Double, high: Double, label: String)) {
    let chart = Chart(
      title: "", xLabel: "", yLabel: "", series: [.init("s", [.init(0, `case`.low), .init(1, `case`.high)])])
    let labels = SVGElement.all(of: chart.svg()).filter { $0.name == "text" && $0.attributes["text-anchor"] == "end" }
    #expect(labels.contains { $0.text == `case`.label }, "\(labels.map(\.text))")
    #expect(labels.allSatisfy { $0.text.count <= 7 })
  }
}
