/// What is wrong with a file of the user's: one line that says what, where, what was expected and found, what to do.
public struct FileError: Error, Equatable, CustomStringConvertible {
  public enum Kind: Sendable {
    /// There is no such file, or it may not be read.
    case missing
    /// The content breaks its format or cannot be used.
    case malformed
    /// The output cannot be created.
    case cannotCreate
    /// Reading or writing failed underway.
    case inputOutput
    /// The content asks for more memory than the budget has.
    case tooLarge
  }

  public let kind: Kind
  public let path: String
  /// The byte at which the trouble was found, where one can be named; in the uncompressed content if gzipped.
  public let offset: Int?
  public let message: String

  /// `path` and `message` may repeat what stands in a file: they are made printable here, and cut at a length.
  public init(_ kind: Kind, _ path: String, at offset: Int? = nil, _ message: String) {
    self.kind = kind
    self.path = path.printable()
    self.offset = offset
    self.message = message.printable()
  }

  public var description: String {
    let place = offset.map { ", byte \($0)" } ?? ""
    return "\(path)\(place): \(message)"
  }
}
