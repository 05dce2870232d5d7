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

/// Throws unless the count `value` of the parameter `name` is in `range`.
package func requireCount(_ value: Int, _ name: String, in range: ClosedRange<Int>) throws(InvalidArgument) {
  try require(range ~= value, name, "\(value)", "must be from \(range.lowerBound) to \(range.upperBound)")
}

/// The largest number that an option may have: options become Floats where they meet θ, and the largest Float is
/// 3.4 · 10³⁸.
package let largestOption = 3.4e38

/// Throws unless the number `value` of the parameter `name` is positive and a Float can hold it.
package func requirePositive(_ value: Double, _ name: String) throws(InvalidArgument) {
  try require(value > 0 && value <= largestOption, name, "\(value)", "must be positive and at most \(largestOption)")
}

/// Throws unless the number `value` of the parameter `name` is at least 0 and a Float can hold it.
package func requireNotNegative(_ value: Double, _ name: String) throws(InvalidArgument) {
  try require(value >= 0 && value <= largestOption, name, "\(value)", "must be from 0 to \(largestOption)")
}
