import Autoencoders
import Foundation
import Testing

/// Every variant goes through every command that takes a model, as a user would take it.
@Suite struct VariantTests {
  @Test(arguments: RecipeKind.all.map(\.name))
  func everyCommandTakesEveryVariant(name: String) throws {
    let aetool = try Program()
    var words = ["train", "--data", "digits:200:1", "--variant", name, "--latent", "12", "--model", "m.safetensors"]
    if !RecipeKind.named(name)!.isFitted { words += ["--epochs", "1"] }
    let trained = try aetool.run(Program.path, words)
    #expect(trained.status == 0, "\(trained.errors)")
    for words in [
      ["encode", "--model", "m.safetensors", "--data", "digits:9:2", "--out", "c.npy"],
      ["decode", "--model", "m.safetensors", "--data", "c.npy", "--out", "d.npy"],
      ["reconstruct", "--model", "m.safetensors", "--data", "digits:9:2", "--out", "r.npy"],
      ["reconstruct", "--model", "m.safetensors", "--data", "digits:9:2", "--noise", "masking:0.5", "--out", "r.png"],
      ["evaluate", "--model", "m.safetensors", "--data", "digits:50:2", "--noise", "salt-and-pepper:0.2"],
      ["info", "m.safetensors"],
      ["filters", "--model", "m.safetensors", "--out", "f.png"],
      ["filters", "--model", "m.safetensors", "--out", "e.png", "--kind", "excitation", "--count", "4"],
      ["activations", "--model", "m.safetensors", "--data", "digits:50:2", "--out", "a.svg"],
      [
        "pca-compare", "--data", "digits:200:1", "--test", "digits:50:2", "--latent", "2", "--model", "m.safetensors",
        "--out", "compared",
      ],
    ] {
      let result = try aetool.run(Program.path, words)
      #expect(result.status == 0, "\(words): \(result.errors)")
    }
    #expect(try aetool.contents("d.npy") == aetool.contents("r.npy"))
    for picture in ["r.png", "f.png", "e.png", "a.svg"] { #expect(try aetool.contents(picture).count > 100) }
  }

  @Test func evaluateTellsOfSparsityNoiseAndForeignData() throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:500:1", "--variant", "sparse-l1", "--latent", "64", "--noise", "masking:0.3",
      "--epochs", "5", "--model", "m.safetensors", "--log", "log.jsonl")
    #expect(trained.errors.contains("noise masking:0.3, L1 penalty 0.1"), "\(trained.errors)")
    let log = try #require(
      String(decoding: try aetool.contents("log.jsonl"), as: UTF8.self).split(separator: "\n").last)
    let terms = try JSONDecoder().decode([String: Double].self, from: Data(log.utf8))
    #expect(abs(terms["reconstruction"]! + terms["l1"]! - terms["train_loss"]!) < 1e-6)
    let report = try json(
      aetool(
        "evaluate", "--model", "m.safetensors", "--data", "digits:100:2", "--json", "--picture", "errors.svg",
        "--scores", "scores.csv"))
    let code = try #require(report["code"] as? [String: Any])
    #expect((code["mean_activations"] as? [Double])?.count == 64 && code["hoyer_sparsity"] is Double)
    let noise = try #require(report["denoising"] as? [String: Any])
    #expect(noise["noise"] as? String == "masking:0.3" && noise["gain_db"] is Double)
    let against = try #require(report["against_training"] as? [String: Any])
    #expect(against["share_beyond_99th_percentile"] is Double)
    #expect(String(decoding: try aetool.contents("scores.csv"), as: UTF8.self).split(separator: "\n").count == 100)
    #expect(String(decoding: try aetool.contents("errors.svg"), as: UTF8.self).contains("training samples"))
  }

  @Test(arguments: ["vanilla", "deep", "conv", "denoising", "sparse-kl", "contractive", "linear"])
  func codesAreMadeForCoding(name: String) throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:300:1", "--variant", name, "--latent", "8", "--epochs", "2", "--rate-weight", "0.1",
      "--model", "m.safetensors", "--log", "log.jsonl")
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(trained.errors.contains(", noise uniform:1.0, rate 0.1 a bit of width 1.0"), "\(trained.errors)")
    let log = String(decoding: try aetool.contents("log.jsonl"), as: UTF8.self)
    let terms = try JSONDecoder().decode([String: Double].self, from: Data(log.split(separator: "\n").last!.utf8))
    #expect(terms["rate"]! > 0 && abs(terms["bits"]! - terms["rate"]! / 0.1) < 1e-6 * terms["bits"]!)
    #expect(trained.errors.contains(" bits"), "\(trained.errors)")
    // There is no noise outside of training, so that a code is the same every time.
    for out in ["a.npy", "b.npy"] {
      let encoded = try aetool("encode", "--model", "m.safetensors", "--data", "digits:20:2", "--out", out)
      #expect(encoded.status == 0, "\(encoded.errors)")
    }
    #expect(try aetool.contents("a.npy") == aetool.contents("b.npy"))
    let check = try aetool("gradient-check", "--variant", name, "--rate-weight", "0.1", "--quantisation-noise", "0.5")
    #expect(check.output.contains("encoder.rate.log_scales"), "\(check.output)\(check.errors)")
  }

  @Test func aFieldOfArrowsPointsToTheData() throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "circle:1000", "--variant", "denoising", "--noise", "gaussian:0.3", "--hidden", "32,32",
      "--latent", "16", "--epochs", "60", "--optimizer", "adam", "--learning-rate", "3e-3", "--model", "m.safetensors")
    #expect(trained.status == 0, "\(trained.errors)")
    let result = try aetool(
      "vector-field", "--model", "m.safetensors", "--data", "circle:500:2", "--out", "field.svg", "--json")
    let report = try json(result)
    let before = try #require(report["mean_distance_before"] as? Double)
    let after = try #require(report["mean_distance_after"] as? Double)
    #expect(after < 0.6 * before, "\(before) to \(after)")
    #expect(aetool.exists("field.svg"))
  }

  @Test func sizesThatDoNotGoTogetherAreToldBeforeTraining() throws {
    let aetool = try Program()
    func message(_ words: String...) throws -> String {
      let result = try aetool.run(
        Program.path, ["train", "--model", "m.safetensors", "--epochs", "1", "--data"] + words)
      #expect(result.status == 64)
      return result.errors
    }
    #expect(
      try message("spiral:100", "--variant", "conv")
        == "error: the variant 'conv' needs images, [height, width] or [height, width, channels]; "
        + "the samples have 2 features without such a shape\n")
    #expect(
      try message("digits:100", "--variant", "conv", "--channels", "4,8,8,8,8", "--pooling", "max")
        == "error: convolution 5: an image of 1×1 is too small for --kernel 3 --stride 2 --pooling max; "
        + "fewer --channels make fewer layers\n")
    #expect(
      try message("digits:100", "--kernel", "5")
        == "error: --kernel 5: does not apply to the variant 'deep'; it is for conv, conv-vae\n")
    #expect(
      try message("digits:100", "--kl-sparsity", "0.05,3", "--sparse-layer", "1")
        == "error: --kl-sparsity: needs units between 0 and 1, but layer 1 of the encoder has relu units; "
        + "use --activation sigmoid\n")
    #expect(
      try message("spiral:100", "--noise", "salt-and-pepper:0.2")
        == "error: --noise salt-and-pepper: sets numbers to 0 or 1: it needs data in [0, 1]\n")
    #expect(try message("digits:100", "--noise", "snow:1").contains("--noise snow:1: expected <kind:amount>: "))
    #expect(try message("digits:100", "--kl-sparsity", "2,3").contains("--kl-sparsity ρ 2.0: must be between 0 and 1"))
    #expect(try message("digits:100", "--l1=-1").contains("--l1 -1.0: must be from 0 to 1e9"))
    #expect(
      try message("digits:100", "--quantisation-noise", "0").contains("--quantisation-noise 0: must be from 1e-06 to"))
    #expect(try message("digits:100", "--rate-weight", "0").contains("--rate-weight 0: must be from 1e-09 to 10000"))
    #expect(
      try message("digits:100", "--variant", "vae", "--rate-weight", "1")
        == "error: --rate-weight 1.0: does not apply to the variant 'vae'; it is for vanilla, deep, conv, overcomplete, "
        + "sparse-l1, sparse-kl, denoising, contractive, linear\n")
    #expect(
      try message("digits:100", "--variant", "pca", "--rate-weight", "1").contains("not apply to the variant 'pca'"))
    #expect(try message("digits:100", "--variant", "pca").contains("it takes --seed alone"))
    #expect(try message("digits:100", "--contraction", "1", "--activation", "silu").contains("second derivative"))
    #expect(try aetool.files() == [])
  }
}

/// A variational model gives new data and grids.
@Suite struct GenerationTests {
  @Test func samplesAndGridsAreWritten() throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:300:1", "--variant", "vae", "--latent", "2", "--epochs", "2", "--model",
      "m.safetensors")
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(try aetool("sample", "--model", "m.safetensors", "--count", "9", "--out", "s.png").status == 0)
    #expect(try aetool("sample", "--model", "m.safetensors", "--count", "9", "--out", "s.npy").status == 0)
    #expect(try aetool.contents("s.npy").count == 128 + 9 * 784 * 4)
    let first = try aetool.contents("s.npy")
    #expect(try aetool("sample", "--model", "m.safetensors", "--count", "9", "--out", "s.npy").status == 0)
    #expect(try aetool.contents("s.npy") == first)
    let grid = try aetool("latent-grid", "--model", "m.safetensors", "--size", "5", "--out", "g.png")
    #expect(grid.status == 0, "\(grid.errors)")
    #expect(try aetool.contents("g.npy").count == 128 + 25 * 784 * 4)
    let axes = String(decoding: try aetool.contents("g.csv"), as: UTF8.self).split(separator: "\n")
    // The steps are the quantiles 0.1, 0.3, 0.5, 0.7 and 0.9 of the normal distribution.
    let values = axes.compactMap { Double($0.split(separator: ",")[0]) }
    #expect(zip(values, [-1.281552, -0.524401, 0, 0.524401, 1.281552]).allSatisfy { abs($0 - $1) < 1e-5 })
    let evaluated = try aetool("evaluate", "--model", "m.safetensors", "--data", "digits:50:2", "--json")
    let report = try JSONSerialization.jsonObject(with: evaluated.bytes) as? [String: Any]
    #expect(report?["elbo"] is Double && report?["kl"] is Double && report?["reconstruction_term"] is Double)
  }

  @Test func whatHasNoPriorIsRefused() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let sample = try aetool("sample", "--model", "m.safetensors", "--out", "s.png")
    #expect(sample.status == 64 && sample.errors.contains("have no known distribution to draw from"))
    let grid = try aetool("latent-grid", "--model", "m.safetensors", "--out", "g.png")
    #expect(grid.status == 64 && grid.errors.contains("give --data or --range"))
    #expect(
      try aetool("latent-grid", "--model", "m.safetensors", "--data", "digits:50:2", "--size", "4", "--out", "g.png")
        .status == 0)
    let beta = try aetool("train", "--data", "digits:20", "--beta", "2", "--model", "n.safetensors")
    #expect(
      beta.status == 64
        && beta.errors.contains("--beta 2.0: does not apply to the variant 'deep'; it is for vae, conv-vae"))
    let l1 = try aetool("train", "--data", "digits:20", "--variant", "vae", "--l1", "2", "--model", "n.safetensors")
    #expect(l1.status == 64 && l1.errors.contains("--l1 2.0: does not apply to the variant 'vae'"))
  }
}
