/// What the SVG pictures have in common: a page that follows the reader's light or dark scheme, text and lines.
enum SVG {
  enum Anchor: String {
    case start, middle, end
  }

  private static let style = """
    text{font:12px system-ui,sans-serif;fill:#222}.title{font-size:15px;font-weight:600}.axis{stroke:#444}
    .grid{stroke:#ddd}.arrow{stroke:#777}.head{fill:#777}.ring{fill:none;stroke:#777}rect.page{fill:#fff}
    @media(prefers-color-scheme:dark){text{fill:#ddd}.axis{stroke:#aaa}.grid{stroke:#333}
    .arrow{stroke:#999}.head{fill:#999}.ring{stroke:#999}rect.page{fill:#16181c}}
    """

  /// Returns the whole file: `parts` on a page of `width` × `height` units, with the title beginning at `left`.
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

  /// Returns a line of the style `kind` with further `attributes`.
  static func line(
    _ kind: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ attributes: String = ""
  ) -> String {
    "<line class=\"\(kind)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"\(attributes)/>"
  }

  /// Returns the labels of the axes of left...right × top...bottom: `xLabel` is below, `yLabel` is upright, by default
  /// at the edge of the page.
  static func axisLabels(
    _ xLabel: String, _ yLabel: String, left: Double, right: Double, top: Double, bottom: Double, yLabelAt: Double = 16
  ) -> [String] {
    let (x, middle) = (n(yLabelAt), n((top + bottom) / 2))
    return [
      text(xLabel, (left + right) / 2, bottom + 37, anchor: .middle),
      "<text x=\"\(x)\" y=\"\(middle)\" text-anchor=\"middle\" transform=\"rotate(-90 \(x) \(middle))\">"
        + "\(escaped(yLabel))</text>",
    ]
  }

  /// Returns one of ten colours that differ clearly on white and on black, also for most people who see colours
  /// differently (after P. Tol). From the eleventh on the colours repeat.
  static func colour(_ index: Int) -> String { colours[index % colours.count] }

  private static let colours = [
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee8866", "#8a8a8a", "#44bb99", "#997700",
  ]

  /// Returns the names one under another, each beside the colour of its index.
  static func legend(_ names: [String], left: Double, top: Double) -> [String] {
    names.enumerated().flatMap { index, name in
      let y = top + 8 + Double(index) * 18
      return [
        "<rect x=\"\(n(left))\" y=\"\(n(y - 9))\" width=\"11\" height=\"11\" rx=\"2\" fill=\"\(colour(index))\"/>",
        text(name, left + 17, y + 1),
      ]
    }
  }

  /// Returns the width that a legend of these names takes at the right of a plot.
  static func legendWidth(_ names: [String]) -> Double {
    32 + max(60, 7 * Double(names.map(\.count).max() ?? 0) + 20)
  }
}

/// Returns a coordinate in hundredths, which are finer than any screen.
func n(_ value: Double) -> String { decimal(value, digits: 2) }

/// Returns `text` with the characters escaped that XML reserves.
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
