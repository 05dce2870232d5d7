import Files

#if canImport(Glibc)
  import Glibc
#endif

/// What the program does when it crashes: it removes what is half written, says one line, and exits with status 70.
///
/// The handlers take the place of the Swift runtime's, which print registers and paths on fifty lines. Whoever wants
/// those sets SWIFT_BACKTRACE, as the runtime documents it, and gets the runtime's handlers.
enum Crash {
  private static let signals: [(number: Int32, line: StaticString)] = [
    (
      SIGILL, "error: internal error (illegal instruction): a bug in aetool; please report the command that showed it\n"
    ),
    (SIGTRAP, "error: internal error (trap): a bug in aetool; please report the command that showed it\n"),
    (
      SIGSEGV, "error: internal error (segmentation fault): a bug in aetool; please report the command that showed it\n"
    ),
    (
      SIGBUS,
      "error: internal error (bus error): a file that is read may have been cut off; otherwise a bug in aetool\n"
    ),
    (SIGFPE, "error: internal error (arithmetic): a bug in aetool; please report the command that showed it\n"),
    (SIGABRT, "error: internal error (abort): a bug in aetool; please report the command that showed it\n"),
    (SIGSYS, "error: internal error (bad system call): the system forbids a call that aetool needs\n"),
  ]

  static func install() {
    if unsafe getenv("SWIFT_BACKTRACE") != nil { return }
    // A stack that has overflown has no room for the handler.
    let size = 64 * 1024
    var stack = unsafe stack_t()
    unsafe stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    unsafe stack.ss_size = size
    unsafe sigaltstack(&stack, nil)
    for (number, _) in signals {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { Crash.end($0) }
      action.sa_flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
      unsafe sigaction(number, &action, nil)
    }
  }

  /// Ends the program. It calls nothing but what a signal handler may call.
  private static func end(_ number: Int32) {
    UnfinishedFiles.remove()
    for signal in signals where signal.number == number {
      _ = unsafe write(STDERR_FILENO, signal.line.utf8Start, signal.line.utf8CodeUnitCount)
    }
    _exit(ExitStatus.ownBug.rawValue)
  }
}
