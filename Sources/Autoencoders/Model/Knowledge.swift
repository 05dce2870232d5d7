/// Something that is known of a model's parameters: how they came about, or what was measured with them.
///
/// A kind of fact is a type of its own in the folder that measures it; model files store facts under their keys.
package protocol ModelFact: Sendable, Codable {
  /// The name in a model file.
  static var key: String { get }
  /// What is wrong with the fact where it cannot be true of `model`, for facts that come from a file; nil: nothing.
  func problem(in model: Model) -> String?
}

extension ModelFact {
  package func problem(in model: Model) -> String? { nil }
}

/// What is known of a model's parameters.
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
