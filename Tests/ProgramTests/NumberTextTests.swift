import Testing
import aetool

@Suite struct NumberTextTests {
  /// A number that rounds to the next power of ten has as many digits as any other.
  @Test func significantDigitsAreCountedAfterRounding() {
    let cases: [(Double, Int, String)] = [
      (1234.5678, 5, "1234.6"), (9.996, 3, "10.0"), (0.09996, 3, "0.100"), (99.99, 3, "100"), (-9.996, 3, "-10.0"),
      (9.994, 3, "9.99"), (9.996e12, 3, "1.00e13"), (9.996e-7, 3, "1.00e-6"), (9.9999e9, 3, "1.00e10"), (0, 3, "0"),
      (0.5, 1, "0.5"), (0.96, 1, "1"),
    ]
    for (value, digits, text) in cases { #expect(value.significant(digits) == text) }
  }
}
