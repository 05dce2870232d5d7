/// A part of a page. Texts are plain: they are escaped where they are inserted, and what stands between backticks in a
/// paragraph, a caption or a verdict is shown as code.
public indirect enum PageBlock: Sendable {
  case paragraph(String)
  case formula(Formula)
  /// SVG text that `Figures` made. `alternative` says in words what the figure shows.
  case figure(svg: String, caption: String, alternative: String)
  /// A picture of crisp pixels, shown at most `width` units wide; nil for the picture's own width.
  case picture(png: [UInt8], width: Int?, caption: String, alternative: String)
  case table(header: [String], rows: [[String]], caption: String)
  /// Shell lines, with a button that copies them.
  case commands([String])
  case verdict(Verdict)
  /// A subsection.
  case group(title: String, blocks: [PageBlock])
  /// Blocks side by side, where there is room.
  case columns([[PageBlock]])
  case widget(Widget)
}

/// A section of a page, which the contents lists.
public struct PageSection: Sendable {
  /// The place in the page's address, as in "compression".
  public let id: String
  public let title: String
  public let blocks: [PageBlock]

  public init(id: String, title: String, blocks: [PageBlock]) {
    self.id = id
    self.title = title
    self.blocks = blocks
  }
}
