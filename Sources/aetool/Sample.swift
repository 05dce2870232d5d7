import ArgumentParser
import Autoencoders
import Datasets
import Linalg

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws new data from a variational model: codes from the prior N(0, I), decoded.",
    discussion: """
      Writes a picture of images (PNG), or all numbers as NPY or CSV, by the name of --out. Of a conditional \
      model the classes take turns, or all samples have --class.

      EXAMPLE
        aetool sample --model vae.safetensors --count 64 --columns 8 --out new.png
        aetool sample --model vae.safetensors --count 1000 --seed 3 --out new.npy
        aetool sample --model conditional.safetensors --class 7 --out sevens.png
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var form: FormatOptions

  @Option(help: ArgumentHelp("Samples to draw.", valueName: "n"), transform: whole(1...10_000_000))
  var count = 64

  @Option(help: ArgumentHelp("Images in a row of a picture.", valueName: "n"), transform: whole(1...100))
  var columns = 8

  @Option(help: ArgumentHelp("Seed of the codes.", valueName: "number"))
  var seed: UInt64 = 0

  @OptionGroup var classes: ClassOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  func run() throws {
    let format = try ArrayFormat.of(output.out, form.format, allowsPictures: true)
    if format == .png && count > 10_000 {
      throw ProgramError(.usage, "--count \(count): a picture has at most 10000; write more as .npy or .csv")
    }
    var files = FileRoles()
    files.reads("--model", model.model)
    try files.check(output, format.kind)
    let model = try model.load()
    guard model.network.isVariational else {
      throw ProgramError(
        .usage,
        "--model: codes of the variant '\(model.name)' have no known distribution to draw from; "
          + "train --variant vae")
    }
    var codes = Matrix<Float>(rows: count, columns: model.network.codeSize)
    var random = RandomStream(seed: seed, purpose: .latent)
    codes.withMutableView { random.fillNormal($0) }
    // Where the user chooses no class, sample i is of class i modulo the number of classes.
    let labels = try classes.labels(count, of: model) { $0 }
    let data = Dataset(codes, labels: labels, source: "the prior")
    if format == .png {
      try writeImages(
        try model.decode(data, threads: threads.threads), shape: model.inputShape, columns: columns,
        to: output.out)
    } else {
      let inference = Inference(model, .decode, threads: threads.threads)
      try writeArray(inference, on: data, to: output.out, format, shape: model.inputShape)
    }
    reportWritten(output.out, "\(count.grouped) samples of shape \(model.inputShape)")
  }
}
