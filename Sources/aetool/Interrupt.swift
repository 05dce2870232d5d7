import Files
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// What the program does on Ctrl-C or SIGTERM: a command that asks for it gets a flag and ends by itself; any other
/// command ends at once, and so does every command on a second signal. Either way no half-written file stays behind,
/// and the exit status is 130.
enum Interrupt {
  private static let wasRequested = Atomic<Bool>(false)
  private static let isHandled = Atomic<Bool>(false)

  static var isRequested: Bool { wasRequested.load(ordering: .relaxed) }

  static func install() {
    _ = wasRequested.load(ordering: .relaxed)
    // A parent may have started the program with these signals blocked.
    var unblocked = sigset_t()
    unsafe sigemptyset(&unblocked)
    for number in [SIGINT, SIGTERM] {
      unsafe sigaddset(&unblocked, number)
      signal(number) { _ in Interrupt.receive() }
    }
    unsafe pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
  }

  /// Leaves the first signal to the command, which from now on looks at `isRequested`.
  static func handle() { isHandled.store(true, ordering: .relaxed) }

  private static func receive() {
    let isFirst = !wasRequested.exchange(true, ordering: .relaxed)
    if isFirst && isHandled.load(ordering: .relaxed) { return }
    AtomicFile.removeUnfinished()
    _exit(ExitStatus.interrupted.rawValue)
  }
}
