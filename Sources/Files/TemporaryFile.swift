import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A new file with a name that nobody can know beforehand, `.aetool-RANDOM.partial`, in the folder of an output.
///
/// As long as it is open it is locked. One that is not locked was abandoned by a program that was killed: the next one
/// that writes into the folder sweeps it. The name does not have the output's in it, so that outputs may have names of
/// any length.
final class TemporaryFile {
  let path: String
  /// −1 once the file has its place.
  private(set) var descriptor: Int32
  private let place: Int?

  static let prefix = ".aetool-"
  static let ending = ".partial"

  /// Makes the file for the output `place`, which the user named `name`, with the mode and owner of what is there.
  init(for output: OutputPlace, named name: String) throws(FileError) {
    Self.sweep(output.folder)
    var tries = 0
    while true {
      let path = Self.randomPath(in: output.folder)
      let place = UnfinishedFiles.add(path)
      let descriptor = Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
      if descriptor < 0 {
        let number = errno
        UnfinishedFiles.forget(place)
        tries += 1
        if number == EEXIST && tries < 100 { continue }
        throw OutputPlace.cannotCreate(name, output.path, number)
      }
      // Another program's sweep may have come between: it then holds the lock, or has removed the file.
      var status = stat()
      let isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
      if unsafe isTaken || (fstat(descriptor, &status) == 0 && status.st_nlink == 0) {
        _ = Descriptor.close(descriptor)
        unsafe unlink(path)
        UnfinishedFiles.forget(place)
        tries += 1
        if tries < 100 { continue }
        throw FileError(.cannotCreate, name, "cannot be written: its temporary files are taken away by another program")
      }
      (self.path, self.descriptor, self.place) = (path, descriptor, place)
      break
    }
    if let present = output.present { keep(present) }
  }

  deinit {
    if descriptor < 0 { return }
    unsafe unlink(path)
    UnfinishedFiles.forget(place)
    _ = Descriptor.close(descriptor)
  }

  /// Whether `rename` has put the file in its place; that may be so although what followed has failed.
  private(set) var isInPlace = false

  /// Puts the file in the place of `output` and waits until that is on the disk. Returns an error number, or 0.
  func rename(to output: OutputPlace) -> Int32 {
    // The second descriptor keeps the lock until the file has its name; closing the first one tells of late errors.
    let lock = dup(descriptor)
    var failure = Descriptor.synchronise(descriptor)
    let closed = Descriptor.close(descriptor)
    descriptor = -1
    if failure == 0 { failure = closed }
    if unsafe failure == 0 && Glibc.rename(path, output.path) != 0 { failure = errno }
    isInPlace = failure == 0
    if isInPlace { failure = Descriptor.synchronise(folder: output.folder) } else { unsafe unlink(path) }
    UnfinishedFiles.forget(place)
    if lock >= 0 { _ = Descriptor.close(lock) }
    return failure
  }

  /// Gives the file the owner, where this process may do that, and the mode of the file that it replaces.
  private func keep(_ present: stat) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return }
    if status.st_uid != present.st_uid || status.st_gid != present.st_gid {
      if fchown(descriptor, present.st_uid, present.st_gid) != 0 { _ = fchown(descriptor, uid_t.max, present.st_gid) }
    }
    _ = fchmod(descriptor, present.st_mode & 0o777)
  }

  // MARK: - What others left

  private static let swept = Mutex<Set<String>>([])

  /// Removes the files in `folder` that programs which were killed have left there: once for each folder.
  static func sweep(_ folder: String) {
    guard swept.withLock({ $0.insert(folder).inserted }), let listing = unsafe opendir(folder) else { return }
    defer { unsafe closedir(listing) }
    while let entry = unsafe readdir(listing) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(prefix) && (name.hasSuffix(ending) || name.hasSuffix(FileLock.ending)) {
        removeIfAbandoned("\(folder)/\(name)")
      }
    }
  }

  private static func removeIfAbandoned(_ path: String) {
    let descriptor = Descriptor.open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
    if descriptor < 0 { return }
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0
    {
      unsafe unlink(path)
    }
    _ = Glibc.close(descriptor)
  }

  /// Returns the path of a temporary file, with 16 letters and digits that nobody can foresee.
  static func randomPath(in folder: String) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return "\(folder)/\(prefix)\(String((0..<16).map { _ in letters.randomElement()! }))\(ending)"
  }
}
