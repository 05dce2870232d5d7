import Files

/// An .aez file that is open for reading. Its header is in memory; its chunks are read when they are asked for.
public struct AEZFile: Sendable {
  public let header: Header
  /// How many bytes the header takes.
  public let headerSize: Int
  /// The open file that the chunks are read from.
  public let file: RandomAccessFile
  /// Where each chunk begins in the file, and where the last one ends.
  private let places: [Int]
  private let isChecked: Bool

  /// Returns whether `path` begins like an .aez file.
  public static func isAEZ(_ path: String) throws(FileError) -> Bool {
    try readStart(of: path, count: 8) == Header.signature
  }

  public init(_ path: String) throws(FileError) { try self.init(RandomAccessFile(path)) }

  /// Reads the header of `file`. `checked` says whether checksums are compared; it is false only for tests of what lies
  /// behind them.
  public init(_ file: RandomAccessFile, checked: Bool = true) throws(FileError) {
    (header, headerSize) = try Header.read(file, checked: checked)
    self.file = file
    isChecked = checked
    places = header.chunks.reduce(into: [headerSize + header.embeddedModelSize]) { $0.append($0.last! + $1.size) }
  }

  /// Returns the bytes of the model in the file, or nil where it holds none; throws where their hash is not the
  /// header's.
  public func embeddedModel() throws(FileError) -> [UInt8]? {
    if header.embeddedModelSize == 0 { return nil }
    let bytes = try file.read(headerSize..<headerSize + header.embeddedModelSize)
    if isChecked && sha256(bytes) != header.modelHash {
      throw FileError(.malformed, file.path, at: headerSize, "the model within is damaged: its SHA-256 does not fit")
    }
    return bytes
  }

  /// Returns the symbols of a chunk. An error names the chunk and its samples.
  public func symbols(ofChunk index: Int) throws(FileError) -> ChunkSymbols {
    var reader = try reader(ofChunk: index)
    return try reader.next(reader.left)
  }

  /// Returns a reader of a chunk, whose checksum is checked here.
  public func reader(ofChunk index: Int) throws(FileError) -> ChunkReader {
    let samples = header.samples(ofChunk: index)
    let name = "chunk \(index) of \(header.chunks.count) (samples \(samples.lowerBound)..<\(samples.upperBound))"
    let bytes = try file.read(places[index]..<places[index + 1])
    if isChecked && crc32c(bytes) != header.chunks[index].crc {
      throw FileError(.malformed, file.path, at: places[index], "\(name) is damaged: its checksum does not fit")
    }
    return try ChunkReader(header, bytes, samples: samples.count, path: file.path, place: places[index], name: name)
  }

  /// Returns a whole file: `header`, whose table of chunks is made here, then the model where the file is to hold it,
  /// then the chunks.
  public static func bytes(_ header: Header, model: [UInt8]?, chunks: [[UInt8]]) -> [UInt8] {
    var header = header
    header.embeddedModelSize = model?.count ?? 0
    header.chunks = chunks.map { Header.Chunk(size: $0.count, crc: crc32c($0)) }
    return header.encoded() + (model ?? []) + chunks.joined()
  }
}
