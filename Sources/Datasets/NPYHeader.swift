import Files

/// The dictionary of an NPY file: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
struct NPYHeader {
  let format: NumberFormat
  let isBigEndian: Bool
  let isFortranOrder: Bool
  let shape: [Int]

  static let formats: [(name: String, format: NumberFormat)] = [
    ("u1", .u8), ("b1", .i8), ("i1", .i8), ("u2", .u16), ("i2", .i16), ("u4", .u32), ("i4", .i32), ("i8", .i64),
    ("f4", .f32), ("f8", .f64),
  ]

  init(_ text: String, _ source: ByteSource, at start: Int) throws(FileError) {
    var parser = Parser(text: Array(text.utf8))
    guard let entries = parser.dictionary() else {
      throw source.malformed(
        at: start + parser.position, "the header is not the dictionary that NPY asks for; written by NumPy?")
    }
    guard case .text(let descr)? = entries["descr"], case .flag(let fortran)? = entries["fortran_order"],
      case .sizes(let shape)? = entries["shape"]
    else { throw source.malformed(at: start, "the header lacks 'descr', 'fortran_order' or 'shape'") }
    guard entries.count == 3 else {
      throw source.malformed(at: start, "the header has keys beside 'descr', 'fortran_order' and 'shape'")
    }
    let order = descr.first ?? " "
    guard "<>|=".contains(order), let found = Self.formats.first(where: { $0.name == descr.dropFirst() }) else {
      let known = Self.formats.map(\.name).joined(separator: ", ")
      throw source.malformed(
        at: start, "numbers of type '\(descr)'; read are \(known), convert with .astype('float32')")
    }
    format = found.format
    isBigEndian = order == ">"
    isFortranOrder = fortran
    self.shape = shape
  }

  enum Value {
    case text(String)
    case flag(Bool)
    case sizes([Int])
  }

  /// A reader for the few literals of Python that occur.
  struct Parser {
    let text: [UInt8]
    var position = 0

    mutating func dictionary() -> [String: Value]? {
      guard take("{") else { return nil }
      var entries: [String: Value] = [:]
      while !take("}") {
        // Readers differ in which of two equal keys they believe.
        guard let key = quoted(), take(":"), let value = value(), entries.updateValue(value, forKey: key) == nil
        else { return nil }
        if !take(",") {
          guard take("}") else { return nil }
          break
        }
      }
      skipBlanks()
      return position == text.count ? entries : nil
    }

    private mutating func value() -> Value? {
      if let text = quoted() { return .text(text) }
      if take("True") { return .flag(true) }
      if take("False") { return .flag(false) }
      guard take("(") else { return nil }
      var sizes: [Int] = []
      while !take(")") {
        guard let number = number() else { return nil }
        sizes.append(number)
        if !take(",") {
          guard take(")") else { return nil }
          break
        }
      }
      return .sizes(sizes)
    }

    private mutating func skipBlanks() {
      while position < text.count, text[position] == 0x20 || text[position] == 0x0A { position += 1 }
    }

    private mutating func take(_ token: String) -> Bool {
      skipBlanks()
      guard text[position...].starts(with: token.utf8) else { return false }
      position += token.utf8.count
      return true
    }

    private mutating func quoted() -> String? {
      skipBlanks()
      guard position < text.count, text[position] == 0x27 || text[position] == 0x22 else { return nil }
      guard let end = text[(position + 1)...].firstIndex(of: text[position]) else { return nil }
      defer { position = end + 1 }
      return String(decoding: text[(position + 1)..<end], as: UTF8.self)
    }

    private mutating func number() -> Int? {
      skipBlanks()
      let digits = text[position...].prefix { 0x30...0x39 ~= $0 }
      position += digits.count
      return Int(String(decoding: digits, as: UTF8.self))
    }
  }
}
