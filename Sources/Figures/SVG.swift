/// What the SVG pictures have in common: the page that follows the reader's light or dark scheme, text and lines.
enum SVG {
  enum Anchor: String {
    case start, middle, end
  }

  private static let style = """
    text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:15px;font-weight:600}.axis{stroke:#444}
    .grid{stroke:#ddd}.arrow{stroke:#777}.head{fill:#777}rect.page{fill:#fff}
    @media(prefers-color-scheme:dark){text{fill:#ddd}.axis{stroke:#aaa}.grid{stroke:#333}
    .arrow{stroke:#999}.head{fill:#999}rect.page{fill:#16181c}}
    """

  /// The whole file: `parts` on a page of `width` × `height` units, its title beginning at `left`.
  static func document(title: String, width: Int, height: Int, left: Double, _ parts: [String]) -> String {
    let start = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" role=\"img\">",
      "<title>\(escaped(title))</title>", "<style>\(style)</style>",
      "<rect class=\"page\" width=\"\(width)\" height=\"\(height)\"/>",
      "<text class=\"title\" x=\"\(n(left))\" y=\"22\">\(escaped(title))</text>",
    ]
    return (start + parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  static func text(_ content: String, _ x: Double, _ y: Double, anchor: Anchor = .start) -> String {
    let anchor = anchor == .start ? "" : " text-anchor=\"\(anchor)\""
    return "<text x=\"\(n(x))\" y=\"\(n(y))\"\(anchor)>\(escaped(content))</text>"
  }

  /// A line of the style `kind`, with `attributes` besides.
  static func line(
    _ kind: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ attributes: String = ""
  ) -> String {
    "<line class=\"\(kind)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"\(attributes)/>"
  }

  /// What the axes of left...right × top...bottom show: `xLabel` below, `yLabel` upright at the page's edge.
  static func axisLabels(
    _ xLabel: String, _ yLabel: String, left: Double, right: Double, top: Double, bottom: Double
  ) -> [String] {
    let middle = n((top + bottom) / 2)
    return [
      text(xLabel, (left + right) / 2, bottom + 37, anchor: .middle),
      "<text x=\"16\" y=\"\(middle)\" text-anchor=\"middle\" transform=\"rotate(-90 16 \(middle))\">"
        + "\(escaped(yLabel))</text>",
    ]
  }
}

/// A coordinate: hundredths are finer than any screen.
func n(_ value: Double) -> String { decimal(value, digits: 2) }

/// Text as XML has it.
func escaped(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    default: result.append(character)
    }
  }
  return result
}
