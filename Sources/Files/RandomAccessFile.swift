#if canImport(Glibc)
  import Glibc
#endif

/// A file, or bytes in memory, of which any part can be read. Standard input is taken into memory.
public final class RandomAccessFile: Sendable {
  public let path: String
  public let size: Int
  private let descriptor: Int32
  private let bytes: [UInt8]

  public init(_ path: String) throws(FileError) {
    var status = stat()
    let isFile = path != "-" && (unsafe stat(path, &status)) == 0 && status.st_mode & S_IFMT == S_IFREG
    guard isFile else {
      bytes = try readFile(path)
      (self.path, size, descriptor) = (path == "-" ? "standard input" : path, bytes.count, -1)
      return
    }
    descriptor = Descriptor.open(path, O_RDONLY)
    if descriptor < 0 {
      let reason = unsafe String(cString: strerror(errno))
      throw FileError(.missing, path, "cannot be read: \(reason)")
    }
    (self.path, size, bytes) = (path, Int(status.st_size), [])
  }

  /// The bytes themselves, named `path` in messages.
  public init(_ bytes: [UInt8], path: String) {
    (self.path, self.bytes, size, descriptor) = (path, bytes, bytes.count, -1)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// All bytes.
  package func readAll() throws(FileError) -> [UInt8] { try read(0..<size) }

  /// The bytes of `range`; an error where the file ends before.
  public func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw FileError(.malformed, path, at: size, "the file ends here; expected \(range.upperBound) bytes")
    }
    if descriptor < 0 { return Array(bytes[range]) }
    var failure: FileError?
    let result = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let got = unsafe pread(descriptor, buffer.baseAddress! + count, range.count - count, range.lowerBound + count)
        if got < 0 && errno == EINTR { continue }
        if got <= 0 {
          failure = FileError(.inputOutput, path, at: range.lowerBound + count, "reading failed")
          return
        }
        count += got
      }
    }
    if let failure { throw failure }
    return result
  }
}
