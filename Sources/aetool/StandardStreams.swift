#if canImport(Glibc)
  import Glibc
#endif

/// The three streams that a program starts with.
enum StandardStreams {
  /// Opens those of the descriptors 0 to 2 that are closed, on /dev/null. Otherwise the first files that the program
  /// opens would get these numbers, and what goes to standard error would be written into a log or a model.
  ///
  /// Each is opened for what it is not used for, so that reading standard input and writing results fail as they
  /// should, and what is said of progress is lost, as whoever closed standard error wants it.
  static func openClosed() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // A new descriptor has the least free number, which is this one, since those before it are open.
      _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
