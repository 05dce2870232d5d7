import Files
import Testing

@Suite struct JSONScannerTests {
  private func complaint(_ text: String) -> String? {
    do {
      try JSONScanner.check(text, "T", path: "F")
      return nil
    } catch { return error.description }
  }

  @Test func whatIsJSONPasses() {
    for text in [
      "{}", "[]", " [1, -2.5e3, true, false, null, \"a\\u00e9\\ud83d\\ude00\\n\"] ", "{\"a\": {\"b\": []}, \"c\": 0}",
      String(repeating: "[", count: 64) + String(repeating: "]", count: 64),
    ] { #expect(complaint(text) == nil, "\(text)") }
  }

  @Test func whatIsNotDoesNotPass() {
    for text in [
      "", "{", "[1,]", "{\"a\" 1}", "{a: 1}", "[1 2]", "tru", "nan", "\"a", "\"\\x\"", "\"\\ud83d\"", "\"\\u00g0\"",
      "\"\\",
      "1 2", "-", "+1", "\"\u{1}\"", String(repeating: "[", count: 100_000),
    ] { #expect(complaint(text)?.hasPrefix("F: T, byte ") == true, "\(text.prefix(20))") }
  }

  @Test func aKeyComesOnce() {
    #expect(
      complaint("{\"a\": 1, \"b\": {\"a\": 1, \"a\": 2}}")
        == "F: T, byte 23: broken JSON: the key 'a' is there twice; expected each key once")
    // Decoders of snake case would take both for the same name.
    #expect(complaint("{\"best_epoch\": 1, \"bestEpoch\": 2}")?.contains("is there twice") == true)
  }
}
