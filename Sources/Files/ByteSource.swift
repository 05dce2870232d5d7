import CZlibShim

#if canImport(Glibc)
  import Glibc
#endif

/// The bytes of a file from front to back, unzipped where they are gzipped; the file's size bounds what a header may
/// claim before memory is taken.
package final class ByteSource {
  package let path: String
  /// Bytes of content taken so far: the offset that error messages name.
  package private(set) var offset = 0
  /// −1 for bytes in memory.
  private let descriptor: Int32
  /// What is still to come of bytes in memory.
  private var memory: ArraySlice<UInt8> = []
  private let fileSize: Int?
  private var compressed: Inflater?
  private var pending: [UInt8] = []
  private var pendingStart = 0

  /// Deflate cannot make more than this many bytes of one.
  static let largestExpansion = 1032

  /// `path` is a file's, or - for standard input.
  package init(_ path: String) throws(FileError) {
    self.path = path == "-" ? "standard input" : path
    var size: Int?
    if path == "-" {
      descriptor = STDIN_FILENO
    } else {
      descriptor = Descriptor.open(path, O_RDONLY)
      if descriptor < 0 {
        let reason = unsafe String(cString: strerror(errno))
        throw FileError(.missing, path, "cannot be read: \(reason)")
      }
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(.inputOutput, path, "cannot be examined") }
      if status.st_mode & S_IFMT == S_IFDIR {
        close(descriptor)
        throw FileError(.malformed, path, "is a directory; expected a file of data")
      }
      if status.st_mode & S_IFMT == S_IFREG { size = Int(status.st_size) }
    }
    fileSize = size
    try unzip()
  }

  /// The bytes themselves, unzipped where they are gzipped and `unzipping` says so, named `path` in messages.
  package convenience init(_ bytes: [UInt8], path: String, unzipping: Bool) throws(FileError) {
    self.init(bytes, path: path)
    if unzipping { try unzip() }
  }

  /// The bytes themselves, as they are, named `path` in messages.
  package init(_ bytes: [UInt8], path: String) {
    self.path = path
    descriptor = -1
    fileSize = bytes.count
    memory = bytes[...]
  }

  /// Looks whether the content is gzipped, and unzips it from here on if so.
  private func unzip() throws(FileError) {
    let start = try read(2, exactly: false)
    if start == [0x1F, 0x8B] {
      compressed = Inflater()
      compressed!.feed(start)
    } else {
      pending = start
    }
    (pendingStart, offset) = (0, 0)
  }

  deinit { if descriptor >= 0 && descriptor != STDIN_FILENO { close(descriptor) } }

  /// The file's path where its content can be read again from any place: nil for what is gzipped, piped or in memory.
  package var plainPath: String? { descriptor >= 0 && fileSize != nil && compressed == nil ? path : nil }

  /// The bytes of the whole content; nil for what is gzipped or piped.
  package var plainSize: Int? { compressed == nil ? fileSize : nil }

  /// The most bytes that can still come; nil where only reading will tell.
  private var largestRest: Int? {
    guard let fileSize else { return nil }
    return compressed == nil
      ? fileSize - offset : fileSize.multipliedSaturating(by: Self.largestExpansion) - offset
  }

  /// The next bytes without taking them: up to `count`.
  package func peek(_ count: Int) throws(FileError) -> [UInt8] {
    let bytes = try take(count)
    pending = bytes + pending[pendingStart...]
    pendingStart = 0
    offset -= bytes.count
    return bytes
  }

  /// The next `count` bytes; at the end of the file as many as there are, or, with `exactly`, an error.
  package func read(_ count: Int, exactly: Bool = true) throws(FileError) -> [UInt8] {
    // A claim that the file cannot hold is refused before memory is taken for it.
    if exactly { try expect(count) }
    let bytes = try take(count)
    if exactly && bytes.count < count {
      throw FileError(
        .malformed, path, at: offset, "the file is cut off: expected \(count - bytes.count) more bytes, found its end")
    }
    return bytes
  }

  /// An error where the file is known to hold fewer than `count` more bytes.
  package func expect(_ count: Int) throws(FileError) {
    if let rest = largestRest, count > rest { throw tooShort(count, rest: rest) }
  }

  /// Passes `count` bytes, which must be there. Where the file is plain they are not read.
  package func skip(_ count: Int) throws(FileError) {
    try expect(count)
    var left = count
    if plainPath != nil {
      let taken = min(left, pending.count - pendingStart)
      pendingStart += taken
      guard lseek(descriptor, off_t(left - taken), SEEK_CUR) >= 0 else {
        throw FileError(.inputOutput, path, at: offset, "reading failed: \(unsafe String(cString: strerror(errno)))")
      }
      offset += left
      return
    }
    while left > 0 { left -= try read(min(left, 1 << 20)).count }
  }

  /// All that is left.
  package func readToEnd() throws(FileError) -> [UInt8] { try take(Int.max) }

  /// An error unless the content ends here.
  package func expectEnd() throws(FileError) {
    let start = offset
    let more = try take(1)
    if !more.isEmpty {
      throw FileError(.malformed, path, at: start, "expected the end of the file, found more bytes")
    }
  }

  package func malformed(at offset: Int, _ message: String) -> FileError {
    FileError(.malformed, path, at: offset, message)
  }

  private func tooShort(_ count: Int, rest: Int) -> FileError {
    compressed == nil
      ? malformed(at: offset, "the file is cut off: expected \(count) bytes, found \(rest)")
      : malformed(at: offset, "expected \(count) bytes, more than the compressed file can hold")
  }

  private func take(_ count: Int) throws(FileError) -> [UInt8] {
    var result = Array(pending[pendingStart...].prefix(count))
    pendingStart += result.count
    if pendingStart == pending.count { (pending, pendingStart) = ([], 0) }
    // The size of a plain file is true, so the memory is taken at once; of all others only what arrives is.
    let known = plainSize == nil ? Self.firstReservation : plainSize! - offset
    try reserve(min(count, max(known, 0)), in: &result)
    while result.count < count {
      let before = result.count
      let more = min(count - before, 1 << 20)
      if before + more > result.capacity {
        try reserve(min(count, max(before + more, before.multipliedSaturating(by: 2))), in: &result)
      }
      try appendMore(to: &result, atMost: more)
      if result.count == before { break }
    }
    offset += result.count
    return result
  }

  /// Memory up to this size is taken before it is known that as many bytes will come.
  private static let firstReservation = 1 << 24

  private func reserve(_ count: Int, in result: inout [UInt8]) throws(FileError) {
    if count > Self.firstReservation { try requireMemory(count, for: "its content") }
    result.reserveCapacity(count)
  }

  /// An error where `bytes` are more than the memory that may be taken; nil is a number that does not fit.
  package func requireMemory(_ bytes: Int?, for what: String) throws(FileError) {
    try MemoryBudget.require(bytes, for: what, in: path, at: offset)
  }

  /// Appends the next bytes, at least one unless the content has ended.
  private func appendMore(to result: inout [UInt8], atMost count: Int) throws(FileError) {
    guard compressed != nil else { return try appendRaw(to: &result, atMost: count) }
    while true {
      do {
        let produced = try compressed!.produce(into: &result, atMost: count)
        if produced > 0 { return }
      } catch let error {
        throw malformed(at: offset + result.count, "the gzip stream is damaged: \(error.message)")
      }
      var input: [UInt8] = []
      try appendRaw(to: &input, atMost: 1 << 16)
      if input.isEmpty {
        if compressed!.isComplete { return }
        throw malformed(at: offset + result.count, "the gzip stream is cut off; fetch the file anew")
      }
      compressed!.feed(input)
    }
  }

  private func appendRaw(to result: inout [UInt8], atMost count: Int) throws(FileError) {
    if descriptor < 0 {
      let part = memory.prefix(count)
      memory = memory.dropFirst(part.count)
      result += part
      return
    }
    let before = result.count
    result.append(contentsOf: repeatElement(0, count: count))
    let got = unsafe result.withUnsafeMutableBytes { bytes in
      var got = unsafe Glibc.read(descriptor, bytes.baseAddress! + before, count)
      while got < 0 && errno == EINTR { got = unsafe Glibc.read(descriptor, bytes.baseAddress! + before, count) }
      return got
    }
    result.removeLast(count - max(0, got))
    if got < 0 {
      throw FileError(.inputOutput, path, at: offset, "reading failed: \(unsafe String(cString: strerror(errno)))")
    }
  }
}

extension Int {
  /// The product, or the largest number where that does not fit; both factors are at least 0.
  func multipliedSaturating(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}

/// Whether `path` names a file that can be read again from its start.
package func isRegularFile(_ path: String) -> Bool {
  var status = stat()
  return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// The whole content of a file, unzipped where it is gzipped.
public func readFile(_ path: String) throws(FileError) -> [UInt8] { try ByteSource(path).readToEnd() }

/// The first `count` bytes of a file's content, fewer where it is shorter; nil where `path` names no file.
public func readStart(of path: String, count: Int) throws(FileError) -> [UInt8]? {
  if path == "-" || !fileExists(path) { return nil }
  return try ByteSource(path).read(count, exactly: false)
}
