import ArgumentParser
import Figures
import Files
import FoundationEssentials

struct Curves: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the loss over training from the logs that train writes.",
    discussion: """
      A line a log, and one more where there is a validation loss. Of long logs 200 epochs are drawn, evenly chosen.

      EXAMPLE
        aetool curves --logs log.jsonl --out loss.svg
        aetool curves --logs adam.jsonl,sgd.jsonl --term train_excess --over seconds --skip 5 --out loss.svg
      """)

  enum Axis: String, CaseIterable, ExpressibleByArgument {
    case epoch, seconds
  }

  @Option(
    help: ArgumentHelp("The logs, separated by commas.", valueName: "files"),
    transform: { $0.split(separator: ",").map(String.init) })
  var logs: [String]

  @Option(
    help: ArgumentHelp("What to draw, by its key in the log; with train_loss also validation_loss.", valueName: "key"))
  var term = "train_loss"

  @Option(help: "What goes to the right.")
  var over = Axis.epoch

  @Option(
    help: ArgumentHelp("Leave out so many epochs at the start, which are often off the scale.", valueName: "n"),
    transform: whole(0...mostSamples))
  var skip = 0

  @Option(help: "The upright axis; logarithmic by default where values are positive and span three powers of ten.")
  var scale: AxisScale?

  @Option(help: ArgumentHelp("Where to write the picture (SVG).", valueName: "file"))
  var out: String

  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var console: ConsoleOptions

  private static let mostPoints = 200

  func validate() throws {
    if logs.isEmpty { throw ValidationError("--logs: expected files, as in a.jsonl,b.jsonl") }
    if !out.lowercased().hasSuffix(".svg") {
      throw ValidationError("--out \(out): the picture is an SVG; let the name end in .svg")
    }
  }

  func run() throws {
    var files = FileRoles()
    for log in logs { files.reads("--logs", log) }
    files.writes("--out", out, .svg)
    try files.check(force: overwriting.force)
    let series = try logs.flatMap { path -> [Chart.Series] in
      let epochs = try Self.read(path).dropFirst(skip)
      let name = path.split(separator: "/").last.map { String($0.split(separator: ".").first ?? $0) } ?? path
      var lines = [Self.line(name, term, epochs, over: over)]
      if term == "train_loss" { lines.append(Self.line("\(name), validation", "validation_loss", epochs, over: over)) }
      if lines[0].points.isEmpty {
        throw FileError(.malformed, path, "no '\(term)' in its \(epochs.count) epochs after --skip \(skip)")
      }
      return lines.filter { !$0.points.isEmpty }
    }
    let chart = Chart(
      title: term == "train_loss" ? "loss" : term, xLabel: over.rawValue, yLabel: term == "train_loss" ? "loss" : term,
      series: series, yScale: scale ?? .fitting(series.flatMap(\.points).map(\.y)))
    try AtomicFile.write(Array(chart.svg().utf8), to: out)
    reportWritten(out, "\(series.count) \(series.count == 1 ? "line" : "lines")")
  }

  /// Returns the line of `key` over the epochs of a log; of long logs some epochs.
  static func line(
    _ name: String, _ key: String, _ epochs: ArraySlice<[String: Double]>, over: Axis
  ) -> Chart.Series {
    let count = min(epochs.count, mostPoints)
    // The epochs are chosen evenly, and the last one is among them.
    let chosen = (0..<count).map { epochs.startIndex + (count == 1 ? 0 : $0 * (epochs.count - 1) / (count - 1)) }
    return Chart.Series(
      name,
      chosen.compactMap { place in
        guard let x = epochs[place][over.rawValue], let y = epochs[place][key] else { return nil }
        return Chart.Point(x, y)
      }, mark: count > 40 ? .dots : .line)
  }

  /// Reads the epochs of a log, which has a JSON object in each line.
  static func read(_ path: String) throws -> [[String: Double]] {
    let text = String(decoding: try readFile(path), as: UTF8.self)
    return try text.split(separator: "\n").enumerated().map { number, line in
      do {
        return try JSONDecoder().decode([String: Double].self, from: Data(line.utf8))
      } catch {
        throw FileError(.malformed, path, "line \(number + 1): expected an object of numbers, as train --log writes")
      }
    }
  }
}
