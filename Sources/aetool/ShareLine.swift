/// The progress of a long computation on standard error, as the share that is done: one line that is rewritten. It
/// appears on a terminal only.
final class ShareLine {
  private let name: String
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastDrawn: ContinuousClock.Instant?

  init(_ name: String) {
    self.name = name
    start = clock.now
  }

  /// Redraws the line with `share`, which is from 0 to 1, ten times a second at most.
  func update(_ share: Double) {
    guard Console.showsProgress, share > 0 else { return }
    let now = clock.now
    if let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
    lastDrawn = now
    let seconds = (now - start) / .seconds(1)
    let left = ProgressLine.duration(seconds / share * (1 - share))
    Console.redraw("\(name)  \((100 * share).formatted(0)) %  \(left) left")
  }

  /// Erases the rewritten line, so that other text can follow.
  func end() { Console.closeLine() }
}
