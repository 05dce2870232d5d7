import Synchronization

/// An optimizer that has a name: what the command line offers. `Optimizer.all` is THE list.
public struct OptimizerEntry: Sendable {
  public let name: String
  /// What it does, in one line.
  public let summary: String
  /// Which of the arguments it takes.
  public let takes: Set<Argument>
  /// The kinds of rules that it brings along, so that checkpoints can name them.
  let rules: [any OptimizerRule.Type]
  /// The optimizer with other options of its rule, one changed in each: what tests go through.
  public let examples: [Optimizer]
  private let build: @Sendable (Arguments) -> Optimizer

  public enum Argument: String, Sendable, CaseIterable {
    /// ε in a denominator.
    case epsilon
    /// How steps are made orthogonal.
    case orthogonalise
  }

  /// What can be asked of some optimizers; nil: their own choice.
  public struct Arguments: Sendable {
    public var epsilon: Double?
    public var orthogonalise: Orthogonalisation?

    public init(epsilon: Double? = nil, orthogonalise: Orthogonalisation? = nil) {
      self.epsilon = epsilon
      self.orthogonalise = orthogonalise
    }

    var named: [Argument] {
      (epsilon == nil ? [] : [.epsilon]) + (orthogonalise == nil ? [] : [.orthogonalise])
    }
  }

  init(
    _ name: String, _ summary: String, rules: [any OptimizerRule.Type], takes: Set<Argument> = [],
    examples: [Optimizer] = [],
    _ build: @escaping @Sendable (Arguments) -> Optimizer
  ) {
    self.name = name
    self.summary = summary
    self.rules = rules
    self.takes = takes
    self.examples = examples
    self.build = build
  }

  /// The optimizer with `arguments`.
  /// - Throws: `InvalidArgument` for arguments that it does not take, and for numbers that cannot be meant.
  public func optimizer(_ arguments: Arguments = Arguments()) throws(InvalidArgument) -> Optimizer {
    for argument in arguments.named where !takes.contains(argument) {
      let others = Optimizer.all.filter { $0.takes.contains(argument) }.map(\.name)
      throw InvalidArgument(
        argument.rawValue, expected: "\(name) has none", advice: "it is for \(others.joined(separator: ", "))")
    }
    if let epsilon = arguments.epsilon {
      // The number must be one in Float too.
      try require(
        epsilon >= 1e-30 && epsilon <= 1, "epsilon", "\(epsilon)", "must be from 1e-30 to 1")
    }
    return build(arguments)
  }
}

extension Optimizer {
  /// THE list of optimizers: the command line, its help, the documentation and the tests read it.
  public static let all: [OptimizerEntry] = [
    .adam, .adamw, .sgd, .momentum, .rmsprop, .muon, .soap, .kfac, .lbfgs, .lion,
  ]

  /// The entry of that name; nil where there is none.
  public static func named(_ name: String) -> OptimizerEntry? { all.first { $0.name == name } }

  /// Makes a kind of rule of another package known by its name, so that checkpoints can be read that name it.
  public static func register(_ rule: any OptimizerRule.Type) { registered.withLock { $0[rule.name] = rule } }

  private static let registered = Mutex<[String: any OptimizerRule.Type]>([:])

  /// Whether all of its rules can be read again by their names.
  package var isKnown: Bool {
    guard let rules else { return true }
    return ([rules.elementwise, rules.matrices] as [(any OptimizerRule)?]).allSatisfy { rule in
      rule.map { rule in Self.rule(named: type(of: rule).name).map { $0 == type(of: rule) } ?? false } ?? true
    }
  }

  static func rule(named name: String) -> (any OptimizerRule.Type)? {
    all.lazy.flatMap(\.rules).first { $0.name == name } ?? registered.withLock { $0[name] }
  }
}
