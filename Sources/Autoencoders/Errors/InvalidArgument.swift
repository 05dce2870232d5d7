/// An argument that cannot be meant. It names the parameter, its value, what is expected of it, and what to do.
///
/// Parameters have the names that the library's functions give them (`freeBits`). A program that knows them by other
/// names, such as `--free-bits`, asks for `text(naming:)`. Where `expected` and `advice` speak of other parameters,
/// these stand between backticks.
public struct InvalidArgument: Error, Equatable, CustomStringConvertible {
  /// The parameter's name; nil where the error concerns several at once.
  public let parameter: String?
  /// The value as text; nil where only the parameter's presence is wrong.
  public let value: String?
  /// What is expected, as in "must be from 1 to 99".
  public let expected: String
  /// The advice what to do about it; nil where there is none.
  public let advice: String?

  public init(_ parameter: String?, _ value: String? = nil, expected: String, advice: String? = nil) {
    self.parameter = parameter
    self.value = value
    self.expected = expected
    self.advice = advice
  }

  /// Creates an error that concerns no single parameter.
  public init(_ message: String, advice: String? = nil) { self.init(nil, expected: message, advice: advice) }

  public var description: String { text { $0 } }

  /// Returns one line, in which `naming` has translated every parameter's name.
  public func text(naming: (String) -> String) -> String {
    let subject = ([parameter.map(naming), value] as [String?]).compactMap { $0 }.joined(separator: " ")
    let start = subject.isEmpty ? "" : subject + ": "
    let end = advice.map { "; " + Self.translated($0, naming) } ?? ""
    return start + Self.translated(expected, naming) + end
  }

  /// Returns `text`, in which `naming` has translated what stands between backticks.
  package static func translated(_ text: String, _ naming: (String) -> String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    return parts.enumerated().map { $0.offset % 2 == 1 ? naming(String($0.element)) : String($0.element) }.joined()
  }
}

/// Throws unless `condition` holds.
package func require(
  _ condition: Bool, _ parameter: String, _ value: @autoclosure () -> String? = nil,
  _ expected: @autoclosure () -> String, advice: @autoclosure () -> String? = nil
) throws(InvalidArgument) {
  if !condition { throw InvalidArgument(parameter, value(), expected: expected(), advice: advice()) }
}
