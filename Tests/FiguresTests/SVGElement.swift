import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element of an SVG picture with its attributes and text.
struct SVGElement {
  let name: String
  let attributes: [String: String]
  var text = ""

  func number(_ key: String) throws -> Double { try #require(attributes[key].flatMap { Double($0) }) }

  /// Returns all elements in the order in which they open; the picture must be well-formed XML.
  static func all(of svg: String) -> [SVGElement] {
    let parser = XMLParser(data: Data(svg.utf8))
    let reader = Reader()
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    return reader.elements
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [SVGElement] = []
    var open: [Int] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      open.append(elements.count)
      elements.append(SVGElement(name: name, attributes: attributes))
    }
    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if let last = open.last { elements[last].text += text }
    }
    func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
      open.removeLast()
    }
  }
}
