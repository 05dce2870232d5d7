/// All that a run carries from epoch to epoch. With it, training goes on to the same bits as without a break.
///
/// Random numbers are no part of the state, since seed and epoch name their streams.
public struct TrainingState: Sendable, Equatable {
  /// The number of epochs done.
  public var epoch = 0
  /// The number of optimizer steps done.
  public var step = 0
  /// The seconds of training done.
  public var seconds = 0.0
  /// The present θ.
  public var parameters: [Float]
  /// The optimizer's memory, tensor after tensor; empty before the first epoch.
  public var optimizerState: [Float]
  /// θ of the best epoch by validation loss; without validation, θ of the last epoch.
  public var bestParameters: [Float]
  public var bestEpoch = 0
  /// The loss of `bestEpoch`.
  public var bestLoss = Double.infinity
  /// The training loss of the last epoch.
  public var trainLoss = Double.infinity

  public init(parameters: [Float]) {
    self.parameters = parameters
    bestParameters = parameters
    optimizerState = []
  }
}
