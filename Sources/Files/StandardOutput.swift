import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The one writer of standard output. Nothing is buffered, and a failure is remembered until the end of the program.
public enum StandardOutput {
  private static let failureNumber = Atomic<Int32>(0)

  /// What went wrong, once something has.
  public static var failure: FileError? {
    let number = failureNumber.load(ordering: .relaxed)
    return number == 0
      ? nil : FileError(.inputOutput, "standard output", "writing failed: \(Descriptor.reason(number))")
  }

  /// Whether the program at the other end of a pipe has stopped reading.
  public static var isUnread: Bool { failureNumber.load(ordering: .relaxed) == EPIPE }

  /// Writes all bytes. After a failure nothing more is written, so that no output has a gap.
  public static func write(_ bytes: [UInt8]) throws(FileError) {
    if let failure { throw failure }
    let number = unsafe bytes.withUnsafeBytes { unsafe Descriptor.write($0, to: STDOUT_FILENO) }
    if number != 0 { failureNumber.store(number, ordering: .relaxed) }
    if let failure { throw failure }
  }

  /// Closes standard output, which is when some file systems tell of errors, and throws whatever went wrong before.
  public static func finish() throws(FileError) {
    if let failure { throw failure }
    let number = Descriptor.close(STDOUT_FILENO)
    if number != 0 { failureNumber.store(number, ordering: .relaxed) }
    if let failure { throw failure }
  }
}
