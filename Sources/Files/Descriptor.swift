#if canImport(Glibc)
  import Glibc
#endif

/// Functions on open files that give an error number, or 0 where all went well.
enum Descriptor {
  /// Writes all of `bytes`, however many calls that takes, and waits where the file is not ready.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      let part = unsafe UnsafeRawBufferPointer(rebasing: rest)
      let written = unsafe Glibc.write(descriptor, part.baseAddress, part.count)
      if written > 0 {
        unsafe rest = unsafe rest.dropFirst(written)
      } else if written == 0 {
        return EIO
      } else if errno == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&ready, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  /// Waits until the file is on the disk. File systems that know no such thing are taken at their word.
  static func synchronise(_ descriptor: Int32) -> Int32 {
    while fsync(descriptor) != 0 {
      if errno == EINTR { continue }
      return [EINVAL, ENOSYS, ENOTSUP].contains(errno) ? 0 : errno
    }
    return 0
  }

  /// Waits until the entries of `folder` are on the disk.
  static func synchronise(folder: String) -> Int32 {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder may be written to and not read; its entries then cannot be waited for.
    if descriptor < 0 { return errno == EACCES ? 0 : errno }
    defer { _ = Glibc.close(descriptor) }
    return synchronise(descriptor)
  }

  /// Closes the file. An interrupted call has closed it as well.
  static func close(_ descriptor: Int32) -> Int32 {
    Glibc.close(descriptor) == 0 || errno == EINTR ? 0 : errno
  }

  /// The text of an error number.
  static func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}
