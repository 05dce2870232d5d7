import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Linalg

struct Reconstruct: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Takes data through the model and back.",
    discussion: """
      For images and a name that ends in .png: a picture of the first --count samples, originals over reconstructions. \
      Otherwise all reconstructions as NPY (float32) or CSV.

      EXAMPLE
        aetool reconstruct --model digits.safetensors --data digits:40:2 --out seen.png
        aetool reconstruct --model table.safetensors --data table.csv --out seen.csv
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var picture: PictureOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let format = try ArrayFormat.of(output.out, allowsPictures: true)
    let model = try model.load()
    let data = try data.open()
    let shape = model.architecture.inputShape
    if format == .png {
      let images = try picture.imageShape(of: shape, for: output.out)
      let shown = data.subset(0..<min(picture.count, data.count))
      let reconstructed = try model.reconstruct(shown, threads: threads.threads)
      var originals = Matrix<Float>(rows: shown.count, columns: shown.featureCount)
      originals.withMutableView { shown.gather(rows: 0..<shown.count, into: $0) }
      try picture.write([originals, reconstructed], images, to: output.out)
      reportWritten(output.out, "\(shown.count) originals, each over its reconstruction")
    } else {
      let inference = Inference(model, .reconstruct, threads: threads.threads)
      try writeArray(inference, on: data, to: output.out, format, shape: shape)
      reportWritten(output.out, "\(data.count.grouped) reconstructions of shape \(shape)")
    }
  }
}
