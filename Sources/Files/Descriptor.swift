#if canImport(Glibc)
  import Glibc
#endif

/// The calls of the system on files, which go on where a signal has interrupted them. Functions without another result
/// return an error number, or 0 where all went well.
package enum Descriptor {
  /// Opens `path`. Returns the descriptor, or −1 with the reason in `errno`.
  package static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o666) -> Int32 {
    while true {
      let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
      if descriptor >= 0 || errno != EINTR { return descriptor }
    }
  }

  /// Writes all of `bytes`, however many calls that takes, and waits where the file is not ready.
  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = unsafe bytes
    return unsafe write(&rest, to: descriptor)
  }

  /// Writes all bytes as the other function does. What could not be written stays in `rest`.
  package static func write(_ rest: inout UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    while unsafe !rest.isEmpty {
      let written = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if written > 0 {
        unsafe rest = unsafe UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
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
  package static func synchronise(_ descriptor: Int32) -> Int32 {
    while fsync(descriptor) != 0 {
      if errno == EINTR { continue }
      return [EINVAL, ENOSYS, ENOTSUP].contains(errno) ? 0 : errno
    }
    return 0
  }

  /// Waits until the entries of `folder` are on the disk.
  package static func synchronise(folder: String) -> Int32 {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY)
    // A folder may be written to and not read; its entries then cannot be waited for.
    if descriptor < 0 { return errno == EACCES ? 0 : errno }
    defer { _ = Glibc.close(descriptor) }
    return synchronise(descriptor)
  }

  /// Closes the file. An interrupted call has closed it as well.
  package static func close(_ descriptor: Int32) -> Int32 {
    Glibc.close(descriptor) == 0 || errno == EINTR ? 0 : errno
  }

  /// The text of an error number.
  package static func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}
