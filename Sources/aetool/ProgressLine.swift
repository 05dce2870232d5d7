import Autoencoders

/// The progress of training on standard error: one line that is rewritten on a terminal, elsewhere one plain line for
/// each epoch.
final class ProgressLine {
  private let clock = ContinuousClock()
  private var lastDrawn: ContinuousClock.Instant?
  private let epochs: Int

  init(epochs: Int) { self.epochs = epochs }

  /// Redraws the line with `progress`, ten times a second at most.
  func update(_ progress: TrainingProgress) {
    if let loss = progress.startLoss, progress.batch == 1 {
      Console.say("starts at \(loss.significant(5)), with principal components")
    }
    guard Console.showsProgress else { return }
    let now = clock.now
    if let lastDrawn, now - lastDrawn < .milliseconds(100), progress.batch < progress.batches { return }
    lastDrawn = now
    let line =
      "epoch \(progress.epoch)/\(progress.epochs)  batch \(progress.batch)/\(progress.batches)"
      + "  loss \(progress.loss.significant(5))  \(Int(progress.samplesPerSecond).grouped) samples/s"
      + "  \(Self.duration(progress.secondsLeft)) left"
    Console.redraw(line)
  }

  /// Writes the line that stays for an epoch.
  func finish(_ report: EpochReport) {
    var line = "epoch \(report.epoch)/\(epochs)  loss \(report.trainLoss.significant(5))"
    for term in report.terms where term.name == "kl" { line += ", kl \(term.value.significant(4))" }
    for case let bits? in report.terms.map(\.bits) { line += ", \(bits.significant(4)) bits" }
    if let floor = report.trainFloor, floor > 0 {
      line += " (\((report.trainLoss - floor).significant(4)) above entropy)"
    }
    if let loss = report.validationLoss {
      line += "  validation \(loss.significant(5))"
      if let floor = report.validationFloor, floor > 0 { line += " (\((loss - floor).significant(4)))" }
      if report.isBest { line += " *" }
    }
    line += "  \(Int(report.samplesPerSecond).grouped) samples/s"
    let left = report.seconds / Double(report.epoch) * Double(epochs - report.epoch)
    let isLast = report.epoch == epochs || report.hasConverged
    line += isLast ? "  \(Self.duration(report.seconds)) in all" : "  \(Self.duration(left)) left"
    if report.hasConverged { line += "; converged: no step lowers the loss" }
    for trouble in report.trouble {
      line +=
        "\n  \(trouble.tensor): a factorisation failed \(trouble.failures) times, repeated with a shift of up to "
        + trouble.shift.significant(2)
    }
    Console.say(line)
  }

  /// Erases the rewritten line, so that other text can follow.
  func end() { Console.closeLine() }

  static func duration(_ seconds: Double) -> String {
    if !(seconds < 1e12) { return "?" }
    if seconds < 100 { return "\(seconds.formatted(seconds < 10 ? 1 : 0)) s" }
    let minutes = Int(seconds / 60)
    return minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
