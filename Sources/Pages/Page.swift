/// A page: one HTML file that has everything in it and asks for nothing else.
public struct Page: Sendable {
  public let title: String
  /// What the page is about, below the title.
  public let lead: String
  public let sections: [PageSection]
  /// What widgets share, by the names that their data use.
  public let data: [String: PageData]

  public init(title: String, lead: String, sections: [PageSection], data: [String: PageData] = [:]) {
    self.title = title
    self.lead = lead
    self.sections = sections
    self.data = data
  }

  /// Returns the file. Equal pages have equal bytes.
  public func html() throws -> [UInt8] {
    var renderer = PageRenderer()
    let body = sections.map { renderer.section($0) }.joined()
    let contents = sections.map { Template.block("entry", ["id": $0.id, "title": $0.title]) }.joined()
    let scripts = Self.scripts(for: renderer.kinds).map { Template.block("script", ["text": PageAssets.text($0)]) }
    let widgets = PageData.object(["shared": .object(data), "widgets": .list(renderer.widgets)])
    return Array(
      Template(PageAssets.text("page.html")).filled([
        "title": title, "lead": inlineHTML(lead), "style": PageAssets.text("page.css"),
        "contents": sections.count > 1 ? Template.block("contents", ["entries": contents]) : "",
        "body": body, "data": widgets.json, "scripts": scripts.joined(),
      ]).utf8)
  }

  /// Returns the files of scripts that widgets of `kinds` need, in the order in which they run.
  static func scripts(for kinds: Set<WidgetKind>) -> [String] {
    if kinds.isEmpty { return ["page.js", "start.js"] }
    let runsModel = kinds.contains { $0.runsModel }
    return ["page.js", "drawing.js", "controls.js"] + (runsModel ? ["network.js", "images.js"] : [])
      + (kinds.contains(.draw) ? ["ink.js"] : [])
      + WidgetKind.allCases.filter { kinds.contains($0) }.map { "\($0.rawValue).js" } + ["start.js"]
  }
}
