import Files
import FoundationEssentials
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The two output streams of the program: results go to standard output, everything else to standard error.
///
/// Every line is written at once and whole, so that the two never garble each other in one log. A line of progress that
/// is being rewritten is erased before anything else is written.
enum Console {
  private static let isSilent = Atomic<Bool>(false)
  private static let hasOpenLine = Atomic<Bool>(false)

  /// Whether notes and progress are left out, as `--quiet` asks for.
  static var isQuiet: Bool { isSilent.load(ordering: .relaxed) }

  static func beQuiet() { isSilent.store(true, ordering: .relaxed) }

  /// Writes a line of the result. A failure is remembered and ends the program with status 74 when all else is done.
  ///
  /// What a file brings along, such as names, is shown so that it cannot steer a terminal.
  static func result(_ line: String) { put(line.printable(length: .max)) }

  /// Writes the result as one JSON object with sorted keys.
  static func json(_ value: some Encodable) throws { put(try text(ofJSON: value)) }

  /// Writes lines of the result as they are.
  static func put(_ text: String) {
    closeLine()
    try? StandardOutput.write(Array((text + "\n").utf8))
  }

  /// Writes a line about what is going on, unless the program is to be quiet.
  static func say(_ line: String) { if !isQuiet { error(line) } }

  /// Writes a line about what is unusual but no error, unless the program is to be quiet.
  static func note(_ line: String) { say("note: " + line) }

  /// Writes a line about what went wrong.
  static func error(_ line: String) {
    closeLine()
    write(line + "\n")
  }

  static func text(ofJSON value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self).escapedForTerminals
  }

  // MARK: - The line of progress

  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether a line of progress can be rewritten and is wanted.
  static var showsProgress: Bool { errorIsTerminal && !isQuiet }

  /// Rewrites the line of progress on the terminal.
  static func redraw(_ line: String) {
    hasOpenLine.store(true, ordering: .relaxed)
    write("\r\u{1B}[K" + line)
  }

  /// Erases the line of progress, where there is one, so that other text can follow.
  static func closeLine() {
    if hasOpenLine.exchange(false, ordering: .relaxed) { write("\r\u{1B}[K") }
  }

  /// Writes all of `text` to standard error. A failure is ignored, since nobody misses what a closed terminal does not
  /// show.
  private static func write(_ text: String) {
    _ = unsafe Array(text.utf8).withUnsafeBytes { unsafe Descriptor.write($0, to: STDERR_FILENO) }
  }
}

extension String {
  /// JSON text in which characters that steer a terminal are written as escapes of JSON, which asks for that below
  /// U+0020 alone.
  fileprivate var escapedForTerminals: String {
    func isShown(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
    if unicodeScalars.allSatisfy(isShown) { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if isShown(scalar) { return text.unicodeScalars.append(scalar) }
      for unit in Character(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
  }
}

/// Returns a text as a field of CSV (RFC 4180): one with a comma, a quotation mark or a line's end stands in quotation
/// marks, its own ones doubled.
func csvField(_ text: String) -> String {
  let needsQuotes = text.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
  return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
}

extension Double {
  /// Returns the number as text with `digits` digits behind the point.
  func formatted(_ digits: Int) -> String {
    if !isFinite { return isNaN ? "nan" : self < 0 ? "-inf" : "inf" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(self)" }
    let whole = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
    let sign = self < 0 && scaled > 0 ? "-" : ""
    return digits == 0 ? sign + padded : sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  /// Returns the number as text with `digits` significant digits.
  package func significant(_ digits: Int) -> String {
    if !isFinite || self == 0 { return formatted(0) }
    var exponent = 0
    var m = magnitude
    while m >= 10 { m /= 10; exponent += 1 }
    while m < 1 { m *= 10; exponent -= 1 }
    // 9.996 with three digits is 10.0, which has its first digit one place further left.
    let unit = (1..<max(1, digits)).reduce(1.0) { scale, _ in scale * 10 }
    if (m * unit).rounded() >= 10 * unit { m /= 10; exponent += 1 }
    if exponent < -4 || exponent > 9 {
      return (self < 0 ? "-" : "") + m.formatted(digits - 1) + "e\(exponent)"
    }
    return formatted(max(0, digits - 1 - exponent))
  }
}

/// Returns a share as text in per cent, with three significant digits.
func percent(_ share: Double) -> String { "\((100 * share).significant(3)) %" }

extension Int {
  /// The number as text with commas between thousands.
  var grouped: String {
    var result = ""
    for (index, digit) in String(magnitude).reversed().enumerated() {
      if index > 0 && index % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (self < 0 ? "-" : "") + String(result.reversed())
  }
}
