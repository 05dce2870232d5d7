import Files

/// Takes the samples of a chunk block by block, so that the work and the memory are in proportion to the samples that
/// are asked for: symbols that are sure take no bytes, and a small chunk can stand for millions of samples.
public struct ChunkReader {
  /// How many samples are still to come.
  public private(set) var left: Int
  private let header: Header
  private var decoder: RangeDecoder
  private let path: String
  /// The offset of the chunk in the file, and what messages call it.
  private let place: Int
  private let name: String

  init(_ header: Header, _ bytes: [UInt8], samples: Int, path: String, place: Int, name: String) throws(FileError) {
    (self.header, self.path, self.place, self.name, left) = (header, path, place, name, samples)
    do {
      decoder = try RangeDecoder(bytes)
    } catch { throw Self.damaged(error, path, place, name) }
  }

  /// Returns the symbols of the next `count` samples, of which there must be as many. Behind the last sample the end of
  /// the chunk is checked too.
  public mutating func next(_ count: Int) throws(FileError) -> ChunkSymbols {
    precondition(count <= left, "ChunkReader: \(count) samples of \(left)")
    left -= count
    do {
      let symbols = try header.decode(&decoder, samples: count)
      if left == 0 { try decoder.finish() }
      return symbols
    } catch { throw Self.damaged(error, path, place, name) }
  }

  private static func damaged(
    _ failure: RangeDecoder.Failure, _ path: String, _ place: Int, _ name: String
  ) -> FileError {
    let message =
      switch failure {
      case .cut: "ends too soon"
      case .left(let count): "has \(count) bytes too many"
      case .damaged: "is not what an encoder writes"
      }
    return FileError(.malformed, path, at: place, "\(name) \(message)")
  }
}
