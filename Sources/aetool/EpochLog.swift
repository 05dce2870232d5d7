import Autoencoders
import Files

#if canImport(Glibc)
  import Glibc
#endif

/// The log of a run as JSON Lines. A line is written as soon as its epoch ends, so that the log can be followed.
final class EpochLog {
  private let path: String
  private let descriptor: Int32

  init(_ path: String, appending: Bool) throws {
    self.path = path
    if path == "-" {
      descriptor = STDOUT_FILENO
    } else {
      descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (appending ? O_APPEND : O_TRUNC), 0o644)
      if descriptor < 0 {
        throw FileError(.cannotCreate, path, "cannot write the log: \(unsafe String(cString: strerror(errno)))")
      }
    }
  }

  deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

  func append(_ report: EpochReport) throws {
    var entry: [String: Double] = [
      "epoch": Double(report.epoch), "seconds": report.seconds, "samples_per_second": report.samplesPerSecond,
      "learning_rate": report.learningRate, "train_loss": report.trainLoss,
    ]
    for term in report.terms {
      entry[term.name] = term.value
      if let bits = term.bits { entry["bits"] = bits }
    }
    entry["start_loss"] = report.startLoss
    entry["validation_loss"] = report.validationLoss
    entry["validation_squared_error"] = report.validationSquaredError
    entry["evaluations"] = report.evaluations.map { Double($0) }
    if let floor = report.trainFloor { entry["train_excess"] = report.trainLoss - floor }
    if let loss = report.validationLoss, let floor = report.validationFloor {
      entry["validation_excess"] = loss - floor
    }
    if !report.trouble.isEmpty {
      entry["raised_shifts"] = Double(report.trouble.reduce(0) { $0 + $1.failures })
    }
    Console.write(try Console.text(ofJSON: entry) + "\n", to: descriptor)
  }
}
