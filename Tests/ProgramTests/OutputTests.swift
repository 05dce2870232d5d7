import Foundation
import Testing

/// Outputs destroy nothing that the program was not told to replace, and a run that could not write them never ends
/// with status 0.
@Suite struct OutputTests {
  /// Runs a line of the shell, in which $aetool is the program.
  private func shell(_ aetool: Program, _ line: String) throws -> Program.Result {
    try aetool.run("/bin/sh", ["-c", "aetool='\(Program.path)'; " + line])
  }

  @Test func anOutputThatIsAnInputIsRefusedBeforeAnyWork() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    _ = try aetool("encode", "--model", "m.safetensors", "--data", "digits:20", "--out", "c.npy")
    _ = try aetool("decode", "--model", "m.safetensors", "--data", "c.npy", "--out", "d.npy")
    symlink("d.npy", aetool.path("link.npy"))
    link(aetool.path("d.npy"), aetool.path("hard.npy"))
    let before = try aetool.contents("d.npy")
    let model = try aetool.contents("m.safetensors")
    for (words, option, other) in [
      ("encode --model m.safetensors --data d.npy --out d.npy", "--out d.npy", "--data"),
      ("encode --model m.safetensors --data link.npy --out d.npy", "--out d.npy", "--data"),
      ("encode --model m.safetensors --data d.npy --out link.npy", "--out link.npy", "--data"),
      ("encode --model m.safetensors --data hard.npy --out d.npy", "--out d.npy", "--data"),
      ("reconstruct --model m.safetensors --data d.npy --out ./d.npy", "--out ./d.npy", "--data"),
      ("train --data d.npy --model d.npy", "--model d.npy", "--data"),
      ("train --data d.npy --model n.safetensors --log d.npy", "--log d.npy", "--data"),
      ("train --data d.npy --init m.safetensors --model m.safetensors", "--model m.safetensors", "--init"),
      ("train --data digits:20 --validation d.npy --model d.npy", "--model d.npy", "--validation"),
      ("compress --model m.safetensors --data d.npy --out m.safetensors", "--out m.safetensors", "--model"),
      ("evaluate --model m.safetensors --data d.npy --scores d.npy", "--scores d.npy", "--data"),
      ("filters --model m.safetensors --data d.npy --out d.npy", "--out d.npy", "--data"),
      (
        "decompress --model m.safetensors --data x.aez --originals d.npy --out d.npy", "--out d.npy", "--originals"
      ),
      ("latent-grid --model m.safetensors --data d.npy --out d.png", "--out, beside its picture, d.npy", "--data"),
    ] {
      let result = try aetool.run(Program.path, words.split(separator: " ").map(String.init))
      #expect(result.status == 64, "\(words): \(result.status) \(result.errors)")
      #expect(
        result.errors == "error: \(option): is the file that \(other) reads; choose another name\n", "\(words)")
    }
    let two = try aetool("train", "--data", "digits:20", "--model", "new", "--checkpoint", "./new")
    #expect(two.status == 64)
    #expect(two.errors == "error: --checkpoint ./new: is the file that --model writes too; choose another name\n")
    let streams = try aetool("train", "--data", "digits:20", "--model", "-", "--log", "-")
    #expect(streams.status == 64 && streams.bytes.isEmpty)
    let own = try shell(aetool, "$aetool encode --model m.safetensors --data - --out d.npy < d.npy")
    #expect(own.status == 64)
    #expect(try aetool.contents("d.npy") == before && aetool.contents("m.safetensors") == model)
    #expect(try aetool.files() == ["c.npy", "d.npy", "hard.npy", "link.npy", "m.safetensors"])
  }

  @Test func aFileOfAnotherKindIsNotReplaced() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    _ = try aetool("encode", "--model", "m.safetensors", "--data", "digits:20", "--out", "c.npy")
    let before = try aetool.contents("c.npy")
    let small = ["train", "--data", "digits:20", "--hidden", "8", "--latent", "2", "--epochs", "1", "--model", "c.npy"]
    let refused = try aetool.run(Program.path, small)
    #expect(refused.status == 73)
    #expect(
      refused.errors
        == "error: --model c.npy: holds an NPY array, and what is written is a model; choose another name, or give "
        + "--force to write over it\n")
    #expect(try aetool.contents("c.npy") == before)
    try Data("dear diary".utf8).write(to: aetool.folder.appendingPathComponent("diary"))
    let diary = try aetool("train", "--data", "digits:20", "--model", "diary")
    #expect(diary.status == 73 && diary.errors.contains("holds something else"))
    // An empty file is nobody's work, as mktemp leaves one.
    try Data().write(to: aetool.folder.appendingPathComponent("empty"))
    #expect(try aetool.run(Program.path, small.dropLast() + ["empty"]).status == 0)
    #expect(try aetool.run(Program.path, small + ["--force"]).status == 0)
    #expect(try aetool("info", "c.npy").output.contains("deep"))
  }

  @Test func filesBesideAPictureAreReplacedOnlyWhereTheCommandWroteThem() throws {
    let aetool = try Program()
    _ = try aetool.run(
      Program.path,
      ["train", "--data", "digits:50", "--variant", "vae", "--hidden", "8", "--latent", "2", "--epochs", "1"]
        + ["--model", "v.safetensors"])
    let grid = ["latent-grid", "--model", "v.safetensors", "--size", "3", "--out", "g.png"]
    #expect(try aetool.run(Program.path, grid).status == 0)
    #expect(try aetool.run(Program.path, grid + ["--range", "2"]).status == 0)
    let picture = try aetool.contents("g.png")
    // Another command's files, and files that were changed, are left alone.
    let other = try aetool("traverse", "--model", "v.safetensors", "--size", "3", "--out", "g.png")
    #expect(other.status == 73)
    try Data("1,2\n".utf8).write(to: aetool.folder.appendingPathComponent("g.csv"))
    let changed = try aetool.run(Program.path, grid)
    #expect(changed.status == 73)
    #expect(
      changed.errors
        == "error: g.csv: would be written beside g.png, but is there already, and no latent-grid with that picture "
        + "wrote it, or it has changed since; choose another --out, or give --force to write over it\n")
    #expect(try aetool.contents("g.csv") == Data("1,2\n".utf8) && aetool.contents("g.png") == picture)
    _ = try aetool("encode", "--model", "v.safetensors", "--data", "digits:9", "--out", "codes.npy")
    let codes = try aetool.contents("codes.npy")
    #expect(try aetool("latent-grid", "--model", "v.safetensors", "--size", "3", "--out", "codes.png").status == 73)
    #expect(try aetool.contents("codes.npy") == codes && !aetool.exists("codes.png"))
    #expect(try aetool.run(Program.path, grid + ["--force"]).status == 0)
  }

  @Test func aFolderWithFilesOfOthersIsNotWrittenInto() throws {
    let aetool = try Program()
    let words = [
      "pca-compare", "--data", "digits:60:1", "--test", "digits:30:2", "--latent", "2", "--out", "c",
    ]
    #expect(try aetool.run(Program.path, words).status == 0)
    #expect(try aetool.run(Program.path, words).status == 0)
    try FileManager.default.removeItem(atPath: aetool.path("c/comparison.csv"))
    let refused = try aetool.run(Program.path, words)
    #expect(refused.status == 73)
    #expect(
      refused.errors
        == "error: --out c: has a file comparison.json, and no table comparison.csv that tells that this command wrote "
        + "it; choose another folder, or give --force to write over it\n")
  }

  @Test func aStandardOutputThatCannotBeWrittenIs74() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let train = "train --data digits:50 --hidden 8 --latent 2 --epochs 1 --model n.safetensors"
    for words in [
      "info m.safetensors", "info m.safetensors --json", "evaluate --model m.safetensors --data digits:20", "--help",
      "--version", "train --help", train, train + " --json", train + " --log -",
      "encode --model m.safetensors --data digits:20 --out -", "gradient-check --variant linear",
      "compress --model m.safetensors --data digits:20 --out -",
    ] {
      for stream in [">/dev/full", ">&-"] {
        let result = try shell(aetool, "$aetool \(words) \(stream)")
        #expect(result.status == 74, "\(words) \(stream): \(result.status) \(result.errors)")
        let errors = result.errors.split(separator: "\n").filter { $0.hasPrefix("error:") }
        #expect(errors.count == 1 && errors[0].contains("writing failed"), "\(words) \(stream): \(result.errors)")
      }
      // Nobody misses what a pipe's reader did not want to read.
      let unread = try shell(aetool, "{ sleep 0.1; $aetool \(words); echo $? >status; } | true; cat status")
      #expect(["141", "74"].contains(unread.output.split(separator: "\n").last), "\(words): \(unread.output)")
    }
    #expect(aetool.exists("n.safetensors"))
  }

  @Test func progressNeverGetsIntoALog() throws {
    let aetool = try Program()
    let words = "train --data digits:50 --hidden 8 --latent 2 --epochs 3 --model n.safetensors --log l.jsonl"
    #expect(try shell(aetool, "$aetool \(words) >/dev/null 2>&- <&-").status == 0)
    let lines = try aetool.contents("l.jsonl").split(separator: 0x0A)
    #expect(
      try lines.map { try #require(JSONSerialization.jsonObject(with: $0) as? [String: Any])["epoch"] as? Int } == [
        1, 2, 3,
      ])
  }

  @Test func quietShowsErrorsAlone() throws {
    let aetool = try Program()
    let quiet = try aetool.trainSmall("--quiet")
    #expect(quiet.status == 0 && quiet.errors.isEmpty && quiet.output.hasPrefix("m.safetensors: training loss"))
    let wrong = try aetool("encode", "--quiet", "--model", "m.safetensors", "--data", "none", "--out", "c.npy")
    #expect(wrong.status == 66 && wrong.errors == "error: none: cannot be read: No such file or directory\n")
  }

  @Test func theFormatOfStandardOutputCanBeChosen() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let words = ["encode", "--model", "m.safetensors", "--data", "digits:3", "--out"]
    #expect(try aetool.run(Program.path, words + ["-"]).bytes.starts(with: [0x93] + Array("NUMPY".utf8)))
    let csv = try aetool.run(Program.path, words + ["-", "--format", "csv"]).output
    #expect(csv.split(separator: "\n").map { $0.split(separator: ",").count } == [8, 8, 8])
    #expect(try aetool.run(Program.path, words + ["c.npy", "--format", "csv"]).status == 64)
  }
}
