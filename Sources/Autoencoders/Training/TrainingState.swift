import Linalg

/// All that a run carries from step to step. With it, training goes on to the same bits as without a break.
///
/// Random numbers are no part of the state, since seed and epoch name their streams.
public struct TrainingState: Sendable, Equatable {
  /// The number of epochs done.
  public var epoch = 0
  /// The number of optimizer steps done.
  public var step = 0
  /// The seconds of training in the epochs done.
  public var seconds = 0.0
  /// The present θ.
  public var parameters: [Float]
  /// The optimizer's memory, tensor after tensor; empty before the first step.
  public var optimizerState: [Float]
  /// θ of the best epoch by validation loss; without validation, θ of the last epoch. Before the first epoch has ended
  /// it is θ at the start.
  public var bestParameters: [Float]
  public var bestEpoch = 0
  /// The loss of `bestEpoch`; ∞ before the first epoch has ended.
  public var bestLoss = Double.infinity
  /// The training loss of the last epoch; ∞ before the first epoch has ended.
  public var trainLoss = Double.infinity
  /// The training loss of the first epoch, by which later ones are judged; nil where it is not known.
  public var firstLoss: Double?
  /// The part of epoch `epoch + 1` that is done; nil between epochs.
  public var partial: PartialEpoch?
  /// How θ was trained before this run, or before changes of this run, the oldest first.
  public var earlier: [EarlierTraining] = []

  public init(parameters: [Float]) {
    self.parameters = parameters
    bestParameters = parameters
    optimizerState = []
  }

  /// Times from outside have this range, about 30,000 years.
  static let possibleSeconds = 0...1e12
  /// Counters of steps from outside have this range.
  static let possibleSteps = 0...1 << 53

  /// Refuses a state that no run of `model` with `options` can be in.
  /// - Throws: `InvalidArgument` that says what does not fit.
  func validate(for model: Model, _ options: TrainingOptions) throws(InvalidArgument) {
    func check(_ condition: Bool, _ message: @autoclosure () -> String) throws(InvalidArgument) {
      if !condition { throw InvalidArgument("the state of training: " + message()) }
    }
    let count = model.network.layout.count
    try check(
      parameters.count == count && bestParameters.count == count,
      "it has \(parameters.count) parameters, but the network has \(count)")
    let remembered = options.stateCount(model.network)
    try check(
      optimizerState.count == remembered || step == 0 && optimizerState.isEmpty,
      "it has \(optimizerState.count) numbers of the optimizer, but \(options.optimizer.name) remembers \(remembered)")
    try check(
      TrainingOptions.possibleEpochs ~= epoch,
      "epoch \(epoch) is not from 0 to \(TrainingOptions.possibleEpochs.upperBound)")
    try check(0...epoch ~= bestEpoch, "the best epoch \(bestEpoch) is not one of the \(epoch) that are done")
    try check(Self.possibleSteps ~= step && step >= epoch, "\(step) steps in \(epoch) epochs")
    try check(Self.possibleSeconds ~= seconds, "\(seconds) seconds")
    try check(!trainLoss.isNaN && !bestLoss.isNaN && firstLoss?.isFinite ?? true, "a loss is not a number")
    try check(epoch == 0 || trainLoss.isFinite, "the training loss of epoch \(epoch) is missing")
    try check(partial?.isPossible ?? true, "its numbers of a part of an epoch are impossible")
    try check(
      areFinite(parameters) && areFinite(bestParameters) && areFinite(optimizerState),
      "a parameter or a number of the optimizer is NaN or infinite")
  }
}
