import ArgumentParser
import Autoencoders
import Files

/// The options that keep the state of training and go on from it.
struct CheckpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write the state of training here after every epoch; the one before stays as FILE.prev.", valueName: "file"))
  var checkpoint: String?

  @Option(
    name: .customLong("checkpoint-every"),
    help: ArgumentHelp(
      "Write it within epochs too: every so many steps, as in 500, or so much time, as in 30s, 5m or 1h.",
      valueName: "steps or time"))
  var interval: CheckpointInterval?

  @Option(
    help: ArgumentHelp(
      "Go on from this checkpoint, with its network and options; others than its own are refused.",
      valueName: "checkpoint"))
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "Go on from this checkpoint, or start with it as --checkpoint where there is no such file yet.",
      valueName: "checkpoint"))
  var resumeOrStart: String?

  @Option(help: ArgumentHelp("Go on up to this epoch, further than the run was meant to.", valueName: "epoch"))
  var extendTo: Int?

  @Flag(help: "Go on with other data or options than the run began with; the model's record says so.")
  var continueWithChanges = false

  func validate() throws {
    if resume != nil && resumeOrStart != nil {
      throw ValidationError("--resume and --resume-or-start exclude each other")
    }
    if file == nil && (extendTo != nil || continueWithChanges) {
      throw ValidationError("--extend-to and --continue-with-changes need --resume")
    }
    if interval != nil && path == nil { throw ValidationError("--checkpoint-every needs --checkpoint") }
  }

  /// The checkpoint to go on from, whether it is there or not.
  var file: String? { resume ?? resumeOrStart }

  /// Where checkpoints go.
  var path: String? { checkpoint ?? resumeOrStart }

  /// Reads the checkpoint to go on from; nil where training starts.
  func load() throws -> Checkpoint? {
    if let resumeOrStart, !isRegularFile(resumeOrStart) { return nil }
    guard let file else { return nil }
    let saved = try Checkpoint.load(file, note: Console.note)
    if saved.run == nil {
      Console.note(
        "\(file): does not know its data, as checkpoints of older programs; give the same --data and --validation")
    }
    return saved
  }
}

extension CheckpointInterval: ExpressibleByArgument {
  public init?(argument: String) {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    if let steps = Int(argument), steps >= 1 {
      self = .steps(steps)
    } else if let unit = argument.last.flatMap({ units[$0] }), let count = Double(argument.dropLast()), count > 0,
      count <= 1e6
    {
      self = .seconds(count * unit)
    } else {
      return nil
    }
  }
}
