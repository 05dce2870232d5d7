import Files
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// What the program does when it is asked to end: by Ctrl-C (SIGINT), SIGTERM, or a terminal that goes away (SIGHUP).
///
/// A command that trains asks for a flag, looks at it between batches and ends by itself. Any other command ends at
/// once, and so does every command on a second signal. A command that has not ended `patience` after the signal, since
/// it is in the middle of something long, is ended by a thread that waits for that: it first saves what the command has
/// left with `leave`. Either way no half-written file stays behind, and the exit status is 128 plus the signal's
/// number.
enum Interrupt {
  private static let received = Atomic<Int32>(0)
  private static let isHandled = Atomic<Bool>(false)
  private static let ending = Atomic<Int>(Ending.nobody)
  private static let lastWork = Mutex<(@Sendable () -> String)?>(nil)
  private nonisolated(unsafe) static let alarm = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  private static let watch: Void = startWatch()

  /// Who saves and reports what there is at the end.
  private enum Ending {
    static let nobody = 0
    static let command = 1
    static let watch = 2
  }

  /// How long a command has to end by itself, in microseconds.
  private static let patience: UInt32 = 600_000

  /// Whether the program was asked to end.
  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// The exit status that says which signal came.
  static var status: ExitStatus { ExitStatus(rawValue: 128 + received.load(ordering: .relaxed)) ?? .interrupted }

  static func install() {
    _ = received.load(ordering: .relaxed)
    UnfinishedFiles.prepare()
    _ = unsafe sem_init(alarm, 0, 0)
    // A parent may have started the program with these signals blocked.
    var unblocked = sigset_t()
    unsafe sigemptyset(&unblocked)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      unsafe sigaddset(&unblocked, number)
      // Who started the program with nohup wants it to go on without a terminal.
      if number == SIGHUP && isIgnored(number) { continue }
      signal(number) { Interrupt.receive($0) }
    }
    unsafe pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    // Writing to a pipe that nobody reads, or beyond the largest size of a file, is an error like others.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF, SIGPOLL] {
      if isIgnored(number) { continue }
      signal(number) { number in
        UnfinishedFiles.remove()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  /// Leaves the first signal to the command, which from now on looks at `isRequested`.
  static func handle() {
    _ = watch
    isHandled.store(true, ordering: .relaxed)
  }

  /// Ends what `handle` began: the next signal ends the program at once, as one does that has come meanwhile.
  static func handleNoMore() {
    leave(nil)
    isHandled.store(false, ordering: .relaxed)
    if isRequested { end() }
  }

  /// Says what is to be saved where the command does not get to it: `save` does that and returns a sentence about it.
  static func leave(_ save: (@Sendable () -> String)?) { lastWork.withLock { $0 = save } }

  /// Says that the command ends by itself from here on: it saves and reports what there is, whether or not the program
  /// was asked to end. Does not return where the waiting thread has begun to do that.
  static func takeOver() {
    let before = ending.compareExchange(
      expected: Ending.nobody, desired: Ending.command, ordering: .acquiringAndReleasing)
    if before.original == Ending.watch { while true { sleep(60) } }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    unsafe sigaction(number, nil, &action)
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }

  private static func receive(_ number: Int32) {
    let first = received.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing)
    if first.exchanged && isHandled.load(ordering: .relaxed) {
      unsafe sem_post(alarm)
    } else {
      end()
    }
  }

  private static func end() -> Never {
    UnfinishedFiles.remove()
    _exit(128 + max(1, received.load(ordering: .relaxed)))
  }

  /// Starts the thread that ends a command which does not end by itself.
  private static func startWatch() {
    var thread = pthread_t()
    if unsafe pthread_create(&thread, nil, watchThread, nil) == 0 { pthread_detach(thread) }
  }

  /// Waits for a signal, and ends the program where the command has not begun to do that itself.
  fileprivate static func watchForSignal() {
    while unsafe sem_wait(alarm) != 0 {}
    usleep(patience)
    // Where the command ends by itself, that may take as long as its last file does.
    let before = ending.compareExchange(
      expected: Ending.nobody, desired: Ending.watch, ordering: .acquiringAndReleasing)
    if !before.exchanged { return }
    let save = lastWork.withLock { $0 }
    var sentence = "nothing was kept"
    if let save { sentence = save() }
    Console.error("error: interrupted; \(sentence)")
    end()
  }
}

/// The thread that waits for a signal.
private func watchThread(_: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  Interrupt.watchForSignal()
  return nil
}
