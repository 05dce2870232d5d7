/// Makes of the parser's messages, which begin in capitals and may have several lines, one line in the program's form:
/// what, found, expected.
enum UsageMessage {
  /// Returns the line. `abstract` gives the help on an option, whose name it takes.
  static func text(_ message: String, abstract: (String) -> String?) -> String {
    func help(_ name: String) -> String {
      abstract(name).map { ": " + ($0.hasSuffix(".") ? String($0.dropLast()) : $0) } ?? ""
    }
    let line = message.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: " ")
    if let missing = between(line, "Missing expected argument '", "'") {
      return "\(missing) is missing" + (missing.hasPrefix("<") ? help(String(missing)) : "")
    }
    if let missing = between(line, "Missing value for '", "'") { return "\(missing): the value is missing" }
    if let extra = between(line, "Unexpected argument '", "'") {
      return "'\(extra)': expected an option, which begins with --"
    }
    if let invalid = line.wholeMatch(of: /The value '(.*)' is invalid for '(\S+)(?: <(.*?)>)?'(?:: ?(.*)|\.? ?(.*))/) {
      let (_, value, option, form, reason, list) = invalid.output
      let expected = reason ?? list.flatMap { $0.isEmpty ? nil : $0 }
      return
        "\(option) \(value): \(expected.map(String.init) ?? "expected <\(form ?? "value")>\(help(String(option)))")"
    }
    if let flag = line.wholeMatch(of: /The option '(.*)' does not take any value, but '(.*)' was specified\./) {
      return "\(flag.output.1) \(flag.output.2): the option takes no value"
    }
    return line
  }

  /// Returns what stands between `start`, with which the line begins, and `end`, with which it ends.
  private static func between(_ line: String, _ start: String, _ end: String) -> Substring? {
    guard line.hasPrefix(start), line.hasSuffix(end), line.count >= start.count + end.count else { return nil }
    return line.dropFirst(start.count).dropLast(end.count)
  }
}
