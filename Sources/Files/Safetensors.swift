import FoundationEssentials

/// A file of named tensors in the safetensors format: header length (u64, little-endian), JSON header, F32 numbers.
///
/// Source: the format section of the safetensors project's README. Every rule is checked before anything is used: the
/// header's length against the file's, each tensor's offsets against its shape, and that the tensors fill the rest of
/// the file without gap or overlap. Beside the format, files that this program writes carry the SHA-256 of their content
/// in the metadata, under `sha256`; a file with such an entry is checked against it.
package struct Safetensors {
  package struct Tensor: Equatable {
    package let name: String
    package let shape: [Int]
    package let values: [Float]

    package init(name: String, shape: [Int], values: [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// The texts of the metadata, without the hash.
  package var metadata: [String: String]
  /// Whether the file that was read has a hash.
  package internal(set) var isHashed = false
  /// In the order of their bytes.
  package var tensors: [Tensor]

  /// The longest header that is read: the format's own limit.
  static let longestHeader = 100_000_000

  // MARK: - Writing

  /// The file's bytes, with their hash unless `hashed` is false; the header is padded with blanks to a multiple of 8, its
  /// keys are sorted.
  package func encoded(hashed: Bool = true) throws -> [UInt8] {
    var metadata = metadata
    if hashed { metadata[Self.hashKey] = contentHash() }
    var entries: [String: Entry] = ["__metadata__": .metadata(metadata)]
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.values.count * 4
      entries[tensor.name] = .tensor(.init(dtype: "F32", shape: tensor.shape, data_offsets: [offset, end]))
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var header = [UInt8](try encoder.encode(entries))
    header += Array(repeating: 0x20, count: (8 - header.count % 8) % 8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: header.count >> (8 * shift))) }
    bytes += header
    for tensor in tensors { appendLittleEndian(tensor.values, to: &bytes) }
    return bytes
  }

  // MARK: - Reading

  package init(metadata: [String: String], tensors: [Tensor]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  package init(_ bytes: [UInt8], path: String) throws(FileError) {
    func bad(_ offset: Int?, _ message: String) -> FileError { FileError(.malformed, path, at: offset, message) }
    guard bytes.count >= 8 else {
      throw bad(bytes.count, "not a model file: expected 8 bytes of header length, found \(bytes.count)")
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
    guard length <= UInt64(Self.longestHeader), bytes.count > 8, bytes[8] == UInt8(ascii: "{") else {
      throw bad(0, "not a model file: expected a safetensors header")
    }
    let start = 8 + Int(length)
    guard start <= bytes.count else {
      throw bad(8, "the file is cut off: expected a header of \(length) bytes, found \(bytes.count - 8)")
    }
    let entries: [String: Entry]
    do {
      entries = try JSONDecoder().decode([String: Entry].self, from: Data(bytes[8..<start]))
    } catch {
      throw bad(8, "the header is not the JSON of a safetensors file")
    }
    metadata = [:]
    var places: [(name: String, entry: TensorEntry)] = []
    for (name, entry) in entries {
      switch entry {
      case .metadata(let texts) where name == "__metadata__": metadata = texts
      case .tensor(let tensor) where name != "__metadata__": places.append((name, tensor))
      default: throw bad(8, "the header's entry '\(name)' is not of the safetensors format")
      }
    }
    places.sort { ($0.entry.first, $0.entry.last, $0.name) < ($1.entry.first, $1.entry.last, $1.name) }
    tensors = []
    var expected = 0
    for (name, entry) in places {
      guard entry.dtype == "F32" else {
        throw bad(8, "tensor '\(name)' has numbers of type \(entry.dtype); only F32 is read")
      }
      guard let count = entry.count, entry.data_offsets.count == 2, entry.first == expected,
        entry.last - entry.first == 4 * count, entry.last <= bytes.count - start
      else {
        throw bad(
          min(bytes.count, start + expected),
          "tensor '\(name)' of shape \(entry.shape) at \(entry.data_offsets) does not fit: expected its "
            + "numbers from \(expected) on, found \(bytes.count - start) bytes of tensors")
      }
      let values = littleEndianFloats(bytes, from: start + expected, count: count)
      tensors.append(Tensor(name: name, shape: entry.shape, values: values))
      expected = entry.last
    }
    guard start + expected == bytes.count else {
      throw bad(start + expected, "expected the end of the file, found \(bytes.count - start - expected) more bytes")
    }
    try checkHash(path: path)
  }
}

/// One value of the header: a tensor's description, or the texts of `__metadata__`.
private enum Entry: Codable {
  case tensor(TensorEntry)
  case metadata([String: String])

  init(from decoder: any Decoder) throws {
    if let texts = try? [String: String](from: decoder) {
      self = .metadata(texts)
    } else {
      self = .tensor(try TensorEntry(from: decoder))
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .tensor(let tensor): try tensor.encode(to: encoder)
    case .metadata(let texts): try texts.encode(to: encoder)
    }
  }
}

/// The names are the format's.
private struct TensorEntry: Codable {
  let dtype: String
  let shape: [Int]
  let data_offsets: [Int]

  var first: Int { data_offsets.first ?? -1 }
  var last: Int { data_offsets.last ?? -1 }

  /// The product of the shape; nil where a size is negative or the product does not fit.
  var count: Int? {
    shape.reduce(1 as Int?) { product, size in
      guard let product, size >= 0 else { return nil }
      let (result, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow || result > Int.max / 8 ? nil : result
    }
  }
}
