import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// An output that appears whole or not at all: written beside its place, renamed by `commit`, removed if that never
/// comes. Standard output ("-"), devices and pipes are written to directly: there nothing can be taken back.
public final class AtomicFile {
  private let path: String
  private let temporary: String?
  private var descriptor: Int32
  private var isCommitted = false

  /// The temporary files that are open now, for `removeUnfinished`.
  private static let unfinished = Mutex<Set<String>>([])

  public init(_ path: String) throws(FileError) {
    self.path = path
    if path == "-" {
      temporary = nil
      descriptor = STDOUT_FILENO
      return
    }
    let present = Self.type(of: path)
    if path.isEmpty || path.hasSuffix("/") || present == S_IFDIR {
      throw FileError(.cannotCreate, path, "is a folder; expected the name of a file to write")
    }
    let isDirect = present != nil && present != S_IFREG
    let name = isDirect ? path : "\(path).\(getpid()).partial"
    temporary = isDirect ? nil : name
    descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 {
      let folder = path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) : "."
      let reason = unsafe String(cString: strerror(errno))
      let advice = errno == ENOENT ? "; make the folder first" : ""
      throw FileError(.cannotCreate, path, "cannot be written in the folder '\(folder)': \(reason)\(advice)")
    }
    if !isDirect { _ = Self.unfinished.withLock { $0.insert(name) } }
  }

  deinit {
    if descriptor >= 0 && descriptor != STDOUT_FILENO { close(descriptor) }
    guard let temporary, !isCommitted else { return }
    unsafe unlink(temporary)
    _ = Self.unfinished.withLock { $0.remove(temporary) }
  }

  public func write(_ bytes: [UInt8]) throws(FileError) {
    let failure = unsafe bytes.withUnsafeBytes { unsafe writeAll($0) }
    if let failure { throw failure }
  }

  /// The numbers' bytes, little-endian.
  public func write(_ numbers: [Float]) throws(FileError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 4)
    appendLittleEndian(numbers, to: &bytes)
    try write(bytes)
  }

  /// Puts the file in its place.
  public func commit() throws(FileError) {
    guard let temporary else { return }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, unsafe rename(temporary, path) == 0 else {
      throw FileError(.inputOutput, path, "could not be put in place: \(unsafe String(cString: strerror(errno)))")
    }
    isCommitted = true
    _ = Self.unfinished.withLock { $0.remove(temporary) }
  }

  /// Writes a whole file.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    let file = try AtomicFile(path)
    try file.write(bytes)
    try file.commit()
  }

  /// Removes what is half written: for a program that is about to end.
  ///
  /// Does nothing if another thread is at the list just now, since that may be the one that was interrupted.
  public static func removeUnfinished() {
    _ = unfinished.withLockIfAvailable { names in for name in names { unsafe unlink(name) } }
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) -> FileError? {
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      let written = unsafe Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      if written <= 0 {
        return FileError(
          .inputOutput, path == "-" ? "standard output" : path,
          "writing failed: \(unsafe String(cString: strerror(errno)))")
      }
      unsafe rest = unsafe rest.dropFirst(written)
    }
    return nil
  }

  /// What kind of thing is at `path`; nil where there is nothing.
  private static func type(of path: String) -> mode_t? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}

package func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
