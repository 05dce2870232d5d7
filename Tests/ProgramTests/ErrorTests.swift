import Foundation
import Testing

/// An error that a user meets gives one line and the right exit status, leaves nothing behind and destroys nothing old.
@Suite struct ErrorTests {
  @Test func wrongUsageIs64() throws {
    let aetool = try Program()
    for words in [
      ["train", "--data", "digits:10", "--model", "m", "--hidden", "a"],
      ["train", "--data", "digits:10", "--model", "m", "--variant", "nonsense"],
      ["train", "--data", "digits:10", "--model", "m", "--variant", "linear", "--hidden", "5"],
      ["train", "--data", "digits:10", "--model", "m", "--patience", "3"],
      ["train", "--data", "digits:10", "--model", "m", "--batch", "0"],
      ["train", "--data", "digits:10", "--model", "m", "--validation", "1.5"],
      ["train", "--data", "digits:10", "--model", "m", "--validation", "nan"],
      ["train", "--data", "digits:10", "--model", "m", "--validation", "1e30"],
      ["train", "--data", "digits:10", "--model", "m", "--init", "a", "--resume", "b"],
      ["train", "--data", "digits:10"], ["encode", "--nonsense"], ["nonsense"],
      ["gradient-check", "--shape", "5000"],
    ] {
      let result = try aetool.run(Program.path, words)
      #expect(result.status == 64, "\(words): \(result.status) \(result.errors)")
      #expect(!result.errors.isEmpty && result.output.isEmpty)
    }
    #expect(try aetool.files() == [])
    let unknown = try aetool("train", "--data", "digits:10", "--model", "m", "--variant", "nonsense")
    #expect(
      unknown.errors
        == "error: there is no variant 'nonsense'; known are vanilla, deep, conv, overcomplete, sparse-l1, "
        + "sparse-kl, denoising, contractive, vae, conv-vae, linear, pca\n")
  }

  @Test func badDataIs65AndMissingIs66() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    try Data("1,2\n3,x\n".utf8).write(to: aetool.folder.appendingPathComponent("bad.csv"))
    let bad = try aetool("encode", "--model", "m.safetensors", "--data", "bad.csv", "--out", "c.npy")
    #expect(bad.status == 65)
    #expect(bad.errors == "error: bad.csv, byte 6: line 2, column 2: expected a number, found 'x'\n")
    let missing = try aetool("encode", "--model", "m.safetensors", "--data", "none.npy", "--out", "c.npy")
    #expect(missing.status == 66 && missing.errors == "error: none.npy: cannot be read: No such file or directory\n")
    let model = try aetool("encode", "--model", "none", "--data", "digits:5", "--out", "c.npy")
    #expect(model.status == 66)
    try Data("1,2\n3,4\n".utf8).write(to: aetool.folder.appendingPathComponent("narrow.csv"))
    let narrow = try aetool("encode", "--model", "m.safetensors", "--data", "narrow.csv", "--out", "c.npy")
    #expect(narrow.status == 65)
    #expect(
      narrow.errors
        == "error: narrow.csv: samples of 2 features (shape [2]), but the model takes 784 (shape [28, 28])\n")
    let cut = try aetool.contents("m.safetensors").prefix(5000)
    try cut.write(to: aetool.folder.appendingPathComponent("cut.safetensors"))
    #expect(try aetool("info", "cut.safetensors").status == 65)
    #expect(!aetool.exists("c.npy"))
  }

  @Test func whatCannotBeWrittenIs73() throws {
    let aetool = try Program()
    let result = try aetool.run(
      Program.path, ["train", "--data", "digits:300", "--model", "no/folder/m.safetensors", "--epochs", "1000"])
    #expect(result.status == 73)
    #expect(
      result.errors
        == "error: no/folder/m.safetensors: cannot be written in the folder 'no/folder': No such file or directory; "
        + "make the folder first\n")
    _ = try aetool.trainSmall()
    #expect(try aetool("encode", "--model", "m.safetensors", "--data", "digits:5", "--out", "c.txt").status == 64)
    #expect(try aetool("encode", "--model", "m.safetensors", "--data", "digits:5", "--out", "/dev/full").status == 64)
    #expect(try aetool("encode", "--model", "m.safetensors", "--data", "digits:5", "--out", "x/c.npy").status == 73)
  }

  @Test func aRunThatDivergesSavesWhatWasGood() throws {
    let aetool = try Program()
    let result = try aetool.trainSmall("--optimizer", "sgd", "--learning-rate", "1e9", "--schedule", "constant")
    #expect(result.status == 65)
    let line = try #require(result.errors.split(separator: "\n").last)
    // It depends on rounding in which layer and batch numbers near 1e38 first leave the range of Float.
    let place = /error: the loss is not finite in epoch 1, batch [23], first seen in (en|de)coder\.[01] \(dense .*/
    #expect(try place.prefixMatch(in: line) != nil, "\(line)")
    #expect(line.contains("are in m.last-good.safetensors; try a lower --learning-rate"))
    #expect(try aetool("info", "m.last-good.safetensors").status == 0)
    #expect(!aetool.exists("m.safetensors"))
  }

  @Test func controlCKeepsWhatWasLearned() throws {
    let aetool = try Program()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = [
      "train", "--data", "digits:2000", "--epochs", "100000", "--model", "m.safetensors", "--log", "log.jsonl",
    ]
    process.currentDirectoryURL = aetool.folder
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The test waits for the second epoch, at most a minute.
    for _ in 0..<600 {
      if let log = try? aetool.contents("log.jsonl"), log.filter({ $0 == 0x0A }).count >= 2 { break }
      usleep(100_000)
    }
    process.interrupt()
    // A program that does not listen must not hold up all other tests.
    for _ in 0..<300 where process.isRunning { usleep(100_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(try aetool.files() == ["log.jsonl", "m.interrupted.safetensors"])
    #expect(try aetool("info", "m.interrupted.safetensors").status == 0)
  }

  @Test func anOldModelSurvivesAFailedRun() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let before = try aetool.contents("m.safetensors")
    _ = try aetool.trainSmall("--optimizer", "sgd", "--learning-rate", "1e9", "--schedule", "constant")
    #expect(try aetool.contents("m.safetensors") == before)
  }
}
