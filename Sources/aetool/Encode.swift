import ArgumentParser
import Autoencoders

struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turns data into codes.",
    discussion: """
      Writes samples × code size: NPY (float32) or CSV, by the name of --out.

      EXAMPLE
        aetool encode --model digits.safetensors --data digits:1000:2 --out codes.npy
        aetool encode --model m.safetensors --data x.npy --out - | aetool decode --model m.safetensors --data - --out y.npy
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var form: FormatOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  func run() throws {
    let format = try ArrayFormat.of(output.out, form.format, allowsPictures: false)
    var files = FileRoles(reading: model, data)
    try files.check(output, format.kind)
    let model = try model.load()
    let data = try data.open()
    let inference = Inference(model, .encode, threads: threads.threads)
    try writeArray(inference, on: data, to: output.out, format, shape: [model.network.codeSize])
    reportWritten(output.out, "\(data.count.grouped) codes of \(model.network.codeSize) numbers")
  }
}
