import ArgumentParser
import Autoencoders
import Datasets
import Figures

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turns codes back into data.",
    discussion: """
      Writes samples × the model's input shape: NPY (float32) or CSV, or a PNG grid where they are images, by the name \
      of --out.

      EXAMPLE
        aetool decode --model digits.safetensors --data codes.npy --out digits.npy
        aetool decode --model digits.safetensors --data codes.npy --out digits.png
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var form: FormatOptions
  @OptionGroup var classes: ClassOptions
  @OptionGroup var picture: PictureOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  func run() throws {
    let format = try ArrayFormat.of(output.out, form.format, allowsPictures: true)
    var files = FileRoles(reading: model, data)
    try files.check(output, format.kind)
    let model = try model.load()
    var codes = try picture.first(of: try data.open(), isPicture: format == .png)
    if codes.labels == nil || classes.chosen != nil, let labels = try classes.labels(codes.count, of: model) {
      codes = codes.labelled(labels)
    }
    let shape = model.inputShape
    if format == .png {
      let images = try picture.imageShape(of: shape, for: output.out)
      let decoded = try model.decode(codes, threads: threads.threads)
      try picture.write([decoded], images, to: output.out)
      reportWritten(output.out, "\(decoded.rows) decoded images")
    } else {
      let inference = Inference(model, .decode, threads: threads.threads)
      try writeArray(inference, on: codes, to: output.out, format, shape: shape)
      reportWritten(output.out, "\(codes.count.grouped) samples of shape \(shape)")
    }
  }
}
