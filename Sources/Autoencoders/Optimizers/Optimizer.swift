/// How a network is trained: the rules of its steps, with their own options, or a method on all samples at once.
///
/// ```swift
/// let options = TrainingOptions(optimizer: .muon(Muon(momentum: 0.9), rest: Adam(decoupledDecay: true)))
/// ```
///
/// `Optimizer.all` lists those that have names; rules of another package make one by `init(name:_:learningRate:)`.
public struct Optimizer: Sendable, Equatable {
  /// "muon".
  public let name: String
  public let method: Method
  /// The learning rate to begin with where none is named.
  public let defaultLearningRate: Double

  public enum Method: Sendable, Equatable {
    /// A step on every batch.
    case minibatches(StepRules)
    /// An epoch is one step along the direction of L-BFGS, which remembers so many pairs, on all samples.
    case fullBatch(pairs: Int)
  }

  /// An optimizer of one's own rules.
  public init(name: String, _ rules: StepRules, learningRate: Double) {
    self.init(name: name, .minibatches(rules), learningRate: learningRate)
  }

  init(name: String, _ method: Method, learningRate: Double) {
    self.name = name
    self.method = method
    defaultLearningRate = learningRate
  }

  /// The rules of its steps; nil for methods on all samples.
  public var rules: StepRules? { if case .minibatches(let rules) = method { rules } else { nil } }

  /// Whether an epoch is one step, on all samples at once.
  public var isFullBatch: Bool { rules == nil }

  /// What measurements favour (docs/optimisers.md): Muon for networks that have a weight matrix between the first and the
  /// last, Adam for others, where Muon has no matrix to take. Adam is favoured too from principal components, where gradients
  /// are small in most directions and Muon's steps would be as large as ever.
  public static func usual(for model: Model) -> Optimizer {
    let matrices = model.network.layout.parameters.count(where: \.isWeightMatrix)
    return matrices > 2 && model.blueprint.start != .pca ? .muon : .adam
  }
}
