import ArgumentParser
import Autoencoders

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how well a model reconstructs data.",
    discussion: """
      Errors are summed over features and averaged over samples, on data as the network sees them: pixels in [0, 1], \
      tables as scaled.

      EXAMPLE
        aetool evaluate --model digits.safetensors --data digits:2000:2
        aetool evaluate --model digits.safetensors --data digits:2000:2 --json
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var result: ResultOptions

  func run() throws {
    let model = try model.load()
    let evaluation = try model.evaluate(try data.open(), threads: threads.threads)
    if result.json { return try Console.json(evaluation) }
    for (name, value) in lines(evaluation) {
      Console.result(name + String(repeating: " ", count: max(1, 34 - name.count)) + value)
    }
  }

  private func lines(_ e: Evaluation) -> [(String, String)] {
    var lines = [
      ("samples", e.samples.grouped),
      ("squared error per sample", e.squaredErrorPerSample.significant(5)),
      ("mean squared error per feature", e.meanSquaredError.significant(5)),
    ]
    if let psnr = e.psnrDB { lines.append(("PSNR", psnr.formatted(2) + " dB")) }
    if let value = e.crossEntropyPerSample { lines.append(("cross-entropy per sample", "\(value.formatted(3)) nats")) }
    if let value = e.crossEntropyFloor { lines.append(("  the data's own entropy", "\(value.formatted(3)) nats")) }
    if let value = e.crossEntropyExcess { lines.append(("  above it", "\(value.formatted(3)) nats")) }
    if let value = e.meanActivation { lines.append(("mean activation of the code", value.significant(4))) }
    if let value = e.logLikelihood { lines.append(("log-likelihood per sample", "\(value.formatted(3)) nats")) }
    return lines
  }
}
