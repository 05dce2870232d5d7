import Datasets
import Linalg

/// A way to go once over the training data: a step on every batch, or one step on all samples. The `Session` knows no
/// more of training than this protocol.
protocol TrainingMethod: AnyObject {
  /// Refuses options that have no meaning to the method.
  static func validate(_ options: TrainingOptions) throws(InvalidArgument)
  /// Refuses models that the method cannot train.
  static func validate(_ options: TrainingOptions, for model: Model) throws(InvalidArgument)

  /// Runs epoch `epoch`, which counts from 1, and counts its steps in `step`. `onBatch` is called after every batch.
  /// The batches of `partial` are done already.
  func runEpoch(
    _ epoch: Int, from partial: PartialEpoch?, step: inout Int, _ onBatch: (BatchReport) throws -> Void
  ) throws -> EpochOutcome

  /// The numbers that the method remembers from step to step, beside θ.
  var remembered: [Float] { get }
  /// The part of the present epoch that is done; nil where the method cannot go on from within an epoch.
  var partial: PartialEpoch? { get }
  /// Returns whether the loss of some of the samples that the last step saw is now infinite, or more than `factor`
  /// times what it was for all of them before the step.
  func lastStepFailed(factor: Double) -> Bool
  /// Whether no further epoch would change θ.
  var hasConverged: Bool { get }
}

extension TrainingMethod {
  static func validate(_ options: TrainingOptions) throws(InvalidArgument) {}
  static func validate(_ options: TrainingOptions, for model: Model) throws(InvalidArgument) {}
  var hasConverged: Bool { false }
  var partial: PartialEpoch? { nil }
  func lastStepFailed(factor: Double) -> Bool { false }
}

/// The place of an epoch after a batch.
struct BatchReport {
  /// The batch's number in its pass over the data, from 1.
  let batch: Int
  /// The total loss of the samples that this pass over the data has seen; `seen` is their number.
  let total: Double
  let seen: Int
  /// The number of optimizer steps so far in the run.
  var step = 0
  /// The number of passes over all samples that the epoch has finished.
  var passes = 0
}

/// The outcome of an epoch.
struct EpochOutcome {
  /// The mean loss over the samples.
  let loss: Double
  /// The learning rate at the last step, or the length of the only step.
  let rate: Double
  let terms: LossTerms
  /// The number of times that the loss of all samples was computed; nil for methods with steps on batches.
  var evaluations: Int?
  /// The mean loss of the first batch's samples; nil where the loss cannot grow.
  var firstBatchLoss: Double?
}

/// Says that the loss of batch `batch`, counted from 1, with `rows` samples was not finite.
struct NonFiniteLoss: Error {
  let batch: Int
  let rows: Int
}

extension Optimizer {
  /// The training method that the optimizer asks for.
  var methodType: any TrainingMethod.Type { isFullBatch ? FullBatch.self : Minibatches.self }
}

extension TrainingOptions {
  /// Returns the order of `count` samples in an epoch.
  func order(of epoch: Int, _ count: Int) -> [Int32] {
    if !shuffle { return (0..<Int32(count)).map { $0 } }
    var random = RandomStream(seed: seed, purpose: .shuffle, epoch: epoch)
    return random.permutation(count)
  }

  /// Returns the number of numbers that training remembers from step to step, beside θ.
  package func stateCount(_ network: Autoencoder) -> Int {
    switch optimizer.method {
    case .fullBatch(let pairs): FullBatch.stateCount(network, pairs: pairs)
    case .minibatches(let rules):
      rules.stateCounts(network).reduce(0, +) + (averaging == nil ? 0 : network.layout.count)
    }
  }
}
