/// How to train.
public struct TrainingOptions: Sendable, Codable, Equatable {
  public var epochs: Int
  /// Samples per step; the last batch of an epoch takes what is left.
  public var batch: Int
  public var optimizer: OptimizerKind
  /// ε in the optimizer's denominator; nil: its usual one.
  public var epsilon: Double?
  /// η; nil: the optimizer's usual one.
  public var learningRate: Double?
  public var schedule: LearningRateSchedule.Shape
  /// Steps over which the rate rises to η.
  public var warmup: Int
  /// Epochs over which β of a variational model rises from 0 to its value; nil: it has it at once.
  public var betaWarmup: Int?
  /// λ; weights only.
  public var weightDecay: Double
  /// The gradient's norm is cut to this; nil: never.
  public var clipNorm: Double?
  /// Stop after so many epochs without a better validation loss; nil: never.
  public var patience: Int?
  /// Whether every epoch has its own order of samples.
  public var shuffle: Bool
  public var seed: UInt64

  public init(
    epochs: Int = 20, batch: Int = 128, optimizer: OptimizerKind = .adam, epsilon: Double? = nil,
    learningRate: Double? = nil, schedule: LearningRateSchedule.Shape = .cosine, warmup: Int = 0,
    betaWarmup: Int? = nil, weightDecay: Double = 0, clipNorm: Double? = nil,
    patience: Int? = nil, shuffle: Bool = true, seed: UInt64 = 0
  ) {
    self.epochs = epochs
    self.batch = batch
    self.optimizer = optimizer
    self.epsilon = epsilon
    self.betaWarmup = betaWarmup
    self.learningRate = learningRate
    self.schedule = schedule
    self.warmup = warmup
    self.weightDecay = weightDecay
    self.clipNorm = clipNorm
    self.patience = patience
    self.shuffle = shuffle
    self.seed = seed
  }

  public var rate: Double { learningRate ?? optimizer.defaultLearningRate }

  /// Refuses what cannot be meant, by the names of the command line.
  public func validate() throws(InvalidArgument) {
    func require(_ condition: Bool, _ message: String) throws(InvalidArgument) {
      if !condition { throw InvalidArgument(message) }
    }
    try require(epochs >= 0 && epochs <= 1_000_000, "--epochs \(epochs): must be from 0 to 1000000")
    try require(batch >= 1 && batch <= 1 << 20, "--batch \(batch): must be from 1 to \(1 << 20)")
    try require(rate > 0 && rate.isFinite, "--learning-rate \(rate): must be positive")
    if let epsilon {
      try require(epsilon > 0 && epsilon.isFinite, "--epsilon \(epsilon): must be positive")
      try require(optimizer.hasEpsilon, "--epsilon: \(optimizer.rawValue) has none")
    }
    if let betaWarmup { try require(betaWarmup >= 0, "--beta-warmup \(betaWarmup): must not be negative") }
    try require(warmup >= 0, "--warmup \(warmup): must not be negative")
    try require(weightDecay >= 0 && weightDecay.isFinite, "--weight-decay \(weightDecay): must not be negative")
    if let clipNorm { try require(clipNorm > 0, "--clip-norm \(clipNorm): must be positive") }
    if let patience { try require(patience >= 1, "--patience \(patience): must be at least 1") }
  }
}
