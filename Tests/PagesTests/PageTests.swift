import Figures
import Testing

@testable import Pages

@Suite struct PageTests {
  private let hostile = "<script>alert(1)</script> & \"x\" 'y' </title><img src=x onerror=alert(1)>"

  private func page(_ text: String) -> Page {
    Page(
      title: text, lead: text,
      sections: [
        PageSection(
          id: "one", title: text,
          blocks: [
            .paragraph(text), .formula([.words(text), "= 2"]),
            .picture(png: [1, 2, 3], width: 80, caption: text, alternative: text),
            .figure(
              svg: Chart(title: text, xLabel: text, yLabel: text, series: [.init(text, [.init(0, 1), .init(1, 2)])])
                .svg(), caption: text, alternative: text),
            .table(header: [text, "n"], rows: [[text, "1.5"]], caption: text), .commands([text, text]),
            .verdict(Verdict(isSeen: true, text: text)), .verdict(Verdict(isSeen: false, text: text)),
            .group(title: text, blocks: [.paragraph(text)]), .columns([[.paragraph(text)], [.paragraph(text)]]),
            .widget(Widget(.kl, data: ["name": .text(text)], fallback: [.paragraph(text)])),
          ]),
        PageSection(id: "two", title: "Two", blocks: []),
      ], data: [text: [.text(text)]])
  }

  private func html(_ page: Page) throws -> String { String(decoding: try page.html(), as: UTF8.self) }

  /// The page without its style and scripts, which are ours.
  private func markup(_ page: Page) throws -> String {
    var text = try html(page)
    for (start, end) in [("<style>", "</style>"), ("<script", "</script>")] {
      while let from = text.firstRange(of: start), let to = text[from.upperBound...].firstRange(of: end) {
        text.removeSubrange(from.lowerBound..<to.upperBound)
      }
    }
    return text
  }

  @Test func hostileTextIsNoMarkup() throws {
    let text = try html(page(hostile))
    #expect(!text.contains("<script>alert"))
    #expect(!text.contains("<img src=x"))
    let calm = try html(page("calm"))
    for sign in ["<script", "</script", "<img", "</title", "<p", "<svg"] {
      #expect(text.split(separator: sign).count == calm.split(separator: sign).count, "\(sign)")
    }
  }

  /// A quotation mark or a bracket with a combining mark is one character of Swift and another to HTML.
  @Test func escapingGoesByCodePoints() {
    #expect(escapedHTML("\"\u{301} x") == "&quot;\u{301} x")
    #expect(escapedHTML("<\u{338}b") == "&lt;\u{338}b")
    #expect(escapedHTML("a\r\nb\0\u{202E}") == "a\u{FFFD}\nb\u{FFFD}\u{FFFD}")
  }

  @Test func theSamePageHasTheSameBytes() throws {
    #expect(try page("a").html() == page("a").html())
  }

  @Test func nothingIsFetched() throws {
    let text = try markup(page("a"))
    for sign in ["http:", "https:", "//", "url(http", "@import"] {
      // The name of the SVG language is no address that is asked for.
      let found = text.replacing("http://www.w3.org/2000/svg", with: "").replacing("base64,", with: "")
      #expect(!found.contains(sign), "\(sign)")
    }
    let whole = try html(page("a"))
    #expect(whole.contains("default-src 'none'"))
    #expect(!whole.contains("<link rel=\"stylesheet\""))
  }

  @Test func backticksMarkCode() {
    #expect(inlineHTML("run `a < b` now") == "run <code>a &lt; b</code> now")
    #expect(inlineHTML("5` long") == "5` long")
  }

  @Test func figuresHaveNoStyleOfTheirOwn() throws {
    let svg = Chart(
      title: "t", xLabel: "x", yLabel: "y", series: [], arrows: [.init(from: .init(0, 0), to: .init(1, 1))]
    ).svg()
    let inline = InlineSVG(svg, number: 3, alternative: "a \"b\"").html
    #expect(!inline.contains("<style>"))
    #expect(inline.contains("id=\"figure3-arrowhead\""))
    #expect(inline.contains("url(#figure3-arrowhead)"))
    #expect(inline.contains("aria-label=\"a &quot;b&quot;\""))
  }

  @Test func everyKindHasItsScript() {
    for kind in WidgetKind.allCases { #expect(PageAssets.has("\(kind.rawValue).js"), "\(kind)") }
    for name in Page.scripts(for: Set(WidgetKind.allCases)) { #expect(PageAssets.has(name), "\(name)") }
  }
}

@Suite struct PageDataTests {
  @Test func jsonEscapesWhatEndsAScript() {
    let data: PageData = ["</script>": "<!--<script>\u{2028}\"\\\n"]
    #expect(
      data.json
        == #"{"\u003c/script\u003e":"\u003c!--\u003cscript\u003e\u2028\"\\\u000a"}"#)
  }

  @Test func keysAreInOrderAndNumbersShort() {
    let data: PageData = ["b": .number(Float(0.1)), "a": [1, 2.5, true, .null, .number(Double.nan)]]
    #expect(data.json == #"{"a":[1,2.5,true,null,null],"b":0.1}"#)
  }

  /// The texts are those of RFC 4648, section 10.
  @Test func base64() {
    for (text, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
      #expect(Base64.text(Array(text.utf8)) == coded)
    }
  }

  @Test func numbersArePackedLowByteFirst() {
    #expect(PageData.float16([1, -2]) == ["f16": "ADwAwA=="])
    #expect(PageData.float32([1]) == ["f32": "AACAPw=="])
    #expect(PageData.bytes([0, 255]) == ["u8": "AP8="])
  }
}

@Suite struct FormulaTests {
  @Test func partsBecomeElements() {
    let formula: Formula = [.hat("x"), "= 2 KL", .fraction("a", "b < c")]
    #expect(formula.plain == "x^ = 2 KL (a) / (b < c)")
    #expect(
      formula.mathML
        == "<math display=\"block\" alttext=\"x^ = 2 KL (a) / (b &lt; c)\"><mrow><mrow><mover accent=\"true\">"
        + "<mi>x</mi><mo stretchy=\"false\">^</mo></mover><mrow><mo>=</mo><mn>2</mn>"
        + "<mspace width=\"0.17em\"/><mi mathvariant=\"normal\">KL</mi><mspace width=\"0.17em\"/>"
        + "</mrow><mfrac><mi>a</mi><mrow><mi>b</mi><mo>&lt;</mo><mi>c</mi></mrow></mfrac></mrow></mrow></math>")
  }
}
