#if canImport(Glibc)
  import Glibc
#endif

/// Lets the file at `path` stay as `path`.prev when another takes its place. There is no moment without a file at
/// `path`. Where there is no file, or none of its own to keep (standard output, a device), nothing is done.
///
/// - Throws: `FileError` where `path`.prev is no model file, which is not replaced, or cannot be made.
package func keepPrevious(of path: String) throws(FileError) {
  guard path != "-", isRegularFile(path) else { return }
  let kept = path + ".prev"
  // A name of the longest kind leaves no room for the ending.
  if kept.split(separator: "/").last.map({ $0.utf8.count > Int(NAME_MAX) }) ?? false { return }
  if fileExists(kept) {
    let start = try readStart(of: kept, count: 9) ?? []
    guard start.count == 9, start[8] == UInt8(ascii: "{") else {
      throw FileError(
        .cannotCreate, kept, "is no checkpoint, and the checkpoint before the newest would stand there; move it away")
    }
  }
  // A second name for the same bytes costs nothing; file systems without such names get a copy.
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
