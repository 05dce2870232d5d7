/// The header of a safetensors file: its texts, and which tensors follow.
///
/// The header's length is checked against the file's, each tensor's offsets against its shape, and that the tensors
/// follow one another without gap or overlap.
package struct SafetensorsHeader {
  package struct Tensor: Equatable {
    package let name: String
    package let shape: [Int]
    /// The product of the shape.
    package let count: Int
  }

  package private(set) var metadata: [String: String] = [:]
  /// The tensors in the order of their bytes.
  package private(set) var tensors: [Tensor] = []
  /// The bytes that the tensors take together.
  package private(set) var dataSize = 0

  /// The longest header that is read, in bytes: the format's own limit.
  static let longest = 100_000_000
  /// The most tensors that are read.
  static let mostTensors = 100_000
  /// The most dimensions of a tensor.
  static let mostDimensions = 64

  /// Reads the header from the start of `source`, which then stands at the first tensor.
  package init(_ source: ByteSource) throws(FileError) {
    var bytes: [UInt8] = []
    try self.init(source, keeping: &bytes)
  }

  /// Reads the header and appends what was read to `bytes`.
  init(_ source: ByteSource, keeping bytes: inout [UInt8]) throws(FileError) {
    let start = try source.peek(9)
    guard start.count >= 8 else {
      throw source.malformed(
        at: start.count, "not a model file: expected 8 bytes of header length, found \(start.count)")
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(start[$1]) << UInt64(8 * $1) }
    guard length <= UInt64(Self.longest), start.count == 9, start[8] == UInt8(ascii: "{") else {
      throw source.malformed(at: 0, "not a model file: expected a safetensors header")
    }
    if let size = source.plainSize, Int(length) > size - 8 {
      throw source.malformed(
        at: 8, "the file is cut off: expected a header of \(length) bytes, found \(size - 8)")
    }
    bytes += try source.read(8)
    let text = try source.read(Int(length))
    bytes += text
    var scanner = JSONScanner(
      text[...], path: source.path, base: 8, complaint: "the header is not the JSON of a safetensors file")
    var places: [Place] = []
    var texts: [String: String] = [:]
    try scanner.object { scanner, name throws(FileError) in
      if name == "__metadata__" {
        try scanner.object { scanner, key throws(FileError) in texts[key] = try scanner.string() }
      } else {
        places.append(try Self.place(name, &scanner))
        guard places.count <= Self.mostTensors else {
          throw scanner.malformed("expected at most \(Self.mostTensors) tensors, found more")
        }
      }
    }
    try scanner.end()
    metadata = texts
    places.sort { ($0.first, $0.last, $0.name) < ($1.first, $1.last, $1.name) }
    for place in places {
      let (end, overflow) = dataSize.addingReportingOverflow(4 * place.count)
      guard place.first == dataSize, !overflow, place.last == end else {
        throw source.malformed(
          at: 8,
          "tensor '\(place.name)' of shape \(place.shape) at [\(place.first), \(place.last)] does not fit: "
            + "expected its numbers from \(dataSize) on, without gap or overlap")
      }
      tensors.append(Tensor(name: place.name, shape: place.shape, count: place.count))
      dataSize = end
    }
  }

  /// What the header says of a tensor.
  private struct Place {
    let name: String
    var shape: [Int] = []
    var count = 1
    var first = -1
    var last = -1
  }

  private static func place(_ name: String, _ scanner: inout JSONScanner) throws(FileError) -> Place {
    var place = Place(name: name)
    var (type, hasShape, offsets): (String?, Bool, [Int]) = (nil, false, [])
    try scanner.object { scanner, key throws(FileError) in
      switch key {
      case "dtype": type = try scanner.string()
      case "shape":
        hasShape = true
        try scanner.array { scanner throws(FileError) in
          let size = try scanner.integer()
          let (count, overflow) = place.count.multipliedReportingOverflow(by: size)
          guard size >= 0, !overflow, count <= Int.max / 8, place.shape.count < mostDimensions else {
            throw scanner.malformed("the shape of tensor '\(name)' is one that no file can hold")
          }
          place.shape.append(size)
          place.count = count
        }
      case "data_offsets":
        try scanner.array { scanner throws(FileError) in
          guard offsets.count < 2 else { throw scanner.malformed("tensor '\(name)' has more than two offsets") }
          offsets.append(try scanner.integer())
        }
      default: throw scanner.malformed("the entry '\(key)' of tensor '\(name)' is not of the safetensors format")
      }
    }
    guard let type, hasShape, offsets.count == 2 else {
      throw scanner.malformed("tensor '\(name)' lacks its dtype, shape or data_offsets")
    }
    guard type == "F32" else {
      throw scanner.malformed("tensor '\(name)' has numbers of type \(type.prefix(40)); only F32 is read")
    }
    (place.first, place.last) = (offsets[0], offsets[1])
    return place
  }
}
