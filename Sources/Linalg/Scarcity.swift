import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// What happens where the system gives less than the computation asks for: memory that is not to be had, or threads
/// that cannot be started.
///
/// A library cannot go on without its memory, and says so by ending the process. A program sets what it prints and
/// which exit status it has.
public enum Scarcity {
  /// The functions that are called. `endWithoutMemory` gets one line that says what was asked for, and does not return;
  /// `noteFewerThreads` gets one line, at most once in a process.
  public struct Handlers: Sendable {
    public var endWithoutMemory: @Sendable (String) -> Never = { fatalError($0) }
    public var noteFewerThreads: @Sendable (String) -> Void = { _ in }
    public init() {}
  }

  private static let handlers = Mutex(Handlers())
  private static let hasNoted = Atomic<Bool>(false)

  public static func setHandlers(_ change: @Sendable (inout Handlers) -> Void) { handlers.withLock { change(&$0) } }

  /// Ends the process, since `purpose` needs `bytes` of memory that the system does not give; nil for a number of bytes
  /// that is not known.
  static func end(_ purpose: String, bytes: Int?) -> Never {
    let amount = bytes.map { "\(($0 - 1) >> 20 + 1) MB of memory are" } ?? "its memory is"
    let limit = addressSpaceLimit.map { " (the limit on address space is \($0 >> 20) MB)" } ?? ""
    handlers.withLock { $0.endWithoutMemory }("\(purpose): \(amount) not to be had\(limit)")
  }

  static func noteFewerThreads(_ wanted: Int, _ started: Int, _ reason: String) {
    if hasNoted.exchange(true, ordering: .relaxed) { return }
    let threads = started == 1 ? "1 thread" : "\(started) threads"
    handlers.withLock { $0.noteFewerThreads }("computing on \(threads) instead of \(wanted): \(reason)")
  }

  /// The limit on this process's address space in bytes; nil where there is none.
  static var addressSpaceLimit: Int? {
    var limits = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0, limits.rlim_cur < rlim_t(Int.max) else {
      return nil
    }
    return Int(limits.rlim_cur)
  }
}
