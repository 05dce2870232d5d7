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
  /// The data of the run; nil where they are not known.
  public let run: RunFingerprint?

  public init(model: Model, options: TrainingOptions, state: TrainingState, run: RunFingerprint? = nil) {
    self.model = model
    self.options = options
    self.state = state
    self.run = run
  }

  /// Writes the checkpoint to `path`, whole or not at all. A checkpoint that is there already stays, as `path`.prev.
  /// - Throws: `InvalidArgument` for a state that holds numbers that are not finite, and for a layer, a loss or an
  ///   optimizer that a file cannot name; `FileError` where the file cannot be written.
  public func save(to path: String) throws {
    let bytes = try encoded()
    let file = try AtomicFile(path)
    try file.write(bytes)
    try keepPrevious(of: path)
    try file.commit()
  }

  /// Returns the checkpoint as a file has it.
  package func encoded() throws -> [UInt8] {
    try state.validate(for: model, options)
    var best = model
    best.parameters = state.bestParameters
    let record = CheckpointRecord(
      options: options, epoch: state.epoch, step: state.step, seconds: state.seconds, bestEpoch: state.bestEpoch,
      bestLoss: state.bestLoss.isFinite ? state.bestLoss : nil,
      trainLoss: state.trainLoss.isFinite ? state.trainLoss : nil, firstLoss: state.firstLoss, partial: state.partial,
      earlier: state.earlier.isEmpty ? nil : state.earlier, run: run)
    let count = state.parameters.count
    let more = [
      Safetensors.Tensor(name: "training.parameters", shape: [count], values: state.parameters),
      Safetensors.Tensor(
        name: "training.optimizer_state", shape: [state.optimizerState.count], values: state.optimizerState),
    ]
    return try best.safetensors(checkpoint: record, more: more).encoded()
  }

  /// Reads a checkpoint.
  ///
  /// - `note`: called with a sentence on what is unusual but no error, as in a file without a hash of its content.
  /// - Throws: `FileError` with the path and what is wrong in the file.
  public static func load(_ path: String, note: (String) -> Void = { _ in }) throws(FileError) -> Checkpoint {
    try load(path, bytes: try Safetensors.bytes(of: path), note: note)
  }

  /// Reads a checkpoint from the content of the file `path`.
  package static func load(
    _ path: String, bytes: [UInt8], note: (String) -> Void = { _ in }
  ) throws(FileError) -> Checkpoint {
    let loaded = try Model.loadAll(path, bytes: bytes)
    loaded.notes.forEach(note)
    guard let record = loaded.checkpoint else {
      throw FileError(
        .malformed, path,
        "a model, not a checkpoint: it has weights to start from, but no state of training to go on with")
    }
    // Another program may have written the tensors in another order.
    func tensor(_ name: String) -> Safetensors.Tensor? { loaded.rest.first { $0.name == name } }
    guard loaded.rest.count == 2, let parameters = tensor("training.parameters"),
      let optimizerState = tensor("training.optimizer_state")
    else {
      throw FileError(
        .malformed, path,
        "expected the tensors 'training.parameters' and 'training.optimizer_state' of a checkpoint beside those of the "
          + "network, found "
          + (loaded.rest.isEmpty ? "none" : loaded.rest.map { "'\($0.name)'" }.joined(separator: ", ")))
    }
    var state = TrainingState(parameters: loaded.model.parameters)
    state.parameters = parameters.values
    state.optimizerState = optimizerState.values
    state.epoch = record.epoch
    state.step = record.step
    state.seconds = record.seconds
    state.bestEpoch = record.bestEpoch
    state.bestLoss = record.bestLoss ?? .infinity
    state.trainLoss = record.trainLoss ?? .infinity
    state.firstLoss = record.firstLoss
    state.partial = record.partial
    state.earlier = record.earlier ?? []
    do throws(InvalidArgument) {
      try record.options.validate(for: loaded.model)
      try state.validate(for: loaded.model, record.options)
    } catch {
      throw FileError(.malformed, path, "\(error)")
    }
    return Checkpoint(model: loaded.model, options: record.options, state: state, run: record.run)
  }
}
