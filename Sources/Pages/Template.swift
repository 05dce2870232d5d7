/// HTML with places for text: `{{name}}` takes text, which is escaped, and `{{{name}}}` takes HTML.
///
/// The syntax is Mustache's, without its sections: Swift says what is repeated and what is left out. A name that a
/// template has and the values have not is our mistake and ends the program, as does a value that has no place.
struct Template: Sendable {
  private enum Part: Sendable {
    case html(String)
    case text(name: String)
    case inserted(name: String)
  }
  private let parts: [Part]
  private let names: Set<String>

  init(_ source: String) {
    var parts: [Part] = []
    var rest = source[...]
    while let start = rest.firstRange(of: "{{") {
      parts.append(.html(String(rest[..<start.lowerBound])))
      rest = rest[start.upperBound...]
      let isHTML = rest.first == "{"
      let closing = isHTML ? "}}}" : "}}"
      guard let end = rest.firstRange(of: closing) else { preconditionFailure("Template: {{ without }}") }
      let name = String(rest[..<end.lowerBound].drop { $0 == "{" })
      parts.append(isHTML ? .inserted(name: name) : .text(name: name))
      rest = rest[end.upperBound...]
    }
    self.parts = parts + [.html(String(rest))]
    names = Set(
      parts.compactMap {
        switch $0 {
        case .html: nil
        case .text(let name), .inserted(let name): name
        }
      })
  }

  /// The templates of the asset blocks.html, each below a line `<!-- template: name -->`.
  static let blocks: [String: Template] = {
    var templates: [String: Template] = [:]
    for part in PageAssets.text("blocks.html").split(separator: "<!-- template: ") {
      guard let end = part.firstRange(of: " -->\n") else { continue }
      templates[String(part[..<end.lowerBound])] = Template(String(part[end.upperBound...]))
    }
    return templates
  }()

  /// Returns the block template `name` filled with `values`.
  static func block(_ name: String, _ values: [String: String]) -> String {
    guard let template = blocks[name] else { preconditionFailure("Template: no block \(name)") }
    return template.filled(values)
  }

  func filled(_ values: [String: String]) -> String {
    precondition(Set(values.keys) == names, "Template: values \(values.keys.sorted()) for \(names.sorted())")
    var result = ""
    for part in parts {
      switch part {
      case .html(let html): result += html
      case .text(let name): result += escapedHTML(values[name]!)
      case .inserted(let name): result += values[name]!
      }
    }
    return result
  }
}

/// Returns `text` with what HTML reserves escaped, within quotation marks too. It goes by code points: a quotation
/// mark with an accent on it is one character of Swift, but ends an attribute all the same. Control characters, which
/// HTML forbids, become U+FFFD.
func escapedHTML(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result.append(contentsOf: "&amp;".unicodeScalars)
    case "<": result.append(contentsOf: "&lt;".unicodeScalars)
    case ">": result.append(contentsOf: "&gt;".unicodeScalars)
    case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
    case "'": result.append(contentsOf: "&#39;".unicodeScalars)
    case "\t", "\n": result.append(scalar)
    case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": result.append("\u{FFFD}")
    default: result.append(scalar)
    }
  }
  return String(result)
}

/// Returns `text` escaped, with what stands between backticks as code.
func inlineHTML(_ text: String) -> String {
  let parts = text.split(separator: "`", omittingEmptySubsequences: false)
  // A backtick without a partner stands for itself.
  return parts.enumerated().map { index, part in
    let escaped = escapedHTML(String(part))
    if index % 2 == 0 { return escaped }
    return index == parts.count - 1 ? "`" + escaped : "<code>\(escaped)</code>"
  }.joined()
}
