#if canImport(Glibc)
  import Glibc
#endif

/// What makes two paths the same file: device and inode, through all links; for a file that is not there yet the folder
/// and the name.
public enum FileIdentity: Hashable, Sendable {
  case present(device: UInt64, inode: UInt64)
  case absent(device: UInt64, folder: UInt64, name: String)

  /// The file that `path` leads to; "-" is what `descriptor` is open on. Nil where that is a terminal or another
  /// device, which may be used many times, and where there is no such folder.
  public init?(_ path: String, descriptor: Int32 = STDOUT_FILENO) {
    var status = stat()
    if path == "-" {
      guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      self = .present(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
      return
    }
    if unsafe stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFCHR { return nil }
      self = .present(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
      return
    }
    guard let place = try? OutputPlace(path), unsafe stat(place.folder, &status) == 0 else { return nil }
    let name = place.path.split(separator: "/").last.map(String.init) ?? place.path
    self = .absent(device: UInt64(status.st_dev), folder: UInt64(status.st_ino), name: name)
  }
}
