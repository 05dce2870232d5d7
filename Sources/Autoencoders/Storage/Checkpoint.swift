import Datasets
import Files
import Linalg

/// A model file with all that training needs to go on to the same bits: θ, the optimizer's memory, and counters.
///
/// The model's own tensors are the best parameters so far, so a checkpoint can be used as a model.
public struct Checkpoint: Sendable {
  public let model: Model
  public let options: TrainingOptions
  public let state: TrainingState

  public init(model: Model, options: TrainingOptions, state: TrainingState) {
    self.model = model
    self.options = options
    self.state = state
  }

  public func save(to path: String) throws {
    var best = model
    best.parameters = state.bestParameters
    let record = CheckpointRecord(
      options: options, epoch: state.epoch, step: state.step, seconds: state.seconds, bestEpoch: state.bestEpoch,
      bestLoss: state.bestLoss.isFinite ? state.bestLoss : nil, trainLoss: state.trainLoss)
    let count = state.parameters.count
    let more = [
      Safetensors.Tensor(name: "training.parameters", shape: [count], values: state.parameters),
      Safetensors.Tensor(
        name: "training.optimizer_state", shape: [state.optimizerState.count], values: state.optimizerState),
    ]
    try AtomicFile.write(try best.safetensors(checkpoint: record, more: more).encoded(), to: path)
  }

  public static func load(_ path: String) throws(FileError) -> Checkpoint {
    let loaded = try Model.loadAll(path, bytes: try readFile(path))
    guard let record = loaded.checkpoint else {
      throw FileError(
        .malformed, path,
        "a model, not a checkpoint: it has weights to start from, but no state of training to go on with")
    }
    let count = loaded.model.parameters.count
    let remembered = record.options.stateCount(loaded.model.network)
    var state = TrainingState(parameters: loaded.model.parameters)
    for tensor in loaded.rest {
      switch tensor.name {
      case "training.parameters" where tensor.values.count == count: state.parameters = tensor.values
      case "training.optimizer_state" where tensor.values.count == remembered: state.optimizerState = tensor.values
      default: throw FileError(.malformed, path, "tensor '\(tensor.name)' does not belong in this checkpoint")
      }
    }
    guard loaded.rest.count == 2, record.epoch >= 0, record.step >= 0 else {
      throw FileError(.malformed, path, "the checkpoint lacks a tensor, or its counters are negative")
    }
    state.epoch = record.epoch
    state.step = record.step
    state.seconds = record.seconds
    state.bestEpoch = record.bestEpoch
    state.bestLoss = record.bestLoss ?? .infinity
    state.trainLoss = record.trainLoss
    return Checkpoint(model: loaded.model, options: record.options, state: state)
  }
}
