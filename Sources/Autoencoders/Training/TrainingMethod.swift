import Datasets
import Linalg

/// A way to go once over the training data: a step on every batch, or one step on all samples. What validates, reports and
/// keeps the best model knows only this.
protocol TrainingMethod: AnyObject {
  /// Refuses options that have no meaning to the method.
  static func validate(_ options: TrainingOptions) throws(InvalidArgument)
  /// Refuses models that the method cannot train.
  static func validate(_ options: TrainingOptions, for model: Model) throws(InvalidArgument)

  /// Runs epoch `epoch`, which counts from 1, and counts its steps in `step`. `onBatch` is called after every batch.
  func runEpoch(_ epoch: Int, step: inout Int, _ onBatch: (BatchReport) throws -> Void) throws -> EpochOutcome

  /// What the method remembers from epoch to epoch, beside θ.
  var remembered: [Float] { get }
  /// Whether no further epoch would change θ.
  var hasConverged: Bool { get }
}

extension TrainingMethod {
  static func validate(_ options: TrainingOptions) throws(InvalidArgument) {}
  static func validate(_ options: TrainingOptions, for model: Model) throws(InvalidArgument) {}
  var hasConverged: Bool { false }
}

/// Where an epoch stands after a batch.
struct BatchReport {
  /// The batch's number in its pass over the data, from 1.
  let batch: Int
  /// The total loss of the samples that this pass has seen, and their number.
  let total: Double
  let seen: Int
  /// The passes over all samples that the epoch has behind it.
  var passes = 0
}

/// The numbers of an epoch.
struct EpochOutcome {
  /// The mean over samples.
  let loss: Double
  /// The learning rate at the last step, or the length of the one step.
  let rate: Double
  let terms: LossTerms
  /// How often the loss of all samples was taken, where that is the method's measure of work.
  var evaluations: Int?
}

/// The loss of a batch was not finite: batch `batch`, from 1, of `rows` samples.
struct NonFiniteLoss: Error {
  let batch: Int
  let rows: Int
}

extension Optimizer {
  /// The method that it asks for.
  var methodType: any TrainingMethod.Type { isFullBatch ? FullBatch.self : Minibatches.self }
}

extension TrainingOptions {
  /// The order of `count` samples in an epoch.
  func order(of epoch: Int, _ count: Int) -> [Int32] {
    if !shuffle { return (0..<Int32(count)).map { $0 } }
    var random = RandomStream(seed: seed, purpose: .shuffle, epoch: epoch)
    return random.permutation(count)
  }

  /// How many numbers training remembers from step to step, beside θ.
  package func stateCount(_ network: Autoencoder) -> Int {
    switch optimizer.method {
    case .fullBatch(let pairs): FullBatch.stateCount(network, pairs: pairs)
    case .minibatches(let rules):
      rules.stateCounts(network).reduce(0, +) + (averaging == nil ? 0 : network.layout.count)
    }
  }
}
