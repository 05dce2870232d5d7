import Files
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// The two output streams of the program: results go to standard output, everything else to standard error.
enum Console {
  /// Prints a line of the result.
  ///
  /// What a file brings along, such as names, is shown so that it cannot steer a terminal.
  static func result(_ line: String) { print(line.printable(length: .max)) }

  /// Writes a line about what is unusual but no error.
  static func note(_ line: String) { error("note: " + line) }

  /// Writes a line about what is going on.
  static func error(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

  /// Prints the result as one JSON object with sorted keys.
  static func json(_ value: some Encodable) throws { print(try text(ofJSON: value)) }

  static func text(ofJSON value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self).escapedForTerminals
  }

  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes all of `text`. A failure is ignored, since nobody misses what a closed terminal does not show.
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written <= 0 { return }
      rest = rest.dropFirst(written)
    }
  }
}

extension String {
  /// JSON text in which characters that steer a terminal are written as escapes of JSON, which asks for that below U+0020
  /// alone.
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

/// Returns a name as a field of CSV: a name with a comma or a quotation mark is quoted and loses its own marks.
func csvField(_ name: String) -> String {
  name.contains(where: { ",\"".contains($0) }) ? "\"" + name.filter { $0 != "\"" } + "\"" : name
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
