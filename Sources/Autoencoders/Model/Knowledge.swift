/// A fact about a model's parameters: how they came about, or what was measured with them.
///
/// Each kind of fact is a type in the folder that measures it. Model files store facts under their keys.
package protocol ModelFact: Sendable, Codable {
  /// The fact's name in a model file.
  static var key: String { get }
  /// Returns what is wrong with the fact where it cannot be true of `model`; nil where nothing is. A fact from a file
  /// may be wrong.
  func problem(in model: Model) -> String?
}

extension ModelFact {
  package func problem(in model: Model) -> String? { nil }
}

/// The facts that are known of a model's parameters.
package struct Knowledge: Sendable {
  private var facts: [String: any ModelFact] = [:]

  package init() {}

  /// The fact of a type; nil where it is not known.
  package subscript<F: ModelFact>(_ type: F.Type) -> F? {
    get { facts[F.key] as? F }
    set { facts[F.key] = newValue }
  }

  /// All facts by their keys.
  package var all: [String: any ModelFact] { facts }

  package mutating func remember(_ fact: any ModelFact) { facts[type(of: fact).key] = fact }
}
