/// Takes JSON apart value by value, as strictly as RFC 8259 allows: a key that comes twice in an object is an error,
/// since readers differ in which one they believe, and so is nesting deeper than `deepest`.
///
/// An error names the byte of the file, which is `base` plus the place in the text.
package struct JSONScanner {
  private let text: ArraySlice<UInt8>
  private let path: String
  private let base: Int
  /// What messages on broken JSON begin with.
  private let complaint: String
  private var place: Int

  package static let deepest = 64

  /// Scans `text`, which begins at byte `base` of the file `path`. Messages on broken JSON begin with `complaint`.
  package init(_ text: ArraySlice<UInt8>, path: String, base: Int, complaint: String) {
    (self.text, self.path, self.base, self.complaint) = (text, path, base, complaint)
    place = text.startIndex
  }

  /// Throws where `text` is not one JSON value without doubled keys. `what` names it in the message.
  ///
  /// Keys that differ in case and underscores alone count as equal, since decoders take them for the same name.
  package static func check(_ text: String, _ what: String, path: String) throws(FileError) {
    var scanner = JSONScanner(Array(text.utf8)[...], path: path, base: 0, complaint: "broken JSON")
    do {
      try scanner.skipValue(ignoringCase: true)
      try scanner.end()
    } catch {
      throw FileError(.malformed, path, "\(what), byte \(error.offset ?? 0): \(error.message)")
    }
  }

  package func malformed(_ message: String) -> FileError {
    FileError(.malformed, path, at: base + place - text.startIndex, message)
  }

  private func broken(_ message: String) -> FileError { malformed("\(complaint): \(message)") }

  // MARK: - Values

  /// Calls `body` for each key of an object; it must take the value.
  package mutating func object(
    ignoringCase: Bool = false, _ body: (inout JSONScanner, String) throws(FileError) -> Void
  ) throws(FileError) {
    try expect("{")
    if take("}") { return }
    var keys: Set<String> = []
    repeat {
      skipBlanks()
      let start = place
      let key = try string()
      let name = ignoringCase ? String(key.lowercased().filter { $0 != "_" }) : key
      guard keys.insert(name).inserted else {
        place = start
        throw broken("the key '\(key.prefix(100))' is there twice; expected each key once")
      }
      try expect(":")
      try body(&self, key)
    } while take(",")
    try expect("}")
  }

  /// Calls `body` for each element of an array; it must take the element.
  package mutating func array(_ body: (inout JSONScanner) throws(FileError) -> Void) throws(FileError) {
    try expect("[")
    if take("]") { return }
    repeat { try body(&self) } while take(",")
    try expect("]")
  }

  package mutating func string() throws(FileError) -> String {
    try expect("\"")
    let start = place
    var hasEscapes = false
    while place < text.endIndex, text[place] != 0x22 {
      guard text[place] >= 0x20 else { throw broken("a control character in a string; expected it escaped") }
      if text[place] == 0x5C {
        hasEscapes = true
        place += 1
      }
      place += 1
    }
    guard place < text.endIndex else {
      place = start
      throw broken("a string that does not end")
    }
    let content = text[start..<place]
    place += 1
    guard let string = String(validating: content, as: UTF8.self) else {
      place = start
      throw broken("a string that is not UTF-8")
    }
    guard hasEscapes else { return string }
    guard let plain = Self.unescaped(string) else {
      place = start
      throw broken("a string with an escape that JSON does not have")
    }
    return plain
  }

  /// Takes an integer that Int can hold.
  package mutating func integer() throws(FileError) -> Int {
    let number = try number()
    if let value = Int(number) { return value }
    throw broken("expected an integer from -2⁶³ to 2⁶³ - 1, found \(number.prefix(40))")
  }

  /// Passes a value of any kind.
  package mutating func skipValue(ignoringCase: Bool = false, depth: Int = 0) throws(FileError) {
    skipBlanks()
    guard depth <= Self.deepest else { throw broken("expected at most \(Self.deepest) levels, found more") }
    guard place < text.endIndex else { throw broken("the text ends here; expected a value") }
    switch text[place] {
    case UInt8(ascii: "{"):
      try object(ignoringCase: ignoringCase) { scanner, _ throws(FileError) in
        try scanner.skipValue(ignoringCase: ignoringCase, depth: depth + 1)
      }
    case UInt8(ascii: "["):
      try array { scanner throws(FileError) in
        try scanner.skipValue(ignoringCase: ignoringCase, depth: depth + 1)
      }
    case 0x22: _ = try string()
    default:
      for word in ["true", "false", "null"] where text[place...].starts(with: word.utf8) {
        place += word.utf8.count
        return
      }
      _ = try number()
    }
  }

  /// Throws where anything but blanks follows.
  package mutating func end() throws(FileError) {
    skipBlanks()
    guard place == text.endIndex else { throw broken("expected the end of the text, found more") }
  }

  // MARK: - Tokens

  /// Takes a number, whose form is checked by those who use its value.
  private mutating func number() throws(FileError) -> String {
    skipBlanks()
    let digits = text[place...].prefix { "0123456789+-.eE".utf8.contains($0) }
    guard let first = digits.first, first == 0x2D || 0x30...0x39 ~= first,
      Double(String(decoding: digits, as: UTF8.self)) != nil
    else { throw broken("expected a value of JSON") }
    place = digits.endIndex
    return String(decoding: digits, as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while place < text.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(text[place]) { place += 1 }
  }

  private mutating func take(_ token: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard place < text.endIndex, text[place] == UInt8(ascii: token) else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ token: Unicode.Scalar) throws(FileError) {
    if !take(token) { throw broken("expected '\(token)' of JSON") }
  }

  /// Returns the text with its escapes replaced; nil where one is wrong.
  private static func unescaped(_ string: String) -> String? {
    let plain: [Unicode.Scalar: Unicode.Scalar] = [
      "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
    ]
    var units: [UInt16] = []
    var rest = string.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        units += Character(scalar).utf16
        continue
      }
      guard let kind = rest.popFirst() else { return nil }
      if kind == "u" {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.allSatisfy(\.properties.isASCIIHexDigit),
          let unit = UInt16(String(digits), radix: 16)
        else { return nil }
        units.append(unit)
        rest = rest.dropFirst(4)
      } else if let replacement = plain[kind] {
        units += Character(replacement).utf16
      } else {
        return nil
      }
    }
    return String(validating: units, as: UTF16.self)
  }
}
