import Foundation
import Testing

/// The options and commands of variational models.
@Suite struct VariationalTests {
  @Test func likelihoodsAndBoundsAreTrainedAndMeasured() throws {
    let aetool = try Program()
    for (options, key) in [
      (["--likelihood", "gaussian:0.2"], "discretised"), (["--likelihood", "gaussian:learned"], "discretised"),
      (["--importance-samples", "3", "--binarise", "stochastic"], nil),
      (["--free-bits", "0.1", "--beta", "2", "--beta-warmup", "1", "--output-bias", "mean"], nil),
      (["--schedule", "stages", "--epsilon", "1e-4", "--binarise", "threshold"], nil),
    ] as [([String], String?)] {
      let trained = try aetool.run(
        Program.path,
        ["train", "--data", "digits:200", "--variant", "vae", "--latent", "3", "--hidden", "32", "--epochs", "2"]
          + options + ["--model", "m.safetensors"])
      #expect(trained.status == 0, "\(options): \(trained.errors)")
      let report = try json(try aetool("evaluate", "--model", "m.safetensors", "--data", "digits:50:2", "--json"))
      let variational = try #require(report["variational"] as? [String: Any])
      let (elbo, bits) = (report["elbo"] as? Double, variational["bits_per_dimension"] as? Double)
      #expect(abs(try #require(bits) + (try #require(elbo)) / (784 * log(2))) < 1e-9)
      #expect((variational["verdict"] as? String)?.isEmpty == false)
      #expect((variational["discretised"] == nil) == (key == nil))
      let factors = try #require(report["factors"] as? [[String: Any]])
      #expect(factors.allSatisfy { abs($0["correlation"] as? Double ?? 2) <= 1 } && factors.count > 2)
    }
  }

  @Test func conditionalModelsAreToldTheClass() throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:200", "--variant", "vae", "--latent", "2", "--hidden", "32", "--epochs", "2",
      "--conditional", "--model", "m.safetensors")
    #expect(trained.status == 0, "\(trained.errors)")
    for words in [
      ["sample", "--count", "20", "--out", "s.png"], ["sample", "--class", "7", "--count", "4", "--out", "s.npy"],
      ["latent-grid", "--class", "3", "--size", "3", "--out", "g.png"],
      ["traverse", "--class", "3", "--size", "3", "--out", "t.png"],
      ["interpolate", "--data", "digits:20", "--from", "1", "--to", "2", "--out", "i.png"],
      ["reconstruct", "--data", "digits:20", "--out", "r.png"], ["filters", "--out", "f.png"],
    ] {
      let result = try aetool.run(Program.path, words + ["--model", "m.safetensors"])
      #expect(result.status == 0, "\(words): \(result.errors)")
    }
    _ = try aetool("sample", "--model", "m.safetensors", "--class", "2", "--count", "4", "--out", "two.npy")
    #expect(try aetool.contents("two.npy") != aetool.contents("s.npy"))
    try Data("0,0\n1,1\n".utf8).write(to: aetool.folder.appendingPathComponent("c.csv"))
    try Data("4\n9\n".utf8).write(to: aetool.folder.appendingPathComponent("l.csv"))
    let decode = ["decode", "--model", "m.safetensors", "--data", "c.csv", "--out", "d.npy"]
    #expect(try aetool.run(Program.path, decode + ["--labels", "l.csv"]).status == 0)
    // For some places, the class 3 is in the share that is held out and nowhere else.
    try Data(((0..<12).map { _ in "0.5,0.5\n" }).joined().utf8)
      .write(to: aetool.folder.appendingPathComponent("x.csv"))
    for place in 0..<12 {
      try Data(((0..<12).map { $0 == place ? "3\n" : "0\n" }).joined().utf8)
        .write(to: aetool.folder.appendingPathComponent("y.csv"))
      let split = try aetool(
        "train", "--data", "x.csv", "--labels", "y.csv", "--variant", "vae", "--hidden", "4", "--latent", "1",
        "--conditional", "--validation", "0.5", "--epochs", "1", "--model", "s.safetensors")
      #expect(split.status == 0, "\(split.errors)")
    }
    for (words, status, text) in [
      (decode, 64, "give --class, from 0 to 9"),
      (["latent-grid", "--model", "m.safetensors", "--out", "grid.png"], 64, "give --class, from 0 to 9"),
      (["sample", "--model", "m.safetensors", "--class", "10", "--out", "x.png"], 64, "the classes 0 to 9"),
      (["filters", "--model", "m.safetensors", "--kind", "excitation", "--out", "x.png"], 64, "depend on the class"),
      (
        ["evaluate", "--model", "m.safetensors", "--data", "digits:5", "--estimator", "monte-carlo"], 64,
        "by importance alone"
      ),
      (
        ["train", "--data", "spiral:50", "--variant", "vae", "--conditional", "--model", "x.safetensors"], 64,
        "needs --labels"
      ),
    ] as [([String], Int32, String)] {
      let result = try aetool.run(Program.path, words)
      #expect(result.status == status && result.errors.contains(text), "\(words): \(result.status) \(result.errors)")
    }
  }

  @Test func logsAreDrawn() throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:60", "--hidden", "8", "--latent", "2", "--epochs", "6", "--validation", "0.2", "--log",
      "a.jsonl", "--model", "m.safetensors")
    #expect(trained.status == 0, "\(trained.errors)")
    let drawn = try aetool("curves", "--logs", "a.jsonl", "--skip", "1", "--out", "c.svg")
    #expect(drawn.status == 0, "\(drawn.errors)")
    let picture = String(decoding: try aetool.contents("c.svg"), as: UTF8.self)
    // The picture has two lines of five epochs, each epoch a circle.
    #expect(picture.components(separatedBy: "<circle").count == 11 && picture.contains("a, validation"))
    for (words, status, text) in [
      (["--logs", "m.safetensors", "--out", "c.svg"], 65, "line 1: expected an object of numbers"),
      (["--logs", "a.jsonl", "--term", "kl", "--out", "c.svg"], 65, "no 'kl' in its 6 epochs"),
      (["--logs", "b.jsonl", "--out", "c.svg"], 66, "b.jsonl"), (["--logs", "a.jsonl", "--out", "c.png"], 64, ".svg"),
    ] as [([String], Int32, String)] {
      let result = try aetool.run(Program.path, ["curves"] + words)
      #expect(result.status == status && result.errors.contains(text), "\(words): \(result.status) \(result.errors)")
    }
  }

  @Test func theAblationDrawsThreeScatters() throws {
    let aetool = try Program()
    let result = try aetool(
      "loss-ablation", "--data", "digits:150", "--hidden", "16", "--epochs", "3", "--out", "a.svg", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let rows = try #require(try json(result)["losses"] as? [[String: Any]])
    #expect(rows.map { $0["loss"] as? String } == ["reconstruction alone", "divergence alone", "both"])
    let kl = rows.compactMap { $0["kl"] as? Double }
    #expect(kl[0] > kl[2] && kl[2] > kl[1], "\(kl)")
    let picture = String(decoding: try aetool.contents("a.svg"), as: UTF8.self)
    #expect(picture.contains("divergence alone"))
    // The likelihood of a table is gaussian:learned by default, which the command replaces by a fixed deviation.
    let table = try aetool("loss-ablation", "--data", "moons:100", "--hidden", "8", "--epochs", "1", "--out", "t.svg")
    #expect(table.status == 0 && aetool.exists("t.svg"), "\(table.errors)")
    let wrong = try aetool("loss-ablation", "--data", "digits:50", "--variant", "deep", "--out", "a.svg")
    #expect(wrong.status == 64 && wrong.errors.contains("'vae' or 'conv-vae'"))
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    let aetool = try Program()
    for (words, text) in [
      (["--likelihood", "poisson"], "--likelihood poisson: expected "),
      (["--likelihood", "gaussian:0.1", "--loss", "cross-entropy"], "does not go with --loss cross-entropy"),
      (["--importance-samples", "5", "--beta", "2"], "--beta and --free-bits do not go with it"),
      (["--importance-samples", "0"], "must be from 1 to 1000"), (["--free-bits=-1"], "must not be negative"),
      (["--binarise", "threshold:1.5"], "--binarise threshold:1.5: expected "),
      (["--scaling", "standard", "--binarise", "stochastic"], "--binarise: needs data in [0, 1]"),
      (["--epsilon", "0"], "must be from 1e-30 to 1"),
      (["--likelihood", "gaussian:1e-200"], "gaussian:1e-200: expected "),
      (["--beta-warmup", "9223372036854775807"], "must be from 0 to 1000000"),
      (["--beta-warmup", "2", "--importance-samples", "3"], "the model's loss has no β"),
      (["--importance-samples", "1000", "--batch", "100000"], "a smaller batch has fewer"),
      (["--epsilon", "1", "--optimizer", "sgd"], "sgd has none"),
    ] {
      let result = try aetool.run(
        Program.path, ["train", "--data", "digits:20", "--variant", "vae", "--model", "n.safetensors"] + words)
      #expect(result.status == 64 && result.errors.contains(text), "\(words): \(result.status) \(result.errors)")
    }
    let fitted = try aetool(
      "train", "--data", "digits:20", "--variant", "pca", "--beta", "2", "--model", "n.safetensors")
    #expect(fitted.status == 64 && fitted.errors.contains("--beta 2.0: does not apply to the variant 'pca'"))
    let scaled = try aetool(
      "train", "--data", "digits:20", "--variant", "vae", "--scaling", "standard", "--beta", "2", "--epochs", "1",
      "--model", "n.safetensors")
    #expect(scaled.status == 0 && scaled.errors.contains("gaussian:learned"), "\(scaled.errors)")
  }

  /// The scores and the error in the report are of the same binary data, which the network sees.
  @Test func errorsAreOfWhatTheNetworkSees() throws {
    let aetool = try Program()
    _ = try aetool(
      "train", "--data", "digits:100", "--variant", "vae", "--hidden", "16", "--latent", "2", "--epochs", "2",
      "--binarise", "stochastic", "--model", "m.safetensors")
    let report = try json(
      try aetool("evaluate", "--model", "m.safetensors", "--data", "digits:20:2", "--scores", "s.csv", "--json"))
    let scores = String(decoding: try aetool.contents("s.csv"), as: UTF8.self).split(separator: "\n").compactMap {
      Double($0)
    }
    let error = try #require(report["squared_error_per_sample"] as? Double)
    #expect(scores.count == 20 && abs(scores.reduce(0, +) / 20 - error) < 1e-4 * error)
  }
}
