import Linalg

/// The arguments of a layer's text form. Some are known by their place, others are written `name=value`.
public struct LayerArguments: Sendable {
  private let form: LayerForm
  private var places: [String] = []
  private var named: [(name: String, value: String)] = []

  init(_ words: [String], of form: LayerForm) {
    self.form = form
    for word in words {
      if let sign = word.firstIndex(of: "=") {
        named.append((String(word[..<sign]), String(word[word.index(after: sign)...])))
      } else {
        places.append(word)
      }
    }
  }

  /// Takes the next argument that is known by its place; nil where there is none.
  public mutating func next() -> String? { places.isEmpty ? nil : places.removeFirst() }

  /// Takes the next argument that is known by its place.
  /// - Throws: `InvalidArgument` where there is none.
  public mutating func required(_ name: String) throws(InvalidArgument) -> String {
    guard let word = next() else { throw InvalidArgument("\(name) is missing; the form is \(form.usage)") }
    return word
  }

  /// Takes the activation, wherever it stands among the arguments; the identity where the text has none.
  public mutating func activation() -> Activation {
    guard let place = places.firstIndex(where: { Activation(rawValue: $0) != nil }) else { return .identity }
    return Activation(rawValue: places.remove(at: place))!
  }

  /// Takes the value of `name=value`; nil where the text does not have it.
  public mutating func option(_ name: String) -> String? {
    guard let place = named.firstIndex(where: { $0.name == name }) else { return nil }
    return named.remove(at: place).value
  }

  /// Returns the whole number `text`, which messages call `name`.
  /// - Throws: `InvalidArgument` where `text` is no whole number in `range`.
  public func integer(_ text: String, _ name: String, in range: ClosedRange<Int>) throws(InvalidArgument) -> Int {
    guard let value = Int(text), range ~= value else {
      throw InvalidArgument(
        "\(name) '\(text)' must be a whole number from \(range.lowerBound) to \(range.upperBound); "
          + "the form is \(form.usage)")
    }
    return value
  }

  /// Returns the number `text`, which messages call `name`.
  /// - Throws: `InvalidArgument` where `text` is no number in `range`.
  public func number(_ text: String, _ name: String, in range: ClosedRange<Double>) throws(InvalidArgument) -> Double {
    guard let value = Double(text), range ~= value else {
      throw InvalidArgument(
        "\(name) '\(text)' must be a number from \(range.lowerBound) to \(range.upperBound); the form is \(form.usage)")
    }
    return value
  }

  /// Takes the whole number of `name=value`; `usual` where the text does not have it.
  /// - Throws: `InvalidArgument` where the value is no whole number in `range`.
  public mutating func integer(
    _ name: String, orElse usual: Int, in range: ClosedRange<Int>
  ) throws(InvalidArgument) -> Int {
    guard let text = option(name) else { return usual }
    return try integer(text, name, in: range)
  }

  /// Takes the number of `name=value`; `usual` where the text does not have it.
  /// - Throws: `InvalidArgument` where the value is no number in `range`.
  public mutating func number(
    _ name: String, orElse usual: Double, in range: ClosedRange<Double>
  ) throws(InvalidArgument) -> Double {
    guard let text = option(name) else { return usual }
    return try number(text, name, in: range)
  }

  /// Returns the sides in `text`, HEIGHTxWIDTH or HEIGHTxWIDTHxCHANNELS; nil where it has not that form.
  /// - Throws: `InvalidArgument` where an image of these sides has more numbers than a layer may.
  public func sides(_ text: String) throws(InvalidArgument) -> [Int]? {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard 2...3 ~= parts.count, parts.allSatisfy({ $0 != nil && 1...LayerSpec.largestSize ~= $0! }) else { return nil }
    if parts.reduce(1.0, { $0 * Double($1!) }) > Double(LayerSpec.largestSize) {
      throw InvalidArgument("an image of \(text) has more than \(LayerSpec.largestSize) numbers")
    }
    return parts.map { $0! }
  }

  /// Throws where an argument is left that the form has no place for.
  func finish() throws(InvalidArgument) {
    guard let rest = places.first ?? named.first.map({ "\($0.name)=\($0.value)" }) else { return }
    throw InvalidArgument("'\(rest)' has no meaning there; the form is \(form.usage)")
  }
}
