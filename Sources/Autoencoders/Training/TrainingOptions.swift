/// The options of a training run.
public struct TrainingOptions: Sendable, Codable, Equatable {
  public var epochs: Int
  /// The number of samples per step; the last batch of an epoch takes what is left. L-BFGS steps on all samples, and
  /// takes their gradients in batches of this size.
  public var batch: Int
  public var optimizer: Optimizer
  /// The learning rate η; nil for the optimizer's usual one.
  public var learningRate: Double?
  public var schedule: LearningRateSchedule.Shape
  /// The number of steps over which the learning rate rises to η.
  public var warmup: Int
  /// The number of epochs over which β of a variational model rises from 0 to its value; nil where β has its value from
  /// the start.
  public var betaWarmup: Int?
  /// The weight decay λ, which concerns weights alone.
  public var weightDecay: Double
  /// The factor γ of the running average of θ over the steps, which is validated and kept in θ's place; nil for no
  /// average. Step t keeps the share min(γ, (t − 1)/(t + 9)) of it, so that the first steps weigh no more than later
  /// ones.
  public var averaging: Double?
  /// The norm to which a longer gradient is cut; nil for no limit.
  public var clipNorm: Double?
  /// The number of epochs without a better validation loss after which training stops; nil for no limit.
  public var patience: Int?
  /// Whether every epoch has its own order of samples.
  public var shuffle: Bool
  public var seed: UInt64

  public init(
    epochs: Int = 20, batch: Int = 128, optimizer: Optimizer = .adam, learningRate: Double? = nil,
    schedule: LearningRateSchedule.Shape = .cosine, warmup: Int = 0,
    betaWarmup: Int? = nil, weightDecay: Double = 0, averaging: Double? = nil, clipNorm: Double? = nil,
    patience: Int? = nil, shuffle: Bool = true, seed: UInt64 = 0
  ) {
    self.epochs = epochs
    self.batch = batch
    self.optimizer = optimizer
    self.betaWarmup = betaWarmup
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

  /// Counters of epochs have this range, in options and in files.
  static let possibleEpochs = 0...1_000_000

  public var rate: Double { learningRate ?? optimizer.defaultLearningRate }

  /// Returns the number of batches that `samples` samples make.
  package func batches(of samples: Int) -> Int { (samples + batch - 1) / batch }

  /// Refuses options that cannot be meant.
  /// - Throws: `InvalidArgument` with the option's name, its value and what is expected.
  public func validate() throws(InvalidArgument) {
    try requireCount(epochs, "epochs", in: Self.possibleEpochs)
    try requireCount(batch, "batch", in: 1...1 << 20)
    try requirePositive(rate, "learningRate")
    if let betaWarmup { try requireCount(betaWarmup, "betaWarmup", in: Self.possibleEpochs) }
    try requireCount(warmup, "warmup", in: 0...1_000_000_000)
    try requireNotNegative(weightDecay, "weightDecay")
    if let averaging {
      try require(averaging > 0 && averaging < 1, "average", "\(averaging)", "must be between 0 and 1")
    }
    if let clipNorm { try requirePositive(clipNorm, "clipNorm") }
    if let patience { try requireCount(patience, "patience", in: 1...1_000_000_000) }
    try optimizer.methodType.validate(self)
  }

  /// Refuses options that cannot be meant, and options that do not go with the model.
  func validate(for model: Model) throws(InvalidArgument) {
    try validate()
    try optimizer.methodType.validate(self, for: model)
    let network = model.network
    if betaWarmup ?? 0 > 0 && (!network.isVariational || network.draws > 1) {
      throw InvalidArgument("betaWarmup", expected: "the model's loss has no β")
    }
    let widest = network.layers.map(\.outputSize).max() ?? 0
    let (numbers, overflow) = widest.multipliedReportingOverflow(by: network.draws * batch)
    if network.draws > 1 && (overflow || numbers > Self.mostDrawn) {
      throw InvalidArgument(
        "importanceSamples", "\(network.draws)",
        expected: "with `batch` \(batch) that is \(numbers) numbers in the widest layer, at most \(Self.mostDrawn)",
        advice: "a smaller batch has fewer")
    }
  }

  /// The largest number of outputs of a layer for all draws of a batch.
  private static let mostDrawn = 1 << 28
}
