import Autoencoders
import Foundation
import Testing

@Suite struct ProgramTests {
  @Test func aFirstSession() throws {
    let aetool = try Program()
    let trained = try aetool.trainSmall("--log", "log.jsonl")
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.output.hasPrefix("m.safetensors: training loss "))
    #expect(
      trained.errors.contains("deep 784-32-8-32-784, 51,544 parameters, cross-entropy; 300 samples from digits:300:1"))
    #expect(trained.errors.contains("epoch 2/2  loss "))
    #expect(!trained.errors.contains("\u{1B}"), "escape codes without a terminal")

    let evaluated = try aetool("evaluate", "--model", "m.safetensors", "--data", "digits:50:2", "--json")
    let report = try JSONSerialization.jsonObject(with: evaluated.bytes) as? [String: Any]
    let numbers = try #require(report).compactMapValues { $0 as? Double }
    #expect(numbers["samples"] == 50)
    #expect(abs(numbers["squared_error_per_sample"]! / 784 - numbers["mean_squared_error"]!) < 1e-12)
    #expect(abs(numbers["psnr_db"]! + 10 * log10(numbers["mean_squared_error"]!)) < 1e-9)
    let excess = numbers["cross_entropy_per_sample"]! - numbers["cross_entropy_floor"]!
    #expect(abs(excess - numbers["cross_entropy_excess"]!) < 1e-9 && excess > 0)

    #expect(try aetool("reconstruct", "--model", "m.safetensors", "--data", "digits:9:2", "--out", "r.png").status == 0)
    #expect(try aetool.contents("r.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(try aetool("encode", "--model", "m.safetensors", "--data", "digits:9:2", "--out", "c.npy").status == 0)
    #expect(try aetool("decode", "--model", "m.safetensors", "--data", "c.npy", "--out", "d.npy").status == 0)
    #expect(try aetool("reconstruct", "--model", "m.safetensors", "--data", "digits:9:2", "--out", "r.npy").status == 0)
    #expect(try aetool.contents("d.npy") == aetool.contents("r.npy"))
    #expect(try aetool("decode", "--model", "m.safetensors", "--data", "c.npy", "--out", "d.csv").status == 0)
    #expect(try aetool.files() == ["c.npy", "d.csv", "d.npy", "log.jsonl", "m.safetensors", "r.npy", "r.png"])
  }

  @Test func codesGoThroughPipes() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let codes = try aetool("encode", "--model", "m.safetensors", "--data", "digits:20:3", "--out", "-")
    #expect(codes.status == 0 && codes.errors.isEmpty)
    #expect(codes.bytes.count == 128 + 20 * 8 * 4)
    let decoded = try aetool("decode", "--model", "m.safetensors", "--data", "-", "--out", "-", input: codes.bytes)
    _ = try aetool("reconstruct", "--model", "m.safetensors", "--data", "digits:20:3", "--out", "r.npy")
    #expect(decoded.bytes == (try aetool.contents("r.npy")))
  }

  @Test func theLogHasALineAnEpoch() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall("--log", "log.jsonl", "--validation", "0.2")
    let lines = String(decoding: try aetool.contents("log.jsonl"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 2)
    let entry = try JSONDecoder().decode([String: Double].self, from: Data(lines[1].utf8))
    #expect(
      Set(entry.keys) == [
        "epoch", "seconds", "samples_per_second", "learning_rate", "train_loss", "validation_loss", "reconstruction",
        "train_excess", "validation_excess", "validation_squared_error",
      ])
    #expect(entry["epoch"] == 2)
  }

  @Test func infoTellsOfModelsAndData() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let model = try aetool("info", "m.safetensors")
    #expect(model.output.contains("model        deep, [28, 28] → code of 8"))
    #expect(model.output.contains("encoder.0 (dense relu 784→32)"))
    let json = try JSONSerialization.jsonObject(with: aetool("info", "m.safetensors", "--json").bytes) as? [String: Any]
    #expect(json?["parameters"] as? Int == 51_544 && json?["kind"] as? String == "model")
    let data = try aetool("info", "digits:100")
    #expect(data.output.contains("100 samples of shape [28, 28]") && data.output.contains("labels       0: "))
  }

  @Test func theSameBitsForAnyThreads() throws {
    let aetool = try Program()
    var models: [Data] = []
    for threads in ["1", "2", "3"] {
      _ = try aetool.trainSmall("--threads", threads)
      models.append(try aetool.contents("m.safetensors"))
    }
    #expect(models[0] == models[1] && models[0] == models[2])
  }

  @Test func trainingGoesOnFromACheckpoint() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall("--checkpoint", "c.safetensors")
    let model = try aetool.contents("m.safetensors").suffix(51_544 * 4)
    let resumed = try aetool(
      "train", "--data", "digits:300:1", "--resume", "c.safetensors", "--model", "n.safetensors")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try aetool.contents("n.safetensors").suffix(51_544 * 4) == model)
    let refused = try aetool("train", "--data", "digits:300:1", "--resume", "m.safetensors", "--model", "n.safetensors")
    #expect(refused.status == 65)
    #expect(
      refused.errors
        == "error: m.safetensors: a model, not a checkpoint: it has weights to start from, but no state "
        + "of training to go on with\n")
  }

  @Test func gradientCheckAndDoctorAnswer() throws {
    let aetool = try Program()
    let check = try aetool("gradient-check", "--variant", "vanilla", "--activation", "tanh")
    #expect(check.status == 0 && check.output.hasSuffix("all within 1e-7\n"))
    let doctor = try aetool("doctor", "--json")
    let json = try JSONSerialization.jsonObject(with: doctor.bytes) as? [String: Any]
    #expect(json?["blas_core"] is String && (json?["gemm_gflops_workers"] as? Double ?? 0) > 0)
  }

  @Test func everyHelpHasAnExample() throws {
    let aetool = try Program()
    let commands = try Self.commands(aetool)
    #expect(commands.count > 20 && commands.contains("train"))
    for command in commands {
      let help = try aetool(command, "--help")
      #expect(help.status == 0)
      #expect(help.output.contains("EXAMPLE\n  aetool \(command)"), "\(command): \(help.output)")
    }
  }

  /// Returns the subcommands that the program's own help lists.
  private static func commands(_ aetool: Program) throws -> [String] {
    let lines = try aetool("--help").output.split(separator: "\n", omittingEmptySubsequences: false)
    let list = lines.drop { !$0.hasPrefix("SUBCOMMANDS:") }.dropFirst().prefix { $0.hasPrefix("  ") }
    return list.compactMap { line in
      // A name stands behind two blanks; a line with more blanks goes on with the summary before it.
      line.dropFirst(2).first.map { $0 == " " } ?? true ? nil : String(line.dropFirst(2).prefix { $0 != " " })
    }
  }

  @Test func helpListsLayersOptimizersAndVariants() throws {
    // Help is broken into lines of a terminal's width.
    func words(_ text: String) -> String { text.split { " \n".contains($0) }.joined(separator: " ") }
    let help = words(try Program()("train", "--help").output)
    for kind in LayerSpec.kinds { #expect(help.contains(" \(kind.form.usage) "), "\(kind.form.name)") }
    for entry in Optimizer.all { #expect(help.contains(words("\(entry.name) \(entry.summary)")), "\(entry.name)") }
    for kind in RecipeKind.all { #expect(help.contains(words("\(kind.name) \(kind.summary)")), "\(kind.name)") }
  }

  @Test func aNetworkIsComposedOfLayers() throws {
    let aetool = try Program()
    let words = ["train", "--data", "digits:200:1", "--epochs", "1", "--model", "c.safetensors"]
    let trained = try aetool.run(
      Program.path, words + ["--encoder", "dense:32:relu, dense:6", "--decoder", "dense:32:relu, dense"])
    #expect(trained.status == 0, "\(trained.errors)")
    let info = try aetool("info", "c.safetensors").output
    #expect(info.contains("model        custom, [28, 28] → code of 6"))
    #expect(info.contains("encoder      dense:32:relu, dense:6\ndecoder      dense:32:relu, dense\n"))
    #expect(try aetool("encode", "--model", "c.safetensors", "--data", "digits:9", "--out", "c.npy").status == 0)
    for (encoder, decoder, message) in [
      ("dense:32, dens:6", "dense", "--encoder: layer 2, 'dens:6': there is no layer 'dens'; known are dense, "),
      (
        "dense:32", "dense:700",
        "decoder, layer 1 (dense:700): it gives 700 numbers, but the samples have 784 features"
      ),
      ("dense:32:rleu", "dense", "--encoder: layer 1, 'dense:32:rleu': 'rleu' has no meaning there; the form is dense"),
      ("conv:4, max-pool:40, dense:3", "dense", "encoder, layer 2 (max-pool:40): an image of 28×28 has no square"),
    ] {
      let refused = try aetool.run(Program.path, words + ["--encoder", encoder, "--decoder", decoder])
      #expect(refused.status == 64 && refused.errors.hasPrefix("error: " + message), "\(refused.errors)")
    }
    #expect(try aetool.run(Program.path, words + ["--encoder", "dense:5"]).status == 64)
  }

}
