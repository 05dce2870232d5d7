import Synchronization

/// What a reader took for granted where a file can be understood in more than one way: lines for the user to see.
///
/// A file is never read in a way that could lose numbers without such a line or an error.
public enum ReadingNotes {
  private static let receiver = Mutex<(@Sendable (String) -> Void)?>(nil)

  /// Hands all further notes over to `receive`; nil, as at the start, drops them.
  public static func deliver(to receive: (@Sendable (String) -> Void)?) { receiver.withLock { $0 = receive } }

  package static func post(_ path: String, _ message: String) {
    let receive = receiver.withLock { $0 }
    receive?("\(path): \(message)")
  }
}
