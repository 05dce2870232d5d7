#if canImport(Glibc)
  import Glibc
#endif

/// Breaks the lines of help texts. The parser would break examples in the middle of an option, and usage lines nowhere.
enum HelpText {
  /// The width of the terminal, at most 100 characters; 80 where help goes to a file or a pipe.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return max(40, min(100, Int(size.ws_col)))
  }

  /// Returns `text` with no line of more than `width` characters, as far as words allow.
  ///
  /// Anything else that the parser prints on demand, such as scripts that complete commands in a shell, stays as it is.
  static func wrapped(_ text: String, width: Int) -> String {
    if !text.hasPrefix("OVERVIEW: ") { return text }
    // A command that was broken in the source is put together first.
    let text = text.replacing(" \\\n    ", with: " ")
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      if line.hasPrefix("  aetool ") {
        let words = line.split(separator: " ").joined(separator: " ")
        return broken(pieces("  " + words, at: [" --", " | "]), indent: 6, width: width, end: " \\")
      }
      if line.count <= width { return [String(line)] }
      if line.hasPrefix("USAGE: ") { return broken(pieces(line, at: [" [", " --", " <"]), indent: 9, width: width) }
      return broken(pieces(line, at: [" "]), indent: indent(of: line), width: width)
    }.joined(separator: "\n")
  }

  /// Returns where the lines that go on begin: under the text of an entry like `  --out <file>   Where to write`, or
  /// under the first word.
  private static func indent(of line: Substring) -> Int {
    let characters = Array(line)
    let start = characters.firstIndex { $0 != " " } ?? 0
    var place = start
    while place + 2 < min(characters.count, 30) {
      if characters[place] == " " && characters[place + 1] == " " {
        let text = characters[place...].firstIndex { $0 != " " } ?? start
        return text <= 34 ? text : start
      }
      place += 1
    }
    return start
  }

  /// Cuts a line before each of `marks`, outside of quotation marks and square brackets.
  private static func pieces(_ line: Substring, at marks: [String]) -> [Substring] {
    var result: [Substring] = []
    var (start, isQuoted, depth) = (line.startIndex, false, 0)
    // What a line begins with is its indentation.
    let first = line.firstIndex { $0 != " " } ?? line.startIndex
    for place in line.indices where place > first {
      if marks != [" "] {
        if line[place] == "\"" { isQuoted.toggle() }
        if line[place] == "]" { depth -= 1 }
      }
      if !isQuoted, depth == 0, line[place] == " ", marks.contains(where: line[place...].hasPrefix) {
        result.append(line[start..<place])
        start = place
      }
      if marks != [" "], line[place] == "[" { depth += 1 }
    }
    return result + [line[start...]]
  }

  private static func broken(_ pieces: [Substring], indent: Int, width: Int, end: String = "") -> [String] {
    var lines: [String] = []
    var line = ""
    for (index, piece) in pieces.enumerated() {
      let room = width - (index < pieces.count - 1 ? end.count : 0)
      if !line.isEmpty, line.count + piece.count > room {
        lines.append(line + end)
        line = String(repeating: " ", count: indent) + piece.drop { $0 == " " }
      } else {
        line += piece
      }
    }
    return lines + [line]
  }
}
