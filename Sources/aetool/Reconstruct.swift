import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Linalg

struct Reconstruct: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes data through the model and back.",
    discussion: """
      For images and a name that ends in .png: a picture of the first --count samples, originals over reconstructions; \
      with --noise corrupted over cleaned over clean ones. Otherwise all reconstructions as NPY (float32) or CSV.

      EXAMPLE
        aetool reconstruct --model digits.safetensors --data digits:40:2 --out seen.png
        aetool reconstruct --model digits.safetensors --data digits:40:2 --noise masking:0.5 --out cleaned.png
        aetool reconstruct --model table.safetensors --data table.csv --out seen.csv
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var picture: PictureOptions

  @Option(
    help: ArgumentHelp("Corrupt the data first: \(Corruption.kinds).", valueName: "kind:amount"))
  var noise: Corruption?

  @Option(help: ArgumentHelp("Seed of the noise.", valueName: "number"))
  var seed: UInt64 = 0

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let format = try ArrayFormat.of(output.out, allowsPictures: true)
    let model = try model.load()
    let data = try data.open()
    let shape = model.inputShape
    if format == .png {
      let images = try picture.imageShape(of: shape, for: output.out)
      let shown = data.subset(0..<min(picture.count, data.count))
      var originals = Matrix<Float>(rows: shown.count, columns: shown.featureCount)
      originals.withMutableView { shown.gather(rows: 0..<shown.count, into: $0) }
      if let noise {
        let corrupted = try model.corrupted(shown, by: noise, seed: seed)
        let cleaned = try model.reconstruct(shown, corruptedBy: noise, seed: seed, threads: threads.threads)
        try picture.write([corrupted, cleaned, originals], images, to: output.out)
        return reportWritten(output.out, "\(shown.count) samples with \(noise), cleaned under it, clean under that")
      }
      let reconstructed = try model.reconstruct(shown, threads: threads.threads)
      try picture.write([originals, reconstructed], images, to: output.out)
      reportWritten(output.out, "\(shown.count) originals, each over its reconstruction")
    } else {
      let inference = Inference(model, .reconstruct, corruptedBy: noise, seed: seed, threads: threads.threads)
      try writeArray(inference, on: data, to: output.out, format, shape: shape)
      reportWritten(output.out, "\(data.count.grouped) reconstructions of shape \(shape)")
    }
  }
}
