#if canImport(Glibc)
  import Glibc
#endif

/// The right to write one file over a longer time, which one program has at a time.
///
/// It is an advisory lock (`flock`) on a small file beside the output, since the output itself is replaced by every
/// write. The kernel gives the lock back when its owner ends, however that comes about; a lock file that is left is
/// swept like a temporary file.
public final class FileLock {
  static let ending = ".lock"

  private let path: String
  private let descriptor: Int32
  private let place: Int?

  /// Takes the lock of the output `path`; nil where locks cannot be had there, as on some network drives.
  ///
  /// - Throws: `FileError.Kind.cannotCreate` where another program holds it.
  public init?(_ path: String) throws(FileError) {
    if path == "-" { return nil }
    let output = try OutputPlace(path)
    if output.isDirect { return nil }
    TemporaryFile.sweep(output.folder)
    let name = output.path.split(separator: "/").last.map(String.init) ?? output.path
    self.path = "\(output.folder)/\(TemporaryFile.prefix)\(Self.digest(name))\(Self.ending)"
    while true {
      let place = UnfinishedFiles.add(self.path)
      let descriptor = Descriptor.open(self.path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else {
        UnfinishedFiles.forget(place)
        return nil
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let number = errno
        UnfinishedFiles.forget(place)
        let owner = Self.owner(descriptor)
        _ = Descriptor.close(descriptor)
        if number == EINTR { continue }
        if number != EWOULDBLOCK { return nil }
        throw FileError(
          .cannotCreate, path,
          "is being written by another aetool\(owner); choose another name, or wait until that ends")
      }
      // The owner of before may have removed the file after it was opened here: the lock is then on a file without a
      // name.
      var (opened, named) = (stat(), stat())
      if unsafe fstat(descriptor, &opened) == 0, unsafe lstat(self.path, &named) == 0, opened.st_ino == named.st_ino {
        (self.descriptor, self.place) = (descriptor, place)
        break
      }
      UnfinishedFiles.forget(place)
      _ = Descriptor.close(descriptor)
    }
    ftruncate(descriptor, 0)
    let text = Array("\(getpid())\n".utf8)
    _ = unsafe text.withUnsafeBytes { unsafe Descriptor.write($0, to: descriptor) }
  }

  deinit {
    unsafe unlink(path)
    UnfinishedFiles.forget(place)
    _ = Descriptor.close(descriptor)
  }

  /// Returns what is known of the process that holds the lock, as in ", process 4711".
  private static func owner(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0, let number = Int32(String(decoding: bytes.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self))
    else { return "" }
    return ", process \(number)"
  }

  /// Returns the FNV-1a hash of a name as hexadecimal digits: the same for every program, and short.
  private static func digest(_ name: String) -> String {
    String(name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
  }
}
