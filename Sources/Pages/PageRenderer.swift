/// Turns blocks into HTML and gathers the data of widgets on the way.
struct PageRenderer {
  /// The data of each widget, in the order of the page.
  private(set) var widgets: [PageData] = []
  private(set) var kinds: Set<WidgetKind> = []
  private var figures = 0

  mutating func section(_ section: PageSection) -> String {
    Template.block("section", ["id": section.id, "title": section.title, "body": html(section.blocks)])
  }

  private mutating func html(_ blocks: [PageBlock]) -> String { blocks.map { html($0) }.joined() }

  private mutating func html(_ block: PageBlock) -> String {
    switch block {
    case .paragraph(let text): return Template.block("paragraph", ["text": inlineHTML(text)])
    case .formula(let formula): return Template.block("formula", ["mathml": formula.mathML])
    case .figure(let svg, let caption, let alternative):
      figures += 1
      let drawn = InlineSVG(svg, number: figures, alternative: alternative).html
      return Template.block("figure", ["svg": drawn, "caption": inlineHTML(caption)])
    case .picture(let png, let width, let caption, let alternative):
      return Template.block(
        "picture",
        [
          "source": Base64.text(png), "width": width.map { "\($0)px" } ?? "100%", "caption": inlineHTML(caption),
          "alternative": alternative,
        ])
    case .table(let header, let rows, let caption): return table(header, rows, caption)
    case .commands(let lines): return Template.block("commands", ["text": lines.joined(separator: "\n")])
    case .verdict(let verdict):
      return Template.block(
        "verdict",
        [
          "class": verdict.isSeen ? "seen" : "unseen", "sign": verdict.isSeen ? "✓" : "○",
          "word": verdict.isSeen ? "Seen" : "Not seen here", "text": inlineHTML(verdict.text),
        ])
    case .group(let title, let blocks):
      return Template.block("group", ["title": title, "body": html(blocks)])
    case .columns(let columns):
      let body = columns.map { Template.block("column", ["body": html($0)]) }.joined()
      return Template.block("columns", ["body": body])
    case .widget(let widget):
      kinds.insert(widget.kind)
      widgets.append(widget.data)
      return Template.block(
        "widget",
        ["kind": widget.kind.rawValue, "number": "\(widgets.count - 1)", "fallback": html(widget.fallback)])
    }
  }

  /// Numbers stand right, and so do their headings.
  private func table(_ header: [String], _ rows: [[String]], _ caption: String) -> String {
    let isNumeric = header.indices.map { column in
      !rows.isEmpty && rows.allSatisfy { $0.count <= column || looksNumeric($0[column]) }
    }
    func cells(_ row: [String], _ template: String) -> String {
      row.enumerated().map { column, text in
        let isNumber = column < isNumeric.count && isNumeric[column]
        return Template.block(template, ["class": isNumber ? "number" : "", "text": inlineHTML(text)])
      }.joined()
    }
    // A table of facts has no headings.
    let head = header.allSatisfy(\.isEmpty) ? "" : Template.block("head", ["cells": cells(header, "heading")])
    let body = rows.map { Template.block("row", ["cells": cells($0, "cell")]) }.joined()
    return Template.block("table", ["head": head, "rows": body, "caption": inlineHTML(caption)])
  }

  private func looksNumeric(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return true }
    // Sizes one after another are words to a reader.
    if text.contains("→") { return false }
    return "+-−–.0123456789∞".unicodeScalars.contains(first)
  }
}
