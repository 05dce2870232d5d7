import Figures
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Charts parsed back: what is drawn lies where the data are.
@Suite struct ChartTests {
  /// All elements of an SVG with their attributes and text.
  final class Reader: NSObject, XMLParserDelegate {
    struct Element {
      let name: String
      let attributes: [String: String]
      var text = ""
    }
    var elements: [Element] = []
    var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      open.append(elements.count)
      elements.append(Element(name: name, attributes: attributes))
    }
    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = open.last { elements[last].text += text }
    }
    func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
      open.removeLast()
    }
  }

  static func parsed(_ svg: String) -> [Reader.Element] {
    let parser = XMLParser(data: Data(svg.utf8))
    let reader = Reader()
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    return reader.elements
  }

  @Test func pointsLieAtTheirTicks() throws {
    let chart = Chart(
      title: "a < b & c", xLabel: "size", yLabel: "error",
      series: [.init("one", [.init(0, 10), .init(10, 20)]), .init("two \"2\"", [.init(5, 15)])])
    let elements = Self.parsed(chart.svg())
    let circles = elements.filter { $0.name == "circle" }
    #expect(circles.count == 3)
    let texts = elements.filter { $0.name == "text" }
    #expect(texts.contains { $0.text == "a < b & c" } && texts.contains { $0.text == "two \"2\"" })
    func number(_ element: Reader.Element, _ key: String) throws -> Double {
      try #require(element.attributes[key].flatMap { Double($0) })
    }
    // The tick that says 10 under the axis is where the circle of x = 10 is; likewise for y.
    let ten = try #require(texts.first { $0.text == "10" && $0.attributes["text-anchor"] == "middle" })
    #expect(try abs(number(circles[1], "cx") - number(ten, "x")) < 0.02)
    let twenty = try #require(texts.first { $0.text == "20" && $0.attributes["text-anchor"] == "end" })
    #expect(try abs(number(circles[1], "cy") + 4 - number(twenty, "y")) < 0.02)
    // The middle of the one series is the only point of the other.
    for key in ["cx", "cy"] {
      #expect(try abs((number(circles[0], key) + number(circles[1], key)) / 2 - number(circles[2], key)) < 0.02)
    }
    #expect(elements.contains { $0.name == "style" && $0.text.contains("prefers-color-scheme:dark") })
  }

  @Test func squareChartsHaveOneUnit() throws {
    let chart = Chart(
      title: "", xLabel: "", yLabel: "", series: [.init("p", [.init(0, 0), .init(1, 0), .init(0, 1)], mark: .dots)],
      isSquare: true)
    let circles = Self.parsed(chart.svg()).filter { $0.name == "circle" }
    func place(_ index: Int, _ key: String) throws -> Double {
      try #require(Double(circles[index].attributes[key] ?? ""))
    }
    let (across, up) = try (place(1, "cx") - place(0, "cx"), place(0, "cy") - place(2, "cy"))
    #expect(abs(across - up) < 0.02 && across > 50)
  }

  @Test func nothingAndInfinityAreDrawn() {
    for points in [[], [Chart.Point(.nan, 1), .init(1, .infinity)], [.init(3, 3)]] {
      let elements = Self.parsed(Chart(title: "t", xLabel: "x", yLabel: "y", series: [.init("s", points)]).svg())
      #expect(elements.filter { $0.name == "circle" }.count == points.filter { $0.x == 3 }.count)
    }
  }

  @Test(arguments: [(0.0, 1.0), (-3.2, 17.9), (0, 1e-6), (1e6, 1.00001e6), (5, 5)])
  func ticksAreRoundAndInside(range: (Double, Double)) {
    let chart = Chart(
      title: "", xLabel: "", yLabel: "", series: [.init("s", [.init(0, range.0), .init(1, range.1)])])
    let ticks = Self.parsed(chart.svg()).filter { $0.name == "text" && $0.attributes["text-anchor"] == "end" }
    #expect((2...8).contains(ticks.count))
    #expect(Set(ticks.map(\.text)).count == ticks.count)
  }
}
