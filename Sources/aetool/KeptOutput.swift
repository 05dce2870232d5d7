import Files
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// Writes what took long to make: where it cannot be written, that is tried again a few times, and then elsewhere.
enum KeptOutput {
  /// The microseconds between the tries.
  private static let pauses: [UInt32] = [200_000, 600_000, 1_200_000]

  /// Calls `write` with `path`, or in the end with the path of a new file in the first of some other folders that takes
  /// it: that of TMPDIR, /tmp, /var/tmp, the user's and the present one.
  ///
  /// - Parameter what: what is written, as in "the model".
  /// - Throws: `ProgramError` with status 73 or 74 where `path` could not be written, which says where the output is
  ///   now, if anywhere; any error of `write` that is not about the file.
  static func save(_ what: String, to path: String, _ write: (String) throws -> Void) throws {
    let (place, failure) = try attempt(path, write)
    guard let failure else { return }
    let status: ExitStatus = failure.kind == .cannotCreate ? .cannotCreate : .inputOutput
    if let place { throw ProgramError(status, "\(failure); \(what) is in \(place) instead: move it from there") }
    throw ProgramError(status, "\(failure); \(what) could not be saved in any other folder")
  }

  /// Calls `write` as `save` does, for a command that ends with an error of its own. Returns the path that took the
  /// output, or the words that say why none did.
  static func place(_ path: String, _ write: (String) throws -> Void) -> String {
    do {
      let (place, failure) = try attempt(path, write)
      return place ?? "nowhere (\(failure.map { "\($0)" } ?? ""))"
    } catch {
      return "nowhere (\(error))"
    }
  }

  private static func attempt(
    _ path: String, _ write: (String) throws -> Void
  ) throws -> (place: String?, failure: FileError?) {
    var failure: FileError?
    for pause in pauses + [0] {
      do {
        try write(path)
        return (path, nil)
      } catch let error as FileError where error.kind == .cannotCreate || error.kind == .inputOutput {
        failure = error
        // What went to standard output or into a pipe cannot be written once more.
        if path == "-" || Interrupt.isRequested { break }
        if pause > 0 { usleep(pause) }
      }
    }
    return (savedElsewhere(path, write), failure)
  }

  /// Returns the path of the first file that could be written, or nil.
  private static func savedElsewhere(_ path: String, _ write: (String) throws -> Void) -> String? {
    let environment = ProcessInfo.processInfo.environment
    let folders = [environment["TMPDIR"], "/tmp", "/var/tmp", environment["HOME"], "."]
    // Others may write into these folders too, so the name is one that nobody can foresee.
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    let unique = String((0..<8).map { _ in letters.randomElement()! })
    var name = path == "-" ? "model.safetensors" : path.split(separator: "/").last.map(String.init) ?? "model"
    let ending = name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""
    name = String(decoding: name.dropLast(ending.count).utf8.prefix(200), as: UTF8.self)
    for case let folder? in folders where !folder.isEmpty {
      let place = "\(folder == "/" ? "" : folder)/\(name)-\(unique)\(ending)"
      if (try? write(place)) != nil { return place }
    }
    return nil
  }
}

/// What went wrong while a training went on: the checkpoint that could not be written, the log that lacks lines.
final class TrainingTroubles {
  private var standing: FileError?

  /// Calls `write`. A failure to write a file is said once and does not end the training; the next call tries again.
  func tolerate(_ write: () throws -> Void) throws {
    do {
      try write()
      if let standing { Console.error("\(standing.path): can be written again") }
      standing = nil
    } catch let error as FileError where error.kind == .cannotCreate || error.kind == .inputOutput {
      if standing == nil {
        Console.error("warning: \(error); the training goes on, and the state of before stays where it was")
      }
      standing = error
    }
  }

  /// Ends the log and says what is wrong with the outputs beside the model, which is at `model`.
  ///
  /// - Throws: `ProgramError` with status 74.
  func finish(_ log: EpochLog?, model: String) throws {
    var failures: [String] = []
    do throws(FileError) { try log?.finish() } catch { failures.append("\(error)") }
    if let standing { failures.append("\(standing)") }
    if failures.isEmpty { return }
    throw ProgramError(.inputOutput, failures.joined(separator: "; ") + "; the model is saved in \(model)")
  }
}
