import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Linalg

struct Reconstruct: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes data through the model and back.",
    discussion: """
      For images and a name that ends in .png: a picture, originals over reconstructions; with --noise corrupted over \
      cleaned over clean ones. Otherwise the reconstructions as NPY (float32) or CSV. --count takes the first samples.

      EXAMPLE
        aetool reconstruct --model digits.safetensors --data digits:40:2 --out seen.png
        aetool reconstruct --model digits.safetensors --data digits:40:2 --noise masking:0.5 --out cleaned.png
        aetool reconstruct --model table.safetensors --data table.csv --out seen.csv
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var form: FormatOptions
  @OptionGroup var picture: PictureOptions

  @Option(
    help: ArgumentHelp("Corrupt the data first: \(Corruption.kinds).", valueName: "kind:amount"))
  var noise: Corruption?

  @Option(help: ArgumentHelp("Seed of the noise.", valueName: "number"))
  var seed: UInt64 = 0

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  func run() throws {
    let format = try ArrayFormat.of(output.out, form.format, allowsPictures: true)
    var files = FileRoles(reading: model, data)
    try files.check(output, format.kind)
    let model = try model.load()
    let data = try picture.first(of: try data.open(), isPicture: format == .png)
    let shape = model.inputShape
    if format == .png {
      let images = try picture.imageShape(of: shape, for: output.out)
      let originals = data.matrix
      if let noise {
        let corrupted = try model.corrupted(data, by: noise, seed: seed)
        let cleaned = try model.reconstruct(data, corruptedBy: noise, seed: seed, threads: threads.threads)
        try picture.write(
          [corrupted, cleaned, originals], labels: ["corrupted", "cleaned", "original"], images, to: output.out)
        return reportWritten(output.out, "\(data.count) samples with \(noise), cleaned under it, clean under that")
      }
      let reconstructed = try model.reconstruct(data, threads: threads.threads)
      try picture.write(
        [originals, reconstructed], labels: ["original", "reconstruction"], images, to: output.out)
      reportWritten(output.out, "\(data.count) originals, each over its reconstruction")
    } else {
      let inference = Inference(model, .reconstruct, corruptedBy: noise, seed: seed, threads: threads.threads)
      try writeArray(inference, on: data, to: output.out, format, shape: shape)
      reportWritten(output.out, "\(data.count.grouped) reconstructions of shape \(shape)")
    }
  }
}
