import Figures
import Testing

@Suite struct ScatterTests {
  private static let points = [Chart.Point(0, 0), .init(2, 0), .init(0, 1), .init(.nan, 1)]

  private func dots(_ elements: [SVGElement]) -> [SVGElement] {
    elements.filter { $0.name == "circle" && $0.attributes["class"] == nil }
  }

  @Test func circlesAreInTheUnitOfThePoints() throws {
    let panel = ScatterPanel("codes", points: Self.points, circles: [1, 3])
    let elements = SVGElement.all(of: Scatter(title: "t", xLabel: "a", yLabel: "b", panels: [panel]).svg())
    let dots = dots(elements)
    #expect(dots.count == 3)
    let rings = elements.filter { $0.attributes["class"] == "ring" }
    #expect(rings.count == 2)
    for ring in rings { for axis in ["cx", "cy"] { #expect(ring.attributes[axis] == dots[0].attributes[axis]) } }
    let across = try dots[1].number("cx") - dots[0].number("cx")
    let up = try dots[0].number("cy") - dots[2].number("cy")
    #expect(try abs(across - 2 * rings[0].number("r")) < 0.03 && abs(up - rings[0].number("r")) < 0.03)
    #expect(try abs(rings[1].number("r") - 3 * rings[0].number("r")) < 0.03)
    // One colour needs no legend.
    #expect(!elements.contains { $0.name == "rect" && $0.attributes["rx"] != nil })
  }

  /// Classes 3 and 7 are in the first panel, 7 alone is in the next, and the last has no classes.
  @Test func aClassHasOneColourInAllPanels() throws {
    let panels = [
      ScatterPanel("first", points: Self.points, classes: [7, 3, 7, 7]),
      ScatterPanel("second & last", points: [.init(5, 5)], classes: [7]), ScatterPanel("third", points: Self.points),
    ]
    let elements = SVGElement.all(of: Scatter(title: "t", xLabel: "a", yLabel: "b", panels: panels).svg(side: 200))
    #expect(dots(elements).count == 3 + 1 + 3)
    let groups = elements.filter { $0.name == "g" }.map { $0.attributes["fill"] }
    let legend = elements.filter { $0.name == "rect" && $0.attributes["rx"] != nil }
    let colours = legend.map { $0.attributes["fill"] }
    #expect(colours.count == 2 && colours[0] != colours[1])
    #expect(groups[..<3] == [colours[0], colours[1], colours[1]])
    let texts = elements.filter { $0.name == "text" }
    for title in ["first", "second & last", "third"] { #expect(texts.contains { $0.text == title }) }
    // The names are in order, at the right of all points.
    let names = texts.suffix(2)
    #expect(names.map(\.text) == ["3", "7"])
    for dot in dots(elements) { #expect(try dot.number("cx") < legend[0].number("x")) }
  }

  @Test func panelsBeginNewRows() throws {
    let panels = (0..<3).map { ScatterPanel("\($0)", points: [.init(1, 1)]) }
    let dots = dots(
      SVGElement.all(of: Scatter(title: "", xLabel: "", yLabel: "", panels: panels, columns: 2).svg(side: 100)))
    #expect(try dots[0].number("cy") == dots[1].number("cy") && dots[0].number("cx") == dots[2].number("cx"))
    #expect(try dots[1].number("cx") > dots[0].number("cx") + 100 && dots[2].number("cy") > dots[0].number("cy") + 100)
  }
}
