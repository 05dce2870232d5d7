import Files
import Testing

@Suite struct PrintableTextTests {
  @Test func whatSteersATerminalIsShownAndNotSent() {
    #expect("a\u{1B}[31mb\nc\td\u{7F}".printable() == #"a\u{1B}[31mb\u{A}c\u{9}d\u{7F}"#)
    #expect("right\u{202E}left \u{9B}31m".printable() == #"right\u{202E}left \u{9B}31m"#)
    #expect("Größe × 3 日本".printable() == "Größe × 3 日本")
    #expect(String(repeating: "x", count: 9).printable(length: 4) == "xxxx…")
    #expect("xxxx".printable(length: 4) == "xxxx")
  }

  @Test func errorsOfFilesAreOneLine() {
    let error = FileError(.malformed, "a\nb", "tensor '\u{1B}]0;title\u{7}'")
    #expect(error.description == #"a\u{A}b: tensor '\u{1B}]0;title\u{7}'"#)
  }
}
