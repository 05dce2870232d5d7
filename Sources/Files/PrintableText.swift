extension String {
  /// The text as it may be shown on a terminal: characters that would steer the terminal, and those that have no shape,
  /// stand as `\u{1B}`; what is longer than `length` characters is cut and ends in "…".
  public func printable(length: Int = 2000) -> String {
    var result = ""
    var count = 0
    for scalar in unicodeScalars {
      if count == length { return result + "…" }
      count += 1
      if scalar.isShown {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{" + Swift.String(scalar.value, radix: 16, uppercase: true) + "}"
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether the character has a shape of its own: it is no control or format character, and no separator of lines or
  /// paragraphs.
  fileprivate var isShown: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
