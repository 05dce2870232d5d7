#if canImport(Glibc)
  import Glibc
#endif

/// Lets the file at `path` stay as `path`.prev when another takes its place. There is no moment without a file at
/// `path`. Where there is no model file of its own to keep (nothing, standard output, a device, a file of another
/// kind), nothing is done.
///
/// - Throws: `FileError` where `path`.prev is no model file, which is not replaced, or cannot be made.
package func keepPrevious(of path: String) throws(FileError) {
  guard path != "-", isRegularFile(path) else { return }
  let kept = path + ".prev"
  // A name of the longest kind leaves no room for the ending.
  if kept.split(separator: "/").last.map({ $0.utf8.count > Int(NAME_MAX) }) ?? false { return }
  if try !startsAsModel(path) { return }
  if fileExists(kept), try !startsAsModel(kept) {
    throw FileError(
      .cannotCreate, kept, "is no checkpoint, and the checkpoint before the newest would stand there; move it away")
  }
  // A second name for the same bytes costs nothing; file systems without such names get a copy. The lock keeps a program
  // that sweeps the folder from taking the name for an abandoned file.
  let lock = Descriptor.open(path, O_RDONLY | O_NONBLOCK)
  if lock >= 0 { _ = flock(lock, LOCK_SH | LOCK_NB) }
  defer { if lock >= 0 { _ = Descriptor.close(lock) } }
  let temporary = TemporaryFile.randomPath(in: OutputPlace.folder(of: path))
  let place = UnfinishedFiles.add(temporary)
  defer { UnfinishedFiles.forget(place) }
  if unsafe linkat(AT_FDCWD, path, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0 {
    if unsafe rename(temporary, kept) == 0 {
      // Where both names were one file already, the call leaves them.
      unsafe unlink(temporary)
      return
    }
    let reason = unsafe String(cString: strerror(errno))
    unsafe unlink(temporary)
    throw FileError(.cannotCreate, kept, "the checkpoint before the newest could not be put there: \(reason)")
  }
  try AtomicFile.write(try RandomAccessFile(path).readAll(), to: kept)
}

/// Whether a file begins as model files do, whatever its name: with the length of a header, and the header.
private func startsAsModel(_ path: String) throws(FileError) -> Bool {
  let start = try readStart(of: path, count: 9) ?? []
  return start.count == 9 && start[8] == UInt8(ascii: "{")
}
