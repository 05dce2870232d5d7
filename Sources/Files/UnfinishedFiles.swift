import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The files that must not outlive the program: what is half written, and lock files.
///
/// The names stand in memory that is allocated once and never freed, so that a signal handler can read them and call
/// `unlink`, which is all that it may do.
public enum UnfinishedFiles {
  private static let places = 64
  private static let longestName = Int(PATH_MAX)

  /// A place is free, claimed by a thread that fills it in, or in use.
  private enum State {
    static let free = 0
    static let claimed = 1
    static let used = 2
  }

  /// The address of `places` atomic states.
  private nonisolated(unsafe) static let states: UnsafeMutablePointer<Atomic<Int>> = {
    let states = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: places)
    for place in 0..<places { unsafe (states + place).initialize(to: Atomic(State.free)) }
    return unsafe states
  }()

  /// The address of `places` names, each of `longestName` bytes that end in 0.
  private nonisolated(unsafe) static let names = UnsafeMutablePointer<CChar>.allocate(capacity: places * longestName)

  /// Makes the memory for the names, so that a signal handler never does.
  public static func prepare() { _ = unsafe (states, names) }

  /// Remembers the file `path` and returns its place, or nil where no place is free or the name is too long; that file
  /// then stays behind when a signal ends the program.
  static func add(_ path: String) -> Int? {
    let bytes = path.utf8CString
    if bytes.count > longestName { return nil }
    for place in 0..<places {
      let claim = unsafe states[place].compareExchange(
        expected: State.free, desired: State.claimed, ordering: .acquiringAndReleasing)
      if !claim.exchanged { continue }
      for (offset, byte) in bytes.enumerated() { unsafe names[place * longestName + offset] = byte }
      unsafe states[place].store(State.used, ordering: .releasing)
      return place
    }
    return nil
  }

  /// Forgets the file of a place.
  static func forget(_ place: Int?) {
    guard let place else { return }
    unsafe states[place].store(State.free, ordering: .releasing)
  }

  /// Removes all files that are remembered: for a program that is about to end. A signal handler may call it.
  public static func remove() {
    for place in 0..<places where unsafe states[place].load(ordering: .acquiring) == State.used {
      unsafe unlink(names + place * longestName)
    }
  }
}
