/// SVG text of `Figures` as a part of a page.
///
/// A style within an SVG element would hold for the whole page, and so would an id, so the page's own style draws the
/// figure and ids get the figure's number.
struct InlineSVG {
  let html: String

  /// `alternative` says in words what figure `number` of the page shows.
  init(_ svg: String, number: Int, alternative: String) {
    var text = svg
    while let start = text.firstRange(of: "<style>"), let end = text.firstRange(of: "</style>") {
      text.removeSubrange(start.lowerBound..<end.upperBound)
    }
    text = text.replacing("id=\"", with: "id=\"figure\(number)-").replacing("url(#", with: "url(#figure\(number)-")
    let label = " aria-label=\"\(escapedHTML(alternative))\" "
    html = text.replacing("<svg ", with: "<svg class=\"plot\"" + label, maxReplacements: 1)
  }
}
