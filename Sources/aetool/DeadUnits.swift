import Autoencoders
import Datasets

/// The units of a sparse or rectified code that are active on none of up to 2,000 training samples, before training and
/// after it. A rectified unit that is below 0 for all samples has no gradient and stays dead.
struct DeadUnits {
  let units: Int
  /// The number before the first step; nil where training went on from earlier steps.
  let atStart: Int?
  let atEnd: Int

  /// Counts the dead units; nil for codes of other kinds.
  init?(_ trained: Model, from start: Model?, on data: Dataset, threads: Int) throws {
    let network = trained.network
    guard network.hasSparsity || network.codeActivation.isRectifier else { return nil }
    let samples = data.spread(2000)
    let statistics = try trained.codeStatistics(samples, threads: threads)
    units = statistics.units
    atEnd = statistics.neverActive
    atStart = try start.map { try $0.codeStatistics(samples, threads: threads).neverActive }
  }

  /// A line that says how many are dead, and what to do where it is more than a tenth.
  func line(for model: Model) -> String {
    let before = atStart.map { "\($0.grouped) at the start, " } ?? ""
    let line = "dead units: \(before)\(atEnd.grouped) of \(units.grouped) after training"
    if 10 * atEnd <= units { return line }
    let penalty = model.network.hasSparsity ? ", a smaller penalty" : ""
    let scaling = model.scaling.kind == .none ? "--scaling centre, " : ""
    return line + "; to have fewer, try \(scaling)--warmup, a lower --learning-rate\(penalty) or a smaller --latent"
  }
}
