/// All that a run carries from epoch to epoch: with it, training goes on to the same bits as without a break.
///
/// Random numbers are no part of it: their streams are named by seed and epoch.
public struct TrainingState: Sendable, Equatable {
  /// Epochs done.
  public var epoch = 0
  /// Optimizer steps done.
  public var step = 0
  /// Seconds of training done.
  public var seconds = 0.0
  /// θ now.
  public var parameters: [Float]
  /// The optimizer's memory, tensor after tensor; empty before the first epoch.
  public var optimizerState: [Float]
  /// θ of the best epoch, by validation loss; without validation the last epoch's.
  public var bestParameters: [Float]
  public var bestEpoch = 0
  /// The loss by which `bestEpoch` is best.
  public var bestLoss = Double.infinity
  /// The training loss of the last epoch.
  public var trainLoss = Double.infinity

  public init(parameters: [Float]) {
    self.parameters = parameters
    bestParameters = parameters
    optimizerState = []
  }
}
