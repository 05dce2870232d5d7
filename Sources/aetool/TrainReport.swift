import Autoencoders
import Datasets

/// What `train` says before and after training.
extension Train {
  func describe(_ run: TrainingStart) {
    let (model, data, held) = (run.model, run.data, run.validation)
    let sized = model.network.layers.filter { $0.inputSize != $0.outputSize || $0.hasWeights }
    let sizes = ([model.network.inputSize] + sized.map(\.outputSize)).map(String.init)
    if model.scaling.kind == .centre && network.scaling == nil && initial == nil && run.state == nil {
      Console.say("bright data: centred, so that rectified units do not die; --scaling none leaves them as they are")
    }
    let spec = model.blueprint.loss
    let loss = model.network.isVariational ? spec.likelihoodDescription : spec.description
    let apart = held.map { ", \($0.count.grouped) for validation" } ?? ""
    Console.say(
      "\(model.name) \(sizes.joined(separator: "-")), \(model.network.layout.count.grouped) parameters"
        + "\(regularization(model)), \(loss); \(data.count.grouped) samples from \(data.source)\(apart)"
    )
  }

  /// Returns what keeps the model from copying its input, as in ", noise masking:0.5, L1 penalty 0.1".
  private func regularization(_ model: Model) -> String {
    let layers = model.network.layers.filter { $0.role.lossTerm != nil || $0.memory.noise > 0 }.map(\.summary)
    let contraction = model.network.contraction.map { "contraction \($0)" }
    return (layers + [contraction].compactMap { $0 }).map { ", " + $0 }.joined()
  }

  func report(_ trained: Model, seconds: Double, _ dead: DeadUnits?) throws {
    guard let record = trained.training else { return }
    if result.json { return try writeReport(TrainingResult(model, record, seconds: seconds, dead)) }
    let loss = record.trainLoss.map { "training loss \($0.significant(5))" } ?? "untrained"
    let validation = record.validationLoss.map { ", validation loss \($0.significant(5))" } ?? ""
    let kept = record.bestEpoch == record.epochs ? "" : ", weights of epoch \(record.bestEpoch)"
    let line =
      "\(model): \(loss)\(validation) after \(counted(record.epochs, "epoch"))\(kept), "
      + "\(ProgressLine.duration(seconds)) of training"
    if model == "-" { Console.error(line) } else { Console.result(line) }
  }

  /// Prints the result as JSON, on standard error where the model itself went to standard output.
  func writeReport(_ report: some Encodable) throws {
    if model == "-" { Console.error(try Console.text(ofJSON: report)) } else { try Console.json(report) }
  }
}

/// Returns a number with its noun, as in "1 epoch" and "2 epochs"; `several` is the noun of several where it is not
/// made by an s.
func counted(_ number: Int, _ noun: String, _ several: String? = nil) -> String {
  "\(number.grouped) \(number == 1 ? noun : several ?? noun + "s")"
}

/// The report that `train --json` prints.
private struct TrainingResult: Encodable {
  let model: String
  let epochs, best_epoch: Int
  let train_loss, validation_loss: Double?
  let seconds, samples_per_second: Double
  let units_dead_at_start, units_dead: Int?

  init(_ path: String, _ record: TrainingRecord, seconds: Double, _ dead: DeadUnits?) {
    units_dead_at_start = dead?.atStart
    units_dead = dead?.atEnd
    model = path
    epochs = record.epochs
    best_epoch = record.bestEpoch
    train_loss = record.trainLoss
    validation_loss = record.validationLoss
    self.seconds = seconds
    samples_per_second = Double(record.samples * record.epochs) / max(seconds, 1e-9)
  }
}
