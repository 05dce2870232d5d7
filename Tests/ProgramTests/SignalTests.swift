import Foundation
import Testing

/// However a run is ended, it answers at once, keeps what it has, and leaves nothing half written behind.
@Suite struct SignalTests {
  /// Starts a training of many epochs and returns when `lines` of its log are there.
  private func started(_ aetool: Program, _ more: [String] = [], lines: Int = 2) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments =
      ["train", "--data", "digits:500", "--hidden", "32", "--latent", "4", "--epochs", "1000000"]
      + ["--model", "m.safetensors", "--log", "log.jsonl"] + more
    process.currentDirectoryURL = aetool.folder
    _ = FileManager.default.createFile(atPath: aetool.path("err"), contents: nil)
    process.standardError = try FileHandle(forWritingTo: aetool.folder.appendingPathComponent("err"))
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    for _ in 0..<600 {
      if let log = try? aetool.contents("log.jsonl"), log.filter({ $0 == 0x0A }).count >= lines { break }
      usleep(100_000)
    }
    return process
  }

  /// Waits for the end, at most two minutes, since a program that does not listen must not hold up all other tests.
  private func wait(_ process: Process) {
    for _ in 0..<1200 where process.isRunning { usleep(100_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  private func hidden(_ aetool: Program) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: aetool.folder.path).filter { $0.hasPrefix(".aetool") }
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
  func theStatusNamesTheSignal(_ signal: Int32, _ status: Int32) throws {
    let aetool = try Program()
    let process = try started(aetool)
    kill(process.processIdentifier, signal)
    wait(process)
    #expect(process.terminationReason == .exit && process.terminationStatus == status)
    #expect(try aetool("info", "m.interrupted.safetensors").status == 0)
    #expect(try hidden(aetool) == [])
  }

  @Test func twoTrainingsDoNotWriteOneFile() throws {
    let aetool = try Program()
    let process = try started(aetool, ["--checkpoint", "c.safetensors"])
    for (option, path, other) in [
      ("--model", "m.safetensors", "x"), ("--checkpoint", "c.safetensors", "x"), ("--model", "c.safetensors", "x"),
    ] {
      var words = ["train", "--data", "digits:20", "--epochs", "1", option, path]
      if option != "--model" { words += ["--model", other] }
      let second = try aetool.run(Program.path, words)
      #expect(second.status == 73, "\(words): \(second.errors)")
      #expect(
        second.errors.hasPrefix(
          "error: \(path): is being written by another aetool, process \(process.processIdentifier);"),
        "\(second.errors)")
    }
    // The kernel gives the lock back, and the next run sweeps what is left.
    kill(process.processIdentifier, SIGKILL)
    wait(process)
    #expect(try aetool.trainSmall("--checkpoint", "c.safetensors").status == 0)
    #expect(try hidden(aetool) == [])
  }

  @Test func aLogThatGoesOnHasEveryEpochOnce() throws {
    let aetool = try Program()
    let first = try started(aetool, ["--checkpoint", "c.safetensors"])
    kill(first.processIdentifier, SIGKILL)
    wait(first)
    // The log may be ahead of the checkpoint, and its last line may be torn.
    var log = try aetool.contents("log.jsonl")
    let ahead = log.filter { $0 == 0x0A }.count + 3
    log += Data("{\"epoch\":\(ahead),\"train_loss\":1}\n{\"epoch\":\(ahead + 1),\"tra".utf8)
    try log.write(to: aetool.folder.appendingPathComponent("log.jsonl"))
    let second = Process()
    second.executableURL = URL(fileURLWithPath: Program.path)
    second.arguments = [
      "train", "--data", "digits:500", "--resume", "c.safetensors", "--checkpoint", "c.safetensors", "--model",
      "m.safetensors", "--log", "log.jsonl",
    ]
    second.currentDirectoryURL = aetool.folder
    (second.standardError, second.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try second.run()
    for _ in 0..<600 {
      let lines = try aetool.contents("log.jsonl").filter { $0 == 0x0A }.count
      if lines > ahead + 5 { break }
      usleep(100_000)
    }
    second.interrupt()
    wait(second)
    #expect(second.terminationStatus == 130)
    let text = String(decoding: try aetool.contents("log.jsonl"), as: UTF8.self)
    let epochs = try text.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["epoch"] as? Int
    }
    #expect(text.hasSuffix("\n") && epochs.count > ahead && epochs == Array(1...epochs.count))
  }

  @Test func aFolderThatVanishesDoesNotTakeTheModelWithIt() throws {
    let aetool = try Program()
    for name in ["out", "spare"] {
      try FileManager.default.createDirectory(
        at: aetool.folder.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "TMPDIR=spare '\(Program.path)' train --data digits:500 --hidden 32 --latent 4 --batch 25 --epochs 60 "
        + "--model out/m.safetensors --checkpoint out/c.safetensors --log log.jsonl 2>err",
    ]
    process.currentDirectoryURL = aetool.folder
    try process.run()
    for _ in 0..<600 {
      if let log = try? aetool.contents("log.jsonl"), log.contains(0x0A) { break }
      usleep(10_000)
    }
    try FileManager.default.removeItem(atPath: aetool.path("out"))
    wait(process)
    #expect(process.terminationStatus == 73)
    let errors = String(decoding: try aetool.contents("err"), as: UTF8.self).split(separator: "\n")
    // The folder may vanish before a checkpoint is begun or while one is written: either is told once.
    let warnings = errors.filter { $0.hasPrefix("warning: out/c.safetensors: ") }
    #expect(warnings.count == 1)
    let line = try #require(errors.last)
    let place = try #require(try /the model is in (spare\/m-[a-z0-9]{8}\.safetensors) instead/.firstMatch(in: line))
    #expect(try aetool("info", String(place.1)).status == 0)
  }

  @Test func aLogThatCannotBeWrittenIsSaidAtTheEnd() throws {
    let aetool = try Program()
    let result = try aetool.trainSmall("--log", "/dev/full")
    #expect(result.status == 74)
    let lines = result.errors.split(separator: "\n").map(String.init)
    let warnings = lines.filter { $0.hasPrefix("warning: /dev/full: the log cannot be written") }
    #expect(warnings.count == 1)
    let expected =
      "error: /dev/full: the log lacks lines: writing failed: No space left on device; the model is saved in "
      + "m.safetensors"
    #expect(lines.last == expected)
    let info = try aetool("info", "m.safetensors")
    #expect(info.status == 0)
  }

  @Test func aCrashSaysOneLine() throws {
    let aetool = try Program()
    let process = try started(aetool)
    kill(process.processIdentifier, SIGSEGV)
    wait(process)
    #expect(process.terminationReason == .exit && process.terminationStatus == 70)
    let last = String(decoding: try aetool.contents("err"), as: UTF8.self).split(separator: "\n").last
    #expect(last?.hasPrefix("error: internal error (segmentation fault)") == true)
    #expect(try hidden(aetool) == [])
  }
}
