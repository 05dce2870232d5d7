/// A JSON value: what a page's scripts work on.
public enum PageData: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([PageData])
  case object([String: PageData])

  /// A number as short as Float tells it apart from others.
  public static func number(_ value: Float) -> PageData { .number(Double("\(value)") ?? .nan) }
  public static func number(_ value: Int) -> PageData { .number(Double(value)) }
  public static func numbers(_ values: [Double]) -> PageData { .list(values.map { .number($0) }) }
  public static func numbers(_ values: [Float]) -> PageData { .list(values.map { .number($0) }) }
  public static func numbers(_ values: [Int]) -> PageData { .list(values.map { .number($0) }) }
  public static func texts(_ values: [String]) -> PageData { .list(values.map { .text($0) }) }

  /// Bytes as {"u8": base64}, which the scripts read as an array of numbers from 0 to 255.
  public static func bytes(_ values: [UInt8]) -> PageData { ["u8": .text(Base64.text(values))] }

  /// Numbers as {"f32": base64}, four bytes each.
  public static func float32(_ values: [Float]) -> PageData {
    ["f32": .text(Base64.text(values.flatMap { littleEndian($0.bitPattern) }))]
  }

  /// Numbers as {"f16": base64}, two bytes each: 11 significant bits, and nothing beyond 65504.
  public static func float16(_ values: [Float]) -> PageData {
    ["f16": .text(Base64.text(values.flatMap { littleEndian(Float16($0).bitPattern) }))]
  }

  /// The picture in `png` as an address that an image element takes.
  public static func picture(_ png: [UInt8]) -> PageData { .text("data:image/png;base64," + Base64.text(png)) }

  /// The JSON text, with keys in order. What could end a script element or start markup is escaped, so that the text
  /// may stand in HTML.
  public var json: String {
    var result = ""
    write(to: &result)
    return result
  }

  private func write(to result: inout String) {
    switch self {
    case .null: result += "null"
    case .bool(let value): result += value ? "true" : "false"
    case .number(let value): result += Self.text(of: value)
    case .text(let value): Self.write(value, to: &result)
    case .list(let values):
      result += "["
      for (index, value) in values.enumerated() {
        if index > 0 { result += "," }
        value.write(to: &result)
      }
      result += "]"
    case .object(let values):
      result += "{"
      for (index, entry) in values.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { result += "," }
        Self.write(entry.key, to: &result)
        result += ":"
        entry.value.write(to: &result)
      }
      result += "}"
    }
  }

  /// What is no number in JSON becomes null.
  private static func text(of value: Double) -> String {
    if !value.isFinite { return "null" }
    return value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private static func write(_ text: String, to result: inout String) {
    result += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "<", ">", "&", "\u{7F}", "\u{2028}", "\u{2029}", "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    result += "\""
  }
}

extension PageData: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: PageData...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, PageData)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}

extension PageData: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([PageData].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: PageData].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
    case .text(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let values): try container.encode(values)
    }
  }
}

private func littleEndian<I: FixedWidthInteger>(_ value: I) -> [UInt8] {
  (0..<I.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
