import ArgumentParser
import Autoencoders
import Files

#if canImport(Glibc)
  import Glibc
#endif

/// The program's exit statuses, after sysexits.h.
enum ExitStatus: Int32 {
  case usage = 64
  case badData = 65
  case missingInput = 66
  case ownBug = 70
  case cannotCreate = 73
  case inputOutput = 74
  case interrupted = 130
}

/// An error of the program that says what to exit with.
struct ProgramError: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }
}

/// Ends the program: one line on standard error and the status that belongs to the error; help and version as they are.
func exitReporting(_ error: any Error) -> Never {
  let status: ExitStatus
  switch error {
  case let error as ProgramError: status = error.status
  case is InvalidArgument: status = .usage
  case let error as FileError:
    switch error.kind {
    case .missing: status = .missingInput
    case .malformed: status = .badData
    case .cannotCreate: status = .cannotCreate
    case .inputOutput: status = .inputOutput
    }
  case is CleanExit, is ValidationError, is ExitCode: Aetool.exit(withError: error)
  default:
    // ArgumentParser's own errors know their text; anything else is ours.
    if Aetool.exitCode(for: error) == .validationFailure || Aetool.exitCode(for: error) == .success {
      Aetool.exit(withError: error)
    }
    status = .ownBug
  }
  Console.error("error: \(error)")
  AtomicFile.removeUnfinished()
  exit(status.rawValue)
}
