import ArgumentParser
import Autoencoders
import Files

#if canImport(Glibc)
  import Glibc
#endif

/// The program's exit statuses: after sysexits.h, and 128 plus the number of the signal that ended it.
enum ExitStatus: Int32 {
  case usage = 64
  case badData = 65
  case missingInput = 66
  case ownBug = 70
  case noMemory = 71
  case cannotCreate = 73
  case inputOutput = 74
  case hangup = 129
  case interrupted = 130
  case terminated = 143
}

/// An error of the program, with the status to exit with.
struct ProgramError: Error, CustomStringConvertible {
  let status: ExitStatus
  let description: String

  init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }
}

/// Ends the program with one line on standard error and the exit status that belongs to `error`. Help and version,
/// which come as errors too, are results.
func exitReporting(_ error: any Error) -> Never {
  if Interrupt.isRequested { Interrupt.takeOver() }
  if StandardOutput.isUnread, error as? FileError == StandardOutput.failure { endUnread() }
  let status: ExitStatus
  switch error {
  case let error as ProgramError: status = error.status
  case is InvalidArgument: status = .usage
  case is MemoryError: status = .noMemory
  case let error as FileError:
    switch error.kind {
    case .missing: status = .missingInput
    case .malformed: status = .badData
    case .cannotCreate: status = .cannotCreate
    case .inputOutput: status = .inputOutput
    case .tooLarge: status = .noMemory
    }
  default:
    // The parser of arguments has errors of its own, of which some are the help; any other error is our bug.
    let code = Aetool.exitCode(for: error)
    if code == .success {
      exitPrinting(HelpText.wrapped(Aetool.fullMessage(for: error, columns: .max / 2), width: HelpText.width))
    }
    status = code == .validationFailure ? .usage : .ownBug
  }
  let text: String
  switch error {
  case let error as InvalidArgument: text = error.text(naming: flag)
  case let error as MemoryError: text = error.text(naming: flag)
  case let error as ProgramError: text = error.description
  default: text = status == .usage ? CommandWords.given.explained(error) : "\(error)"
  }
  Console.error("error: \(text.printable())")
  UnfinishedFiles.remove()
  exit(status.rawValue)
}

/// Ends the program with a text as its result.
private func exitPrinting(_ text: String) -> Never {
  text.split(separator: "\n", omittingEmptySubsequences: false).forEach { Console.result(String($0)) }
  do throws(FileError) { try StandardOutput.finish() } catch { exitReporting(error) }
  exit(0)
}

/// Ends the program as one ends whose results nobody reads any more, as in `aetool info … | head -1`: without a word.
private func endUnread() -> Never {
  UnfinishedFiles.remove()
  signal(SIGPIPE, SIG_DFL)
  raise(SIGPIPE)
  exit(ExitStatus.inputOutput.rawValue)
}

/// Returns the option that the library's parameter `name` has on the command line: `freeBits` becomes `--free-bits`.
func flag(_ name: String) -> String {
  "--" + name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
}
