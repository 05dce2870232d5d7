import Synchronization

/// An optimizer with a name, as the command line offers it. `Optimizer.all` is THE list.
public struct OptimizerEntry: Sendable {
  public let name: String
  /// One line that says what the optimizer does.
  public let summary: String
  /// The arguments that the optimizer takes.
  public let takes: Set<Argument>
  /// The kinds of rules that the optimizer is made of, so that checkpoints can name them.
  let rules: [any OptimizerRule.Type]
  /// The optimizer with other options of its rule, one changed in each: what tests go through.
  public let examples: [Optimizer]
  private let build: @Sendable (Arguments) -> Optimizer

  public enum Argument: String, Sendable, CaseIterable {
    /// The ε in a denominator.
    case epsilon
    /// The way in which steps are made orthogonal.
    case orthogonalise
  }

  /// The arguments that some optimizers take; nil leaves the choice to the optimizer.
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

  /// Returns the optimizer with `arguments`.
  /// - Throws: `InvalidArgument` for arguments that the optimizer does not take, and for numbers that cannot be meant.
  public func optimizer(_ arguments: Arguments = Arguments()) throws(InvalidArgument) -> Optimizer {
    for argument in arguments.named where !takes.contains(argument) {
      let others = Optimizer.all.filter { $0.takes.contains(argument) }.map(\.name)
      throw InvalidArgument(
        argument.rawValue, expected: "\(name) has none", advice: "it is for \(others.joined(separator: ", "))")
    }
    if let epsilon = arguments.epsilon {
      // ε must not be 0 in Float.
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

  /// Returns the entry called `name`; nil where there is none.
  public static func named(_ name: String) -> OptimizerEntry? { all.first { $0.name == name } }

  /// Registers a kind of rule of another package by its name, so that checkpoints that name it can be read.
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
