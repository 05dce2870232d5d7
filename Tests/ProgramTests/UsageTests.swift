import Foundation
import Testing

/// What the program says to a command line that it cannot take: one line, with what was probably meant.
@Suite struct UsageTests {
  /// Every line is the whole standard error of the words before it, and the status is 64.
  @Test func aWrongWordIsNamedWithTheLikelyOne() throws {
    let aetool = try Program()
    let train = ["train", "--data", "digits:10", "--model", "m"]
    func option(_ name: String, _ meant: String, _ command: String = "train") -> String {
      "\(name): there is no such option; did you mean \(meant)? see aetool \(command) --help"
    }
    let cases: [([String], String)] = [
      (["train", "--lr", "1"], option("--lr", "--learning-rate")),
      (["train", "--bs=4"], option("--bs", "--batch")),
      (["train", "--batch-size", "4"], option("--batch-size", "--batch")),
      (["train", "--n-components", "4"], option("--n-components", "--latent")),
      (["train", "--wd", "0.1"], option("--wd", "--weight-decay")),
      (["train", "--learning_rate", "1"], option("--learning_rate", "--learning-rate")),
      (["train", "--epoch", "1"], option("--epoch", "--epochs")),
      (["train", "--hiden", "1"], option("--hiden", "--hidden")),
      (["train", "-o", "m"], option("-o", "--model")),
      (["encode", "-o", "c.npy"], option("-o", "--out", "encode")),
      (["sample", "--n-samples", "4"], option("--n-samples", "--count", "sample")),
      (
        ["train", "--device", "cuda"],
        "--device: there is no such option, since everything is computed on the CPU; did you mean --threads? "
          + "see aetool train --help"
      ),
      (["train", "--nonsense", "3"], "--nonsense: there is no such option; see aetool train --help"),
      (["trian"], "'trian': there is no such command; did you mean train? see aetool --help"),
      (["fit", "--data", "x"], "'fit': there is no such command; did you mean train? see aetool --help"),
      (["help", "evalute"], "'evalute': there is no such command; did you mean evaluate? see aetool --help"),
      (
        train + ["--schedule", "cosin"],
        "--schedule cosin: expected constant, cosine, linear or stages; did you mean cosine? see aetool train --help"
      ),
      (train + ["--threads", "-1"], "--threads -1: must be from 1 to 256; see aetool train --help"),
      (train + ["--threads", "two"], "--threads two: expected a whole number from 1 to 256; see aetool train --help"),
      (
        train + ["--epochs", "1.5"],
        "--epochs 1.5: expected <n>: Passes over the training data, 20 by default; see aetool train --help"
      ),
      (
        train + ["--variant", "vea"],
        "--variant vea: there is no such variant, did you mean vae?; see aetool train --help"
      ),
      (["train", "--data"], "--data <file>: the value is missing; see aetool train --help"),
      (["train", "--model", "m"], "--data <file> is missing; see aetool train --help"),
      (["train", "--json=3"], "--json 3: the option takes no value; see aetool train --help"),
      (["encode", "extra"], "'extra': expected an option, which begins with --; see aetool encode --help"),
      (
        ["--data", "x", "train"],
        "--data: options stand behind the command, as in aetool train --data; see aetool train --help"
      ),
    ]
    for (words, line) in cases {
      let result = try aetool.run(Program.path, words)
      #expect(result.status == 64 && result.errors == "error: \(line)\n", "\(words): \(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  /// A number below 0 is the value of the option before it, not an option of its own.
  @Test func negativeNumbersAreValues() throws {
    let aetool = try Program()
    for (words, value) in [
      (["train", "--data", "digits:10", "--model", "m", "--epochs", "-3"], "--epochs -3: "),
      (["train", "--data", "digits:10", "--model", "m", "--learning-rate", "-.5"], "--learning-rate -0.5: "),
      (["latent-grid", "--model", "m", "--out", "x.png", "--range", "-inf"], "--range -inf: must be from 1e-06 to "),
      (["sample", "--model", "m", "--out", "x.png", "--count", "-9223372036854775808"], "--count -92233720368547"),
      (["traverse", "--model", "m", "--out", "x.png", "--dimensions", "-1,2"], "--dimensions -1,2: expected numbers"),
    ] {
      let result = try aetool.run(Program.path, words)
      #expect(result.status == 64 && result.errors.hasPrefix("error: \(value)"), "\(words): \(result.errors)")
    }
  }

  @Test func namesAreTakenInCapitals() throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:60:1", "--variant", "VAE", "--hidden", "6", "--latent", "2", "--epochs", "1",
      "--optimizer", "Adam", "--schedule", "Cosine", "--activation", "ReLU", "--likelihood", "Bernoulli", "--noise",
      "Masking:0.1", "--model", "m.safetensors")
    #expect(trained.status == 0 && trained.errors.contains("vae 784-6-4-"), "\(trained.errors)")
    let layers = try aetool("gradient-check", "--encoder", "Dense:5:TanH, dense:3", "--decoder", "DENSE")
    #expect(layers.status == 0, "\(layers.errors)")
  }

  /// Of options that do not go together those are named that were given.
  @Test func theOptionThatWasGivenIsNamed() throws {
    let aetool = try Program()
    let fit = ["train", "--data", "digits:10", "--model", "m", "--variant", "pca"]
    for (words, text) in [
      (fit + ["--log", "l"], "error: --log: does not apply to the variant 'pca'"),
      (fit + ["--epochs", "3", "--batch", "4"], "error: --epochs and --batch: does not apply to the variant 'pca'"),
      (
        ["compress", "--model", "m", "--data", "d", "--out", "o", "--max-error", "1", "--step", "1"],
        "error: --step and --max-error exclude each other"
      ),
      (
        ["pca-compare", "--data", "d", "--test", "d", "--out", "o", "--kernel", "3"],
        "error: --kernel: for the networks of --variant"
      ),
    ] {
      let result = try aetool.run(Program.path, words)
      #expect(result.status == 64 && result.errors.hasPrefix(text), "\(words): \(result.errors)")
    }
  }

  /// Values at the ends of what numbers can be have a range, or the file's own limits; none ends in a trap.
  @Test func extremeNumbersHaveARange() throws {
    let aetool = try Program()
    let model = ["--model", "m.safetensors"]
    _ = try aetool.trainSmall()
    for words in [
      ["filters"] + model + ["--out", "x.png", "--norm", "1e308"],
      ["filters"] + model + ["--out", "x.png", "--layer", "9223372036854775807"],
      ["latent-grid"] + model + ["--out", "x.png", "--range", "1e308"],
      ["traverse"] + model + ["--out", "x.gif", "--range", "5e-324"],
      ["compress"] + model + ["--data", "digits:9", "--out", "x.aez", "--step", "1e308"],
      ["reconstruct"] + model + ["--data", "digits:9", "--out", "x.npy", "--count", "9223372036854775807"],
      ["curves", "--logs", "l", "--out", "x.svg", "--skip", "9223372036854775807"],
      ["gradient-check", "--contraction", "1e308"], ["gradient-check", "--quantisation-noise", "65536"],
      ["gradient-check", "--rate-weight", "65536"],
      ["gradient-check", "--shape", "9223372036854775807,9223372036854775807"],
      ["gradient-check", "--shape", "16777216,16777216,16777216"],
      ["rate-distortion", "--data", "digits:9", "--out", "rd", "--bytes", "nan"],
    ] {
      let result = try aetool.run(Program.path, words)
      #expect(result.status == 64, "\(words): \(result.status) \(result.errors)")
      #expect(result.errors.hasPrefix("error: ") && result.errors.filter { $0 == "\n" }.count == 1)
    }
  }

  /// Help that goes to a pipe has lines of at most 80 characters, but for a form of a layer that has no blank, and its
  /// examples can be copied: a command that is broken goes on behind a backslash.
  @Test func helpFitsATerminal() throws {
    let aetool = try Program()
    for words in [["--help"], ["train", "--help"], ["help", "evaluate"], ["rate-distortion", "-h"]] {
      let help = try aetool.run(Program.path, words)
      #expect(help.status == 0 && help.errors.isEmpty)
      let lines = help.output.split(separator: "\n")
      for line in lines where line.contains("  ") || line.contains(", ") {
        #expect(line.count <= 80 || !line.trimmingCharacters(in: .whitespaces).contains(" "), "\(words): \(line)")
      }
    }
    // What shells read is not help, so it is not broken.
    let script = try aetool("--generate-completion-script", "bash")
    #expect(script.status == 0 && script.output.hasPrefix("#!/bin/bash\n") && script.output.contains("--learning-rate"))
    let help = try aetool("train", "--help").output
    #expect(help.contains("--hidden 256,64 --latent 16 \\\n      --model digits.safetensors\n"))
    #expect(help.contains("\n      --decoder \"dense:256:relu, dense\""))
  }

  /// A loss that is far larger than its derivatives leaves nothing of their numeric form, which is no bug.
  @Test func aNumericGradientThatIsLostInRoundingIsNoBug() throws {
    for words in [["--contraction", "1000000"], ["--rate-weight", "1e-9"]] {
      let result = try Program().run(Program.path, ["gradient-check", "--activation", "tanh"] + words)
      #expect(result.status == 64 && result.errors.contains("is lost in rounding"), "\(words): \(result.errors)")
    }
  }

  @Test func drawnDataWithoutANumberAreExplained() throws {
    let result = try Program()("train", "--data", "moons", "--model", "m")
    #expect(result.status == 66)
    #expect(
      result.errors == "error: moons: there is no such file; drawn data need a number of samples, as in moons:1000\n")
  }
}
