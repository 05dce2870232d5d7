import FoundationEssentials

/// Floats as base64 of their little-endian bytes, so that JSON with many of them is quick to read.
struct PackedFloats: Codable {
  let values: [Float]

  init(values: [Float]) { self.values = values }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let data = Data(base64Encoded: try container.decode(String.self)), data.count % 4 == 0 else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not base64 of 32-bit numbers")
    }
    let bytes = [UInt8](data)
    values = stride(from: 0, to: bytes.count, by: 4).map { place in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) })
    }
  }

  func encode(to encoder: any Encoder) throws {
    let bytes = values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * $0)) }
    }
    var container = encoder.singleValueContainer()
    try container.encode(Data(bytes).base64EncodedString())
  }
}
