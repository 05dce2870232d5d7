import Foundation
import Testing

/// The program's runs go on where they stopped, and nothing that they had is lost.
@Suite struct ResumeTests {
  private let aetool: Program

  init() throws { aetool = try Program() }

  private func train(_ words: String...) throws -> Program.Result { try aetool.run(Program.path, ["train"] + words) }

  private let small = ["--hidden", "16", "--latent", "4", "--batch", "32"]

  /// The numbers of a model without the description before them.
  private func weights(_ name: String) throws -> Data {
    let bytes = try aetool.contents(name)
    let header = bytes.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    return bytes.dropFirst(8 + header)
  }

  @Test func aRunThatDivergesLeavesTheCheckpoint() throws {
    _ = try aetool.trainSmall("--checkpoint", "c.safetensors")
    let before = try aetool.contents("c.safetensors")
    for rate in ["1e38", "1e20", "1000"] {
      let result = try train(
        "--data", "digits:60:1", "--hidden", "6", "--latent", "2", "--batch", "60", "--epochs", "3", "--learning-rate",
        rate, "--schedule", "constant", "--optimizer", "sgd", "--checkpoint", "c.safetensors", "--model",
        "n.safetensors")
      #expect(result.status == 65, "\(rate): \(result.errors)")
      #expect(result.errors.contains("are in n.last-good.safetensors; try a lower --learning-rate"))
      #expect(try aetool.contents("c.safetensors") == before && !aetool.exists("n.safetensors"))
      #expect(try aetool("info", "n.last-good.safetensors").status == 0)
    }
  }

  /// The losses of this run stay finite numbers, but they are no training.
  @Test func aLossThatExplodesIsNoSuccess() throws {
    let result = try train(
      "--data", "digits:600:1", "--hidden", "6", "--latent", "2", "--epochs", "3", "--learning-rate", "1000",
      "--optimizer",
      "adam", "--model", "m.safetensors")
    #expect(result.status == 65)
    #expect(
      result.errors.contains("the training loss of epoch 1 is") && result.errors.contains("more than 1,000 times"))
    #expect(!aetool.exists("m.safetensors") && aetool.exists("m.last-good.safetensors"))
  }

  @Test func numbersOutOfRangeAreRefused() throws {
    for (option, value) in [
      ("--learning-rate", "1e308"), ("--weight-decay", "1e308"), ("--clip-norm", "inf"), ("--clip-norm", "nan"),
      ("--warmup", "9223372036854775807"), ("--epochs", "9223372036854775807"), ("--batch", "9223372036854775807"),
      ("--contraction", "1e308"), ("--l1", "1e308"), ("--quantisation-noise", "1e308"), ("--noise", "gaussian:1e308"),
      ("--checkpoint-every", "0"), ("--checkpoint-every", "1e308s"), ("--extend-to", "9223372036854775807"),
    ] {
      let result = try train("--data", "digits:60:1", option, value, "--checkpoint", "c", "--model", "m.safetensors")
      #expect(result.status == 64 && result.errors.contains(option), "\(option) \(value): \(result.errors)")
    }
    #expect(try aetool.files().isEmpty)
  }

  @Test func aFinishedRunSaysSoAndIsExtended() throws {
    let first = try train(
      [
        "--data", "digits:200:1", "--epochs", "1", "--schedule", "constant", "--checkpoint", "c.safetensors", "--model",
        "m.safetensors",
      ] + small)
    #expect(first.status == 0 && first.output.contains(" after 1 epoch, "), "\(first.output)")
    let finished = try train("--data", "digits:200:1", "--resume", "c.safetensors", "--model", "n.safetensors")
    #expect(finished.status == 0)
    #expect(finished.errors.contains("note: c.safetensors: the run is finished, its epoch is done; nothing is left"))
    #expect(try aetool.contents("n.safetensors") == aetool.contents("m.safetensors"))
    let extended = try train(
      "--data", "digits:200:1", "--resume", "c.safetensors", "--extend-to", "3", "--model", "n.safetensors",
      "--checkpoint", "d.safetensors")
    #expect(extended.status == 0, "\(extended.errors)")
    _ = try train(
      ["--data", "digits:200:1", "--epochs", "3", "--schedule", "constant", "--model", "m.safetensors"] + small)
    #expect(try weights("n.safetensors") == weights("m.safetensors"))
    let info = try aetool("info", "n.safetensors").output
    #expect(info.contains("before that  digits:200:1, 200 samples, 1 epoch: epochs 1, now 3\n"), "\(info)")
    let shorter = try train(
      "--data", "digits:200:1", "--resume", "d.safetensors", "--extend-to", "2", "--model", "n.safetensors")
    #expect(
      shorter.status == 64 && shorter.errors.contains("--extend-to 2: the run of d.safetensors is meant to have 3"))
  }

  @Test func otherOptionsAreRefusedByName() throws {
    _ = try train(
      ["--data", "digits:200:1", "--epochs", "2", "--checkpoint", "c.safetensors", "--model", "m.safetensors"] + small)
    let resume = ["--data", "digits:200:1", "--resume", "c.safetensors", "--model", "n.safetensors"]
    for (option, message) in [
      (["--epochs", "5"], "--epochs 5: the run has 2; give --extend-to to go on further"),
      (["--batch", "7"], "--batch 7: the run has 32; leave it out, or give --continue-with-changes"),
      (["--learning-rate", "0.1"], "--learning-rate 0.1: the run has"),
      (["--optimizer", "sgd"], "--optimizer sgd: the run has muon; it does not change under way"),
      (["--seed", "7"], "--seed 7: the run has 0; it does not change under way"),
      (["--no-shuffle"], "--no-shuffle the file's order: the run has shuffled samples"),
      (["--hidden", "17"], "--hidden 17: the run of c.safetensors has 16; a network does not change"),
      (["--variant", "vae"], "--variant vae: the run of c.safetensors has deep"),
      (["--noise", "masking:0.5"], "--noise masking:0.5: the run of c.safetensors began without it"),
    ] {
      let refused = try train(resume + option)
      #expect(refused.status == 64 && refused.errors.contains("error: " + message), "\(refused.errors)")
    }
    // The run's own options may be repeated.
    #expect(try train(resume + small + ["--epochs", "2"]).status == 0)
    let changed = try train(
      resume + ["--extend-to", "3", "--learning-rate", "0.0001", "--continue-with-changes"])
    #expect(changed.status == 0, "\(changed.errors)")
    #expect(try aetool("info", "n.safetensors").output.contains("now 0.0001"))
  }

  @Test func otherDataAreRefusedByName() throws {
    _ = try train(
      [
        "--data", "digits:200:1", "--epochs", "2", "--validation", "0.2", "--checkpoint", "c.safetensors", "--model",
        "m.safetensors",
      ] + small)
    func resume(_ words: String...) throws -> Program.Result {
      try train(["--resume", "c.safetensors", "--extend-to", "3", "--model", "n.safetensors"] + words)
    }
    // The share that is held out need not be repeated.
    let same = try resume("--data", "digits:200:1")
    #expect(
      same.status == 0 && same.errors.contains("160 samples from digits:200:1, 40 for validation"), "\(same.errors)")
    for (words, message) in [
      (
        ["--data", "digits:200:2"],
        "error: --validation 0.2: the run validates on 40 samples of shape [28, 28], but with"
      ),
      (["--data", "digits:100:1"], "error: --validation 0.2: the run validates on 40 samples of shape [28, 28] from"),
      (["--data", "digits:200:1", "--validation", "0.3"], "found 60 samples of shape [28, 28]; give the same, or"),
      (
        ["--data", "digits:200:1", "--validation", "digits:40:9"],
        "error: --validation digits:40:9: the run validates on"
      ),
    ] {
      let refused = try train(["--resume", "c.safetensors", "--extend-to", "3", "--model", "o.safetensors"] + words)
      #expect(refused.status == 64 && refused.errors.contains(message), "\(refused.errors)")
      #expect(!aetool.exists("o.safetensors"))
    }
    let other = try resume("--data", "digits:100:7", "--continue-with-changes")
    #expect(other.status == 0 && other.errors.contains("note: c.safetensors: goes on with a change: data"))
    let info = try aetool("info", "n.safetensors").output
    #expect(info.contains("trained on   digits:100:7, 80 samples\n"), "\(info)")
    #expect(info.contains("before that  digits:200:1, 160 samples, 2 epochs: epochs 2, now 3; validation 0.2: "))
  }

  @Test func aForgottenValidationFileIsRefused() throws {
    _ = try train(
      [
        "--data", "digits:200:1", "--epochs", "1", "--validation", "digits:40:2", "--checkpoint", "c.safetensors",
        "--model", "m.safetensors",
      ] + small)
    let forgotten = try train("--data", "digits:200:1", "--resume", "c.safetensors", "--model", "n.safetensors")
    #expect(forgotten.status == 64)
    #expect(forgotten.errors.contains("error: --validation: the run validates on 'digits:40:2'; give the same, or"))
    let new = try train(
      "--data", "digits:200:1", "--resume", "c.safetensors", "--model", "n.safetensors", "--validation", "digits:40:2")
    #expect(new.status == 0, "\(new.errors)")
  }

  @Test func resumeOrStartDoesEither() throws {
    let words =
      ["--data", "digits:200:1", "--epochs", "2", "--resume-or-start", "c.safetensors", "--model", "m.safetensors"]
      + small
    #expect(try train(words).status == 0)
    let model = try aetool.contents("m.safetensors")
    #expect(aetool.exists("c.safetensors") && aetool.exists("c.safetensors.prev"))
    let again = try train(words)
    #expect(again.status == 0 && again.errors.contains("the run is finished"))
    #expect(try aetool.contents("m.safetensors") == model)
    // A kill between the two renames of a checkpoint leaves the new one and the one before as one file.
    unlink(aetool.path("c.safetensors.prev"))
    #expect(link(aetool.path("c.safetensors"), aetool.path("c.safetensors.prev")) == 0)
    let second = try aetool.contents("c.safetensors")
    let further = try train(words + ["--extend-to", "3"])
    #expect(further.status == 0, "\(further.errors)")
    #expect(try aetool.contents("c.safetensors.prev") == second)
  }

  @Test func theCheckpointBeforeIsOneToGoOnFrom() throws {
    #expect(
      try train(
        ["--data", "digits:200:1", "--epochs", "2", "--checkpoint", "c.safetensors"] + small
          + ["--model", "m.safetensors"]
      ).status == 0)
    let model = try aetool.contents("m.safetensors")
    // From the checkpoint before the last epoch the run ends the same.
    let resumed = try train(
      "--data", "digits:200:1", "--resume", "c.safetensors.prev", "--model", "n.safetensors", "--log", "l.jsonl")
    #expect(resumed.status == 0 && resumed.errors.contains("goes on from c.safetensors.prev with epoch 2 of 2\n"))
    #expect(try aetool.contents("n.safetensors") == model)
    let missing = try train("--data", "digits:200:1", "--resume", "d.safetensors", "--model", "n.safetensors")
    #expect(missing.status == 66)
  }

  /// The state is saved in the middle of the first epoch, which has thousands of batches.
  @Test(arguments: [true, false])
  func anInterruptedRunGoesOnToTheSameBits(namesCheckpoint: Bool) throws {
    let words = ["--data", "digits:4000:1", "--epochs", "2", "--hidden", "16", "--latent", "4", "--batch", "1"]
    #expect(try train(words + ["--model", "whole.safetensors"]).status == 0)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = ["train"] + words + ["--model", "m.safetensors"]
    let state = namesCheckpoint ? "c.safetensors" : "m.interrupted.safetensors"
    if namesCheckpoint { process.arguments! += ["--checkpoint", state, "--checkpoint-every", "100"] }
    process.currentDirectoryURL = aetool.folder
    let errors = aetool.folder.appendingPathComponent(".interrupted")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    if namesCheckpoint {
      for _ in 0..<600 where !aetool.exists(state) { usleep(10_000) }
    } else {
      // The line that describes the run comes before the first step.
      for _ in 0..<600 where try aetool.contents(".interrupted").isEmpty { usleep(10_000) }
      usleep(100_000)
    }
    process.interrupt()
    process.waitUntilExit()
    let said = String(decoding: try aetool.contents(".interrupted"), as: UTF8.self)
    #expect(process.terminationStatus == 130, "\(said)")
    #expect(
      said.contains("error: interrupted in epoch ") && said.contains("; the state is in \(state); go on with --resume"))
    let resumed = try train("--data", "digits:4000:1", "--resume", state, "--model", "n.safetensors")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try aetool.contents("n.safetensors") == aetool.contents("whole.safetensors"))
  }

  @Test func validationThatCannotBeMeasuredEndsTheRun() throws {
    var table = (0..<40).map { "\($0),\(40 - $0),\($0 % 7)" }.joined(separator: "\n") + "\n"
    try table.write(to: URL(fileURLWithPath: aetool.path("a.csv")), atomically: true, encoding: .utf8)
    table += "3e38,3e38,3e38\n"
    try table.write(to: URL(fileURLWithPath: aetool.path("b.csv")), atomically: true, encoding: .utf8)
    for log in [[], ["--log", "l.jsonl"]] {
      let result = try train(
        [
          "--data", "a.csv", "--validation", "b.csv", "--hidden", "4", "--latent", "2", "--epochs", "2", "--model",
          "m.safetensors",
        ] + log)
      #expect(result.status == 65 && result.errors.contains("error: the validation loss is not finite in epoch 1"))
      #expect(!aetool.exists("m.safetensors"))
    }
  }

  @Test func damagedFilesAreRefused() throws {
    _ = try aetool.trainSmall("--checkpoint", "c.safetensors")
    for name in ["m.safetensors", "c.safetensors"] {
      var bytes = try aetool.contents(name)
      bytes[bytes.count - 77] ^= 8
      try bytes.write(to: URL(fileURLWithPath: aetool.path("bad.safetensors")))
      for words in [
        ["info", "bad.safetensors"], ["evaluate", "--model", "bad.safetensors", "--data", "digits:9"],
        ["train", "--data", "digits:300:1", "--resume", "bad.safetensors", "--model", "x.safetensors"],
        ["train", "--data", "digits:300:1", "--init", "bad.safetensors", "--model", "x.safetensors"],
      ] {
        let result = try aetool.run(Program.path, words)
        #expect(
          result.status == 65 && result.errors.hasPrefix("error: bad.safetensors: the file is damaged"),
          "\(result.errors)")
      }
    }
  }
}

extension ResumeTests {
  private func train(_ words: [String]) throws -> Program.Result { try aetool.run(Program.path, ["train"] + words) }
}
