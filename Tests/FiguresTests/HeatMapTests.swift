import Figures
import Foundation
import Testing

/// These tests parse heat maps and decode their pictures: every cell has the colour of its number.
@Suite struct HeatMapTests {
  static let low: [UInt8] = [0x44, 0x01, 0x54]
  static let high: [UInt8] = [0xFD, 0xE7, 0x25]

  static func map(
    _ values: [Float], rows: Int, columns: Int, range: ClosedRange<Float>? = nil, groups: [HeatMap.Group] = []
  ) -> HeatMap {
    HeatMap(
      title: "t", xLabel: "x", yLabel: "y", values: values, rows: rows, columns: columns, range: range, groups: groups)
  }

  static func elements(_ map: HeatMap) throws -> [SVGElement] { SVGElement.all(of: try map.svg()) }

  /// Returns the colours of the cells in an `image`, row after row; each cell must have a single colour.
  static func cells(_ element: SVGElement, rows: Int, columns: Int) throws -> [[UInt8]] {
    let start = "data:image/png;base64,"
    let href = try #require(element.attributes["href"])
    #expect(href.hasPrefix(start))
    let bytes = try #require(Data(base64Encoded: String(href.dropFirst(start.count))))
    let (pixels, shape) = try PNG.decode(Array(bytes))
    let (height, width) = (shape.height / rows, shape.width / columns)
    #expect(shape == ImageShape(height: height * rows, width: width * columns, channels: 3))
    // A unit of the page has at least one pixel, so that little blurs where a viewer smooths.
    #expect(try Double(shape.width) >= element.number("width") - 0.01)
    #expect(try Double(shape.height) >= element.number("height") - 0.01)
    var colours = [[UInt8]](repeating: [], count: rows * columns)
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        let (cell, place) = (y / height * columns + x / width, (y * shape.width + x) * 3)
        let colour = Array(pixels[place..<place + 3])
        if colours[cell].isEmpty { colours[cell] = colour }
        try #require(colours[cell] == colour, "cell \(cell) at \(x), \(y)")
      }
    }
    return colours
  }

  /// Returns the colours of a map that is drawn in one piece, row after row.
  static func colours(_ map: HeatMap) throws -> [[UInt8]] {
    let images = try elements(map).filter { $0.name == "image" }
    #expect(images.count == 1)
    return try cells(try #require(images.first), rows: map.rows, columns: map.columns)
  }

  @Test func everyCellHasTheColourOfItsNumber() throws {
    let colours = try Self.colours(Self.map([-1, 0, 3, 0, 3, -1], rows: 2, columns: 3))
    #expect(colours[0] == Self.low && colours[5] == Self.low)
    #expect(colours[2] == Self.high && colours[4] == Self.high)
    #expect(colours[1] == colours[3] && ![Self.low, Self.high].contains(colours[1]))
    // In the middle of viridis a value falls on a stop, so its colour is exact.
    #expect(try Self.colours(Self.map([0, 1, 2], rows: 1, columns: 3))[1] == [0x21, 0x91, 0x8C])
  }

  /// Values beyond the range have the colours of its ends; NaN has a colour of its own and does not set the range.
  @Test func whatIsOutsideTheRangeIsCutOff() throws {
    let values: [Float] = [0, 1, -5, 9, .infinity, -.infinity, .nan]
    let colours = try Self.colours(Self.map(values, rows: 1, columns: 7, range: 0...1))
    #expect([0, 2, 5].allSatisfy { colours[$0] == Self.low } && [1, 3, 4].allSatisfy { colours[$0] == Self.high })
    #expect(colours[6] == [0x80, 0x80, 0x80])
    #expect(Self.map(values, rows: 1, columns: 7).range == -5...9)
    #expect(Self.map([.nan, .infinity], rows: 1, columns: 2).range == 0...1)
    // A range may have no width, or a width that Float cannot hold.
    #expect(try Self.colours(Self.map([2, 2], rows: 2, columns: 1)) == [Self.low, Self.low])
    let most = Float.greatestFiniteMagnitude
    #expect(try Self.colours(Self.map([-most, most], rows: 2, columns: 1)) == [Self.low, Self.high])
  }

  /// Luminance (ITU-R BT.709 weights) rises from each value to the next, so that a grey print shows the order.
  @Test func lightnessRisesWithTheValue() throws {
    let colours = try Self.colours(Self.map((0..<64).map { Float($0) }, rows: 1, columns: 64))
    let luminance = colours.map { 0.2126 * Double($0[0]) + 0.7152 * Double($0[1]) + 0.0722 * Double($0[2]) }
    for (darker, lighter) in zip(luminance, luminance.dropFirst()) { #expect(darker < lighter) }
  }

  @Test func groupsAreBandsOfTheirRows() throws {
    let values = (0..<12).map { Float($0) }
    let groups = [HeatMap.Group("zero & one", rows: 1), .init("b", rows: 3), .init("c", rows: 2)]
    let map = Self.map(values, rows: 6, columns: 2, groups: groups)
    let elements = try Self.elements(map)
    let images = elements.filter { $0.name == "image" }
    #expect(images.count == 3)
    // Together the bands hold the cells of the map that is drawn in one piece.
    let cells = try zip(images, groups).flatMap { try Self.cells($0, rows: $1.rows, columns: 2) }
    #expect(try cells == Self.colours(Self.map(values, rows: 6, columns: 2)))
    let unit = try images[0].number("height")
    var end = 0.0
    for (image, group) in zip(images, groups) {
      let (top, height) = (try image.number("y"), try image.number("height"))
      #expect(abs(height - unit * Double(group.rows)) < 0.05)
      #expect(top > end + 1)
      end = top + height
      let label = try #require(elements.first { $0.name == "text" && $0.text == group.label })
      // The base line of a label is 4 units below the middle of its letters.
      #expect(try abs(label.number("y") - 4 - (top + height / 2)) < 0.02)
      #expect(try label.number("x") < image.number("x") && label.attributes["text-anchor"] == "end")
    }
    #expect(end <= 440 - 48 + 0.02)
    // The labels replace the rows' numbers; the columns' numbers are there.
    #expect(elements.filter { $0.name == "text" && $0.attributes["text-anchor"] == "end" }.count == 3)
    #expect(elements.contains { $0.text == "1" && $0.attributes["text-anchor"] == "middle" })
  }

  @Test func labelsOfNarrowBandsDoNotOverlap() throws {
    let groups = (0..<100).map { HeatMap.Group("g\($0)", rows: 1) }
    let elements = try Self.elements(Self.map([Float](repeating: 1, count: 100), rows: 100, columns: 1, groups: groups))
    let images = elements.filter { $0.name == "image" }
    #expect(try images.count == 100 && images.allSatisfy { try $0.number("height") > 1 })
    let places = try elements.filter { $0.text.hasPrefix("g") }.map { try $0.number("y") }
    #expect(places.count > 10)
    for (above, below) in zip(places, places.dropFirst()) { #expect(below - above >= 12.9) }
  }

  /// Numbers of rows and columns stand beside the middle of their cells.
  @Test func ticksLieAtTheirCells() throws {
    let elements = try Self.elements(Self.map([Float](repeating: 0, count: 12), rows: 3, columns: 4))
    let image = try #require(elements.first { $0.name == "image" })
    let (left, top) = (try image.number("x"), try image.number("y"))
    let (width, height) = (try image.number("width"), try image.number("height"))
    for (anchor, count) in [("middle", 4), ("end", 3)] {
      for cell in 0..<count {
        let tick = try #require(elements.first { $0.text == "\(cell)" && $0.attributes["text-anchor"] == anchor })
        let part = (Double(cell) + 0.5) / Double(count)
        let offset =
          anchor == "middle"
          ? try tick.number("x") - left - part * width : try tick.number("y") - 4 - top - part * height
        #expect(abs(offset) < 0.02, "\(anchor) \(cell)")
      }
    }
  }

  @Test(arguments: [
    (0...Float(784), "0", "784"), (0.0312...Float(0.871), "0.03", "0.87"), (-2.5...Float(2), "-2.5", "2.0"),
    (1e-12...Float(3e-12), "1e-12", "3e-12"), (0.25...Float(0.25), "0.25", "0.25"),
  ])
  func theColourBarSaysWhatItsEndsAre(range: ClosedRange<Float>, low: String, high: String) throws {
    let elements = try Self.elements(Self.map([range.lowerBound, range.upperBound], rows: 1, columns: 2, range: range))
    let image = try #require(elements.first { $0.name == "image" })
    let right = try image.number("x") + image.number("width")
    let labels = elements.filter { $0.name == "text" && Double($0.attributes["x"] ?? "0")! > right }
    #expect(labels.map(\.text) == [high, low])
    #expect(try labels[0].number("y") < labels[1].number("y"))
    let gradient = try #require(elements.first { $0.name == "linearGradient" }?.attributes["id"])
    #expect(elements.contains { $0.attributes["fill"] == "url(#\(gradient))" })
    let stops = elements.filter { $0.name == "stop" }.compactMap { $0.attributes["stop-color"] }
    #expect(stops.first == "rgb(68,1,84)" && stops.last == "rgb(253,231,37)")
  }

  @Test func textIsEscapedAndThePageFollowsTheScheme() throws {
    let map = HeatMap(
      title: "a < b", xLabel: "\"unit\"", yLabel: "x > y & z", values: [1], rows: 1, columns: 1)
    let elements = SVGElement.all(of: try map.svg(width: 300, height: 200))
    for text in ["a < b", "\"unit\"", "x > y & z"] {
      #expect(elements.contains { $0.name == "text" && $0.text == text })
    }
    #expect(elements.contains { $0.name == "style" && $0.text.contains("prefers-color-scheme:dark") })
    #expect(elements[0].attributes["viewBox"] == "0 0 300 200")
  }

  @Test func moreRowsThanAPictureHasAreRefused() {
    let rows = PNG.longestSide + 1
    let map = Self.map([Float](repeating: 0, count: rows), rows: rows, columns: 1)
    #expect(throws: PNG.Failure.self) { try map.svg() }
  }
}
