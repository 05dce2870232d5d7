/// A value that one text names, on the command line and in the model file, as in `gaussian:0.3`.
public protocol TextCoded: Codable, CustomStringConvertible {
  /// Creates the value that `text` names; nil where it names none.
  init?(_ text: String)
}

extension TextCoded {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no \(Self.self): \(text)")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
