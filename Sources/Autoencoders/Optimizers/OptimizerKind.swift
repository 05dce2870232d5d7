/// The optimizers by name.
public enum OptimizerKind: String, Sendable, Codable, CaseIterable {
  case adam, adamw, sgd, momentum, rmsprop, muon, soap, kfac, lbfgs

  /// Whether it has ε in a denominator.
  public var hasEpsilon: Bool {
    self != .sgd && self != .momentum && self != .muon && self != .kfac && self != .lbfgs
  }

  /// Whether an epoch is one step, on all samples at once.
  public var isFullBatch: Bool { self == .lbfgs }

  /// The learning rate to begin with where the user names none.
  public var defaultLearningRate: Double {
    switch self {
    case .adam, .adamw, .rmsprop: 1e-3
    // The loss is a sum over features: its gradient is as many times larger than that of a mean.
    case .sgd, .momentum: 1e-2
    case .muon: 0.02
    case .soap: 3e-3
    case .kfac: 0.1
    // The line search's first trial: a quasi-Newton step whole.
    case .lbfgs: 1
    }
  }
}

extension OptimizerKind {
  /// What measurements favour (docs/optimisers.md): Muon for networks that have a weight matrix between the first and the
  /// last, Adam for others, where Muon has no matrix to take. Adam too from principal components, where gradients are small in
  /// most directions and Muon's steps would be as large as ever.
  public static func usual(for model: Model) -> OptimizerKind {
    let matrices = model.network.layout.parameters.count(where: \.isWeightMatrix)
    return matrices > 2 && model.architecture.start != .pca ? .muon : .adam
  }
}

extension TrainingOptions {
  /// How many numbers training remembers from step to step, beside θ.
  func stateCount(_ network: Autoencoder) -> Int {
    if optimizer.isFullBatch { return FullBatchRun.stateCount(network) }
    return rule.stateCounts(network).reduce(0, +) + (averaging == nil ? 0 : network.layout.count)
  }

  /// The optimizer that they name, for steps on batches.
  public var rule: Optimizer {
    switch optimizer {
    case .adam: Optimizer(Adam(epsilon: epsilon ?? 1e-8))
    case .adamw: Optimizer(Adam(epsilon: epsilon ?? 1e-8, decoupledDecay: true))
    case .sgd: Optimizer(SGD())
    case .momentum: Optimizer(Momentum())
    case .rmsprop: Optimizer(RMSProp(epsilon: epsilon ?? 1e-8))
    case .muon:
      Optimizer(
        Adam(decoupledDecay: true),
        matrices: Muon(orthogonalisation ?? .cholesky), elementwiseRate: 0.05)
    case .soap:
      Optimizer(Adam(beta1: 0.95, beta2: 0.95, decoupledDecay: true), matrices: SOAP(epsilon: epsilon ?? 1e-8))
    case .kfac: Optimizer(Adam(decoupledDecay: true), matrices: KFAC(), elementwiseRate: 0.01)
    // Without its memory; `FullBatchRun` takes the steps.
    case .lbfgs: Optimizer(SGD())
    }
  }
}
