import Autoencoders
import Files
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// The log of a run as JSON Lines. A line is written whole as soon as its epoch ends, so that the log can be followed.
///
/// A log that cannot be written does not end the training: its lines wait in memory, and each epoch tries again to
/// write them. `finish` says whether all have been written in the end.
final class EpochLog {
  private let path: String
  private var descriptor: Int32
  /// Whether what an earlier run wrote is still in the file; it goes when the first line comes.
  private var isFresh: Bool
  private var waiting: [UInt8] = []
  private var hasWarned = false

  /// Opens the log `path`; "-" is standard output.
  ///
  /// - Parameter epoch: nil for a log that begins anew. Otherwise the epoch of the checkpoint that the run goes on
  ///   from: lines of later epochs, which will come again, and lines that are not whole are dropped first.
  /// - Throws: `FileError` where the log cannot be written.
  init(_ path: String, continuingAfter epoch: Int? = nil) throws(FileError) {
    self.path = path
    isFresh = epoch == nil
    if path == "-" {
      descriptor = STDOUT_FILENO
      return
    }
    if let epoch { try Self.drop(linesAfter: epoch, of: path) }
    descriptor = Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND)
    if descriptor < 0 { throw FileError(.cannotCreate, path, "cannot write the log: \(Descriptor.reason(errno))") }
  }

  deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

  /// Adds the line of an epoch. Returns a warning where the log cannot be written, the first time that this happens.
  func append(_ report: EpochReport) throws -> String? {
    waiting += Array((try Console.text(ofJSON: Self.entry(report)) + "\n").utf8)
    guard let reason = write(), !hasWarned else { return nil }
    hasWarned = true
    return "\(path): the log cannot be written: \(reason); the training goes on, and tries again after every epoch"
  }

  /// Writes what waits, brings the log to the disk and closes it.
  func finish() throws(FileError) {
    var reason = write()
    if descriptor > STDERR_FILENO {
      for failure in [Descriptor.synchronise(descriptor), Descriptor.close(descriptor)] where failure != 0 {
        reason = reason ?? Descriptor.reason(failure)
      }
      descriptor = -1
    }
    if let reason { throw FileError(.inputOutput, path, "the log lacks lines: writing failed: \(reason)") }
  }

  /// Writes all that waits, or nothing: what could be written of a line before a failure is taken back. Returns the
  /// reason of a failure.
  private func write() -> String? {
    if waiting.isEmpty && !isFresh { return nil }
    if descriptor == STDOUT_FILENO {
      do { try StandardOutput.write(waiting) } catch { return error.message }
      waiting = []
      return nil
    }
    if isFresh && ftruncate(descriptor, 0) != 0 && errno != EINVAL { return Descriptor.reason(errno) }
    isFresh = false
    let end = lseek(descriptor, 0, SEEK_END)
    let (failure, unwritten) = unsafe waiting.withUnsafeBytes { bytes in
      var rest = unsafe bytes
      return unsafe (Descriptor.write(&rest, to: descriptor), rest.count)
    }
    if failure != 0 && end >= 0 { ftruncate(descriptor, end) } else { waiting = waiting.suffix(unwritten) }
    return failure == 0 ? nil : Descriptor.reason(failure)
  }

  /// Rewrites the log `path` without the lines of epochs behind `epoch` and without lines that are not whole; of an
  /// epoch that occurs twice the later line stays.
  private static func drop(linesAfter epoch: Int, of path: String) throws(FileError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return }
    let bytes = try readFile(path)
    var kept: [(epoch: Int, line: ArraySlice<UInt8>)] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      let line = bytes[start...end]
      start = end + 1
      guard let number = (try? JSONDecoder().decode(LoggedEpoch.self, from: Data(line)))?.epoch, number <= epoch else {
        continue
      }
      while let last = kept.last, last.epoch >= number { kept.removeLast() }
      kept.append((number, line))
    }
    let whole = Array(kept.map(\.line).joined())
    if whole != bytes { try AtomicFile.write(whole, to: path) }
  }

  private struct LoggedEpoch: Decodable {
    let epoch: Int
  }

  private static func entry(_ report: EpochReport) -> [String: Double] {
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
    return entry
  }
}
