import ArgumentParser
import Datasets
import Files

/// The files that a command reads and writes, by the options that name them. Every command hands them over before it
/// begins, so that no output can destroy what the command reads, what another output wrote, or what is of another kind.
struct FileRoles {
  private struct Input {
    let option: String
    let path: String
  }

  private struct Output {
    let option: String
    let path: String
    let kind: FileKind
  }

  private var inputs: [Input] = []
  private var outputs: [Output] = []

  init() {}

  /// The files of a command that reads a model and data.
  init(reading model: ModelOptions, _ data: DataOptions) {
    reads("--model", model.model)
    reads(data)
  }

  /// Adds a file that is read.
  mutating func reads(_ option: String, _ path: String?) {
    if let path { inputs.append(Input(option: option, path: path)) }
  }

  /// Adds the files that a data argument names, and the labels that lie beside them.
  mutating func readsData(_ option: String, _ argument: String?) {
    guard let argument else { return }
    for path in Dataset.files(of: argument) { reads(option, path) }
  }

  mutating func reads(_ data: DataOptions) {
    readsData("--data", data.data)
    readsData("--labels", data.labels)
  }

  mutating func reads(_ axes: CodeAxesOptions) {
    readsData("--data", axes.data)
    readsData("--labels", axes.labels)
  }

  /// Adds a file that is written.
  mutating func writes(_ option: String, _ path: String?, _ kind: FileKind) {
    if let path { outputs.append(Output(option: option, path: path, kind: kind)) }
  }

  /// Adds the output that `--out` names, and refuses what must not be as `check(force:)` does.
  mutating func check(_ output: OutputOptions, _ kind: FileKind) throws {
    writes("--out", output.out, kind)
    try check(force: output.overwriting.force)
  }

  /// Refuses what must not be, before any work is done; with `force` files of another kind are written over.
  ///
  /// - Throws: `ProgramError` with status 64 where an output is an input or another output, by device and inode,
  ///   through links too; with status 73 where an existing file is of another kind than what is written; `FileError`
  ///   where an output cannot be made.
  func check(force: Bool) throws {
    for (index, output) in outputs.enumerated() {
      if let other = outputs[..<index].first(where: { isSame($0.path, output.path) }) {
        throw ProgramError(
          .usage, "\(output.option) \(output.path): is the file that \(other.option) writes too; choose another name")
      }
      if let input = inputs.first(where: { isSame($0.path, output.path, reads: true) }) {
        throw ProgramError(
          .usage, "\(output.option) \(output.path): is the file that \(input.option) reads; choose another name")
      }
    }
    for output in outputs {
      if !force { try checkKind(output) }
      try AtomicFile.check(output.path, inPlace: output.kind == .log)
    }
  }

  private func checkKind(_ output: Output) throws {
    if output.path == "-" { return }
    let holds: String
    switch FileKind.found(at: output.path) {
    case .nothing, .kind(output.kind): return
    case .kind(let kind): holds = "holds \(kind)"
    case .unknown: holds = "holds something else"
    }
    throw ProgramError(
      .cannotCreate,
      "\(output.option) \(output.path): \(holds), and what is written is \(output.kind); choose another name, or give "
        + "--force to write over it")
  }

  /// Whether two paths are one file; `reads` says that the first is read, so that "-" is standard input there.
  private func isSame(_ first: String, _ second: String, reads: Bool = false) -> Bool {
    if first == "-" && second == "-" && !reads { return true }
    guard let one = FileIdentity(first, descriptor: reads ? 0 : 1), let other = FileIdentity(second) else {
      return false
    }
    return one == other
  }
}

/// The option that lets outputs replace what they would otherwise leave alone.
struct OverwriteOptions: ParsableArguments {
  @Flag(help: "Write over files of another kind, and over files beside the output that this command did not write.")
  var force = false
}
