#if canImport(Glibc)
  import Glibc
#endif

/// Where an output goes: the file that a path means once symbolic links are followed, and what is there now.
struct OutputPlace {
  /// The file itself: never a symbolic link.
  let path: String
  let folder: String
  /// What is there now; nil where nothing is.
  let present: stat?

  /// Whether something that is no file, as a device or a pipe, takes the bytes as they come.
  var isDirect: Bool { present.map { $0.st_mode & S_IFMT != S_IFREG } ?? false }

  /// - Throws: `FileError.Kind.cannotCreate` where no file can be written at `path`.
  init(_ path: String) throws(FileError) {
    if path.isEmpty || path.hasSuffix("/") {
      throw FileError(.cannotCreate, path, "is a folder; expected the name of a file to write")
    }
    var status = stat()
    // Names like /dev/stdout lead to pipes that have no path.
    if unsafe stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      (self.path, folder, present) = (path, Self.folder(of: path), status)
      return
    }
    var end = path
    var links = 0
    var found = unsafe lstat(end, &status)
    while found == 0 && status.st_mode & S_IFMT == S_IFLNK {
      links += 1
      guard links <= 40, let target = Self.target(of: end) else {
        throw FileError(.cannotCreate, path, "is a symbolic link that leads nowhere")
      }
      end = target.hasPrefix("/") ? target : Self.folder(of: end) + "/" + target
      found = unsafe lstat(end, &status)
    }
    if found != 0 && errno != ENOENT { throw Self.cannotCreate(path, end, errno) }
    if found == 0 && status.st_mode & S_IFMT == S_IFDIR {
      throw FileError(.cannotCreate, path, "is a folder; expected the name of a file to write")
    }
    if unsafe found == 0 && status.st_mode & S_IFMT == S_IFREG && access(end, W_OK) != 0 {
      throw FileError(
        .cannotCreate, path, "must not be written: \(Descriptor.reason(errno)); choose another name, or change its mode"
      )
    }
    self.path = end
    folder = Self.folder(of: end)
    present = found == 0 ? status : nil
  }

  /// Returns the error that says why nothing can be made at `path`, which leads to `end`.
  static func cannotCreate(_ path: String, _ end: String, _ number: Int32) -> FileError {
    let advice = number == ENOENT ? "; make the folder first" : ""
    return FileError(
      .cannotCreate, path,
      "cannot be written in the folder '\(folder(of: end))': \(Descriptor.reason(number))\(advice)")
  }

  /// Returns the folder that `path` lies in.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Returns what the symbolic link `path` says.
  private static func target(of path: String) -> String? {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      count = unsafe max(0, readlink(path, buffer.baseAddress!, buffer.count))
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
