/// Says how a network is trained: by rules of a step, with their own options, or by a method on all samples at once.
///
/// ```swift
/// let options = TrainingOptions(optimizer: .muon(Muon(momentum: 0.9), rest: Adam(decoupledDecay: true)))
/// ```
///
/// `Optimizer.all` lists the optimizers that have names; rules of another package make one by
/// `init(name:_:learningRate:)`.
public struct Optimizer: Sendable, Equatable {
  /// The name, as in "muon".
  public let name: String
  public let method: Method
  /// The learning rate where none is named.
  public let defaultLearningRate: Double

  public enum Method: Sendable, Equatable {
    /// Every batch gives one step, by these rules.
    case minibatches(StepRules)
    /// Every epoch is one step on all samples, along the direction of L-BFGS, which remembers `pairs` pairs.
    case fullBatch(pairs: Int)
  }

  /// Creates an optimizer from the caller's own rules.
  public init(name: String, _ rules: StepRules, learningRate: Double) {
    self.init(name: name, .minibatches(rules), learningRate: learningRate)
  }

  init(name: String, _ method: Method, learningRate: Double) {
    self.name = name
    self.method = method
    defaultLearningRate = learningRate
  }

  /// The rules of a step; nil for methods on all samples.
  public var rules: StepRules? { if case .minibatches(let rules) = method { rules } else { nil } }

  /// Whether an epoch is one step on all samples at once.
  public var isFullBatch: Bool { rules == nil }

  /// Returns the optimizer that measurements favour for a model (docs/optimisers.md). It is Muon for networks with a
  /// weight matrix between the first and the last, and Adam for others, where Muon has no matrix to take. Adam is also
  /// favoured from a start as principal components, where gradients are small in most directions and Muon's steps would
  /// still be large.
  public static func usual(for model: Model) -> Optimizer {
    let matrices = model.network.layout.parameters.count(where: \.isWeightMatrix)
    return matrices > 2 && model.blueprint.start != .pca ? .muon : .adam
  }
}
