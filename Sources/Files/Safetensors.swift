import FoundationEssentials

/// A file of named tensors in the safetensors format: header length (u64, little-endian), JSON header, F32 numbers.
///
/// Source: the format section of the safetensors project's README. Every rule is checked before anything is used: those
/// of the header by `SafetensorsHeader`, and that the tensors fill the rest of the file. Beside the format, files that
/// this program writes carry the SHA-256 of their content in the metadata, under `sha256`; a file with such an entry is
/// checked against it.
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

  // MARK: - Writing

  /// The file's bytes, with their hash unless `hashed` is false; the header is padded with blanks to a multiple of 8,
  /// its keys are sorted.
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
    let source = ByteSource(bytes, path: path)
    let header = try SafetensorsHeader(source)
    metadata = header.metadata
    tensors = []
    var place = source.offset
    for tensor in header.tensors {
      guard 4 * tensor.count <= bytes.count - place else {
        throw source.malformed(
          at: place,
          "the file is cut off: tensor '\(tensor.name)' of shape \(tensor.shape) needs "
            + "\(4 * tensor.count) bytes, found \(bytes.count - place)")
      }
      let values = littleEndianFloats(bytes, from: place, count: tensor.count)
      tensors.append(Tensor(name: tensor.name, shape: tensor.shape, values: values))
      place += 4 * tensor.count
    }
    guard place == bytes.count else {
      throw source.malformed(at: place, "expected the end of the file, found \(bytes.count - place) more bytes")
    }
    try checkHash(path: path)
  }

  /// Returns the bytes of a file, unzipped where it is gzipped: those that its header claims, and never more.
  package static func bytes(of path: String) throws(FileError) -> [UInt8] {
    let source = try ByteSource(path)
    var bytes: [UInt8] = []
    let header = try SafetensorsHeader(source, keeping: &bytes)
    bytes += try source.read(header.dataSize)
    if let size = source.plainSize, size > source.offset {
      throw source.malformed(
        at: source.offset, "expected the end of the file, found \(size - source.offset) more bytes")
    }
    try source.expectEnd()
    return bytes
  }
}

/// A tensor's description in a header that is written; the names are the format's.
private struct TensorEntry: Encodable {
  let dtype: String
  let shape: [Int]
  let data_offsets: [Int]
}

/// One value of a header that is written: a tensor's description, or the texts of `__metadata__`.
private enum Entry: Encodable {
  case tensor(TensorEntry)
  case metadata([String: String])

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .tensor(let tensor): try tensor.encode(to: encoder)
    case .metadata(let texts): try texts.encode(to: encoder)
    }
  }
}
