/// A formula, made of parts. It becomes MathML, which browsers draw without help.
public indirect enum Formula: Sendable, Equatable {
  /// A variable, drawn slanted where it is one letter.
  case identifier(String)
  /// The name of a function or a set, drawn upright.
  case name(String)
  case number(String)
  /// An operator, relation, comma or parenthesis.
  case sign(String)
  /// Words.
  case words(String)
  case row([Formula])
  case fraction(Formula, Formula)
  case root(Formula)
  case superscript(Formula, Formula)
  case `subscript`(Formula, Formula)
  case scripts(Formula, below: Formula, above: Formula)
  /// A sign as Σ or ∫ with what stands below and above it.
  case limits(String, below: Formula?, above: Formula?)
  /// A letter with a sign above it, as in x̂.
  case accent(Formula, String)

  public static func hat(_ formula: Formula) -> Formula { .accent(formula, "^") }
  public static func bar(_ formula: Formula) -> Formula { .accent(formula, "¯") }
  public static func tilde(_ formula: Formula) -> Formula { .accent(formula, "~") }

  /// Reads parts that spaces separate: "x = 2 f ( y )". Letters are identifiers, several letters a name, digits a
  /// number, and all else a sign.
  public static func text(_ text: String) -> Formula {
    .row(text.split(separator: " ").map { part($0) })
  }

  private static func part(_ text: Substring) -> Formula {
    if text.allSatisfy({ $0.isNumber || $0 == "." }) { return .number(String(text)) }
    if text.allSatisfy({ $0.isLetter }) { return text.count == 1 ? .identifier(String(text)) : .name(String(text)) }
    return .sign(String(text))
  }

  /// The `math` element, whose text form is `plain`.
  var mathML: String {
    "<math display=\"block\" alttext=\"\(escapedHTML(plain))\"><mrow>\(elements)</mrow></math>"
  }

  private var elements: String {
    switch self {
    case .identifier(let text): return "<mi>\(escapedHTML(text))</mi>"
    case .name(let text):
      // A thin space on both sides, which browsers leave out around names.
      let space = "<mspace width=\"0.17em\"/>"
      return "\(space)<mi mathvariant=\"normal\">\(escapedHTML(text))</mi>\(space)"
    case .number(let text): return "<mn>\(escapedHTML(text))</mn>"
    case .sign(let text): return "<mo>\(escapedHTML(text))</mo>"
    case .words(let text):
      // Spaces at the ends of a text would be dropped.
      return "<mtext>\(escapedHTML(text.replacing(" ", with: "\u{A0}")))</mtext>"
    case .row(let parts): return "<mrow>" + parts.map(\.elements).joined() + "</mrow>"
    case .fraction(let above, let below): return "<mfrac>\(above.elements)\(below.elements)</mfrac>"
    case .root(let inner): return "<msqrt>\(inner.elements)</msqrt>"
    case .superscript(let base, let above): return "<msup>\(base.elements)\(above.elements)</msup>"
    case .subscript(let base, let below): return "<msub>\(base.elements)\(below.elements)</msub>"
    case .scripts(let base, let below, let above):
      return "<msubsup>\(base.elements)\(below.elements)\(above.elements)</msubsup>"
    case .limits(let sign, let below, let above):
      let base = "<mo largeop=\"true\">\(escapedHTML(sign))</mo>"
      switch (below, above) {
      case (nil, nil): return base
      case (let below?, nil): return "<munder>\(base)\(below.elements)</munder>"
      case (nil, let above?): return "<mover>\(base)\(above.elements)</mover>"
      case (let below?, let above?): return "<munderover>\(base)\(below.elements)\(above.elements)</munderover>"
      }
    case .accent(let base, let sign):
      return "<mover accent=\"true\">\(base.elements)<mo stretchy=\"false\">\(escapedHTML(sign))</mo></mover>"
    }
  }

  /// The formula in one line of text.
  public var plain: String {
    switch self {
    case .identifier(let text), .name(let text), .number(let text), .sign(let text), .words(let text): return text
    case .row(let parts): return parts.map(\.plain).joined(separator: " ")
    case .fraction(let above, let below): return "(\(above.plain)) / (\(below.plain))"
    case .root(let inner): return "√(\(inner.plain))"
    case .superscript(let base, let above): return "\(base.plain)^\(above.plain)"
    case .subscript(let base, let below): return "\(base.plain)_\(below.plain)"
    case .scripts(let base, let below, let above): return "\(base.plain)_\(below.plain)^\(above.plain)"
    case .limits(let sign, let below, let above):
      return sign + (below.map { "_(\($0.plain))" } ?? "") + (above.map { "^(\($0.plain))" } ?? "")
    case .accent(let base, let sign): return base.plain + sign
    }
  }
}

extension Formula: ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
  /// Reads the literal as `text(_:)` does; a single part stands for itself.
  public init(stringLiteral value: String) {
    let read = Formula.text(value)
    if case .row(let parts) = read, parts.count == 1 { self = parts[0] } else { self = read }
  }
  public init(arrayLiteral elements: Formula...) { self = .row(elements) }
}
