import ArgumentParser
import Autoencoders
import Datasets
import Files
import Linalg

/// Everything that a run begins or goes on with.
struct TrainingStart {
  let model: Model
  let options: TrainingOptions
  let state: TrainingState?
  let data: Dataset
  let validation: Dataset?
  let fingerprint: RunFingerprint

  func checkpoint(_ state: TrainingState) -> Checkpoint {
    Checkpoint(model: model, options: options, state: state, run: fingerprint)
  }
}

extension Train {
  /// Returns what a new run begins with.
  func started() throws -> TrainingStart {
    try training.options().validate()
    let loaded = try initial.map { try Model.load($0, note: Console.note) }
    let data = try openData(validation, seed: training.seed)
    let subject =
      try loaded
      ?? network.model(for: data.train, classes: data.classes, seed: training.seed, threads: threads.threads)
    return TrainingStart(
      model: subject, options: try training.options(for: subject), state: nil, data: data.train, validation: data.held,
      fingerprint: RunFingerprint(subject, data: data.train, validation: data.held, share: data.share))
  }

  /// The data of a run: for training, held out for validation, and the number of classes of both.
  struct RunData {
    let train: Dataset
    let held: Dataset?
    /// The share that is held out; nil where validation has data of its own.
    let share: Double?
    let classes: Int?
  }

  func openData(_ validation: String?, seed: UInt64) throws -> RunData {
    let all = try data.open()
    // The classes are counted before a share is held out, since that share may have some that the rest lacks.
    let classes = all.labels == nil ? nil : try? all.classCount()
    guard let validation else { return RunData(train: all, held: nil, share: nil, classes: classes) }
    let (train, held) = try Self.split(all, validation, labels: validationLabels, seed: seed)
    return RunData(train: train, held: held, share: Double(validation), classes: classes)
  }

  /// Returns training and validation data: two files, or one file from which a random share is held out. The share is
  /// the same for the same seed.
  static func split(
    _ data: Dataset, _ validation: String, labels: String? = nil, seed: UInt64
  ) throws -> (Dataset, Dataset) {
    guard let share = Double(validation) else { return (data, try Dataset.open(validation, labels: labels)) }
    let held = share > 0 && share < 1 ? Int((share * Double(data.count)).rounded()) : 0
    guard held >= 1, held < data.count else {
      throw ValidationError(
        "--validation \(validation): must be a file, or a fraction that leaves samples on both sides "
          + "(\(data.source) has \(data.count))")
    }
    var random = RandomStream(seed: seed, purpose: .split)
    let order = random.permutation(data.count)
    return (data.subset(order[held...].sorted()), data.subset(order[..<held].sorted()))
  }
}
