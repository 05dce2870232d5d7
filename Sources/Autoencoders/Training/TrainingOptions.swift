/// How to train.
public struct TrainingOptions: Sendable, Codable, Equatable {
  public var epochs: Int
  /// Samples per step; the last batch of an epoch takes what is left. L-BFGS has all samples in a step, so many at a time.
  public var batch: Int
  public var optimizer: OptimizerKind
  /// ε in the optimizer's denominator; nil: its usual one.
  public var epsilon: Double?
  /// How Muon makes its steps orthogonal; nil: by Cholesky.
  public var orthogonalisation: Orthogonalisation?
  /// η; nil: the optimizer's usual one.
  public var learningRate: Double?
  public var schedule: LearningRateSchedule.Shape
  /// Steps over which the rate rises to η.
  public var warmup: Int
  /// Epochs over which β of a variational model rises from 0 to its value; nil: it has it at once.
  public var betaWarmup: Int?
  /// λ; weights only.
  public var weightDecay: Double
  /// γ of the running average of θ over the steps, which is then what is validated and kept; nil: θ itself is.
  public var averaging: Double?
  /// The gradient's norm is cut to this; nil: never.
  public var clipNorm: Double?
  /// Stop after so many epochs without a better validation loss; nil: never.
  public var patience: Int?
  /// Whether every epoch has its own order of samples.
  public var shuffle: Bool
  public var seed: UInt64

  public init(
    epochs: Int = 20, batch: Int = 128, optimizer: OptimizerKind = .adam, epsilon: Double? = nil,
    orthogonalisation: Orthogonalisation? = nil, learningRate: Double? = nil,
    schedule: LearningRateSchedule.Shape = .cosine, warmup: Int = 0,
    betaWarmup: Int? = nil, weightDecay: Double = 0, averaging: Double? = nil, clipNorm: Double? = nil,
    patience: Int? = nil, shuffle: Bool = true, seed: UInt64 = 0
  ) {
    self.epochs = epochs
    self.batch = batch
    self.optimizer = optimizer
    self.epsilon = epsilon
    self.betaWarmup = betaWarmup
    self.orthogonalisation = orthogonalisation
    self.learningRate = learningRate
    self.schedule = schedule
    self.warmup = warmup
    self.weightDecay = weightDecay
    self.averaging = averaging
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
      // As Float.
      try require(epsilon >= 1e-30 && epsilon <= 1, "--epsilon \(epsilon): must be from 1e-30 to 1")
      try require(optimizer.hasEpsilon, "--epsilon: \(optimizer.rawValue) has none")
    }
    if let betaWarmup {
      try require(betaWarmup >= 0 && betaWarmup <= 1_000_000, "--beta-warmup \(betaWarmup): must be from 0 to 1000000")
    }
    try require(
      orthogonalisation == nil || optimizer == .muon, "--orthogonalise: \(optimizer.rawValue) has none; muon has")
    try require(warmup >= 0, "--warmup \(warmup): must not be negative")
    try require(weightDecay >= 0 && weightDecay.isFinite, "--weight-decay \(weightDecay): must not be negative")
    if let averaging {
      try require(averaging > 0 && averaging < 1, "--average \(averaging): must be between 0 and 1")
    }
    if let clipNorm { try require(clipNorm > 0, "--clip-norm \(clipNorm): must be positive") }
    if let patience { try require(patience >= 1, "--patience \(patience): must be at least 1") }
    if optimizer.isFullBatch { try validateFullBatch() }
  }

  /// Refuses also what does not go with the model.
  func validate(for model: Model) throws(InvalidArgument) {
    try validate()
    if optimizer.isFullBatch { try validateFullBatch(for: model) }
    let draws = model.architecture.variational?.importanceSamples ?? 1
    if betaWarmup ?? 0 > 0 && (model.architecture.variational == nil || draws > 1) {
      throw InvalidArgument("--beta-warmup: the model's loss has no β")
    }
    let widest = model.network.layers.map(\.outputSize).max() ?? 0
    let (numbers, overflow) = widest.multipliedReportingOverflow(by: draws * batch)
    if draws > 1 && (overflow || numbers > Self.mostDrawn) {
      throw InvalidArgument(
        "--importance-samples \(draws) with --batch \(batch): \(numbers) numbers in the widest layer, at most "
          + "\(Self.mostDrawn); a smaller batch has fewer")
    }
  }

  /// Numbers of a layer for all draws of a batch.
  private static let mostDrawn = 1 << 28
}
