import Files

/// An .aez file that is open for reading: its header in memory, its chunks where they are.
public struct AEZFile: Sendable {
  public let header: Header
  /// Bytes of the header.
  public let headerSize: Int
  /// Where it is read from.
  public let file: RandomAccessFile
  /// Where each chunk begins, and where the last ends.
  private let places: [Int]
  private let isChecked: Bool

  /// Whether `path` begins like an .aez file.
  public static func isAEZ(_ path: String) throws(FileError) -> Bool {
    try readStart(of: path, count: 8) == Header.signature
  }

  public init(_ path: String) throws(FileError) { try self.init(RandomAccessFile(path)) }

  /// `checked`: whether checksums are compared; false only for tests of what is behind them.
  public init(_ file: RandomAccessFile, checked: Bool = true) throws(FileError) {
    (header, headerSize) = try Header.read(file, checked: checked)
    self.file = file
    isChecked = checked
    places = header.chunks.reduce(into: [headerSize + header.embeddedModelSize]) { $0.append($0.last! + $1.size) }
  }

  /// The bytes of the model that the file holds, nil where it holds none; its hash must be the header's.
  public func embeddedModel() throws(FileError) -> [UInt8]? {
    if header.embeddedModelSize == 0 { return nil }
    let bytes = try file.read(headerSize..<headerSize + header.embeddedModelSize)
    if isChecked && sha256(bytes) != header.modelHash {
      throw FileError(.malformed, file.path, at: headerSize, "the model within is damaged: its SHA-256 does not fit")
    }
    return bytes
  }

  /// The chunk's symbols. An error names the chunk and its samples.
  public func symbols(ofChunk index: Int) throws(FileError) -> ChunkSymbols {
    let samples = header.samples(ofChunk: index)
    func damaged(_ message: String) -> FileError {
      FileError(
        .malformed, file.path, at: places[index],
        "chunk \(index) of \(header.chunks.count) (samples \(samples.lowerBound)..<\(samples.upperBound)) \(message)")
    }
    let bytes = try file.read(places[index]..<places[index + 1])
    if isChecked && crc32c(bytes) != header.chunks[index].crc { throw damaged("is damaged: its checksum does not fit") }
    do {
      return try header.decode(bytes, samples: samples.count)
    } catch {
      switch error {
      case .cut: throw damaged("ends too soon")
      case .left(let count): throw damaged("has \(count) bytes too many")
      case .damaged: throw damaged("is not what an encoder writes")
      }
    }
  }

  /// A whole file: `header` without its table of chunks, the model where it is to be in the file, the chunks.
  public static func bytes(_ header: Header, model: [UInt8]?, chunks: [[UInt8]]) -> [UInt8] {
    var header = header
    header.embeddedModelSize = model?.count ?? 0
    header.chunks = chunks.map { Header.Chunk(size: $0.count, crc: crc32c($0)) }
    return header.encoded() + (model ?? []) + chunks.joined()
  }
}
