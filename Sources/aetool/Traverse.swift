import ArgumentParser
import Autoencoders
import Linalg

struct Traverse: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes steps along each dimension of the code.",
    discussion: """
      \(CodeAxesOptions.discussion)

      A picture (.png) has a row a dimension; beside it are the decoded numbers (.npy) and the dimensions' values, a \
      column a dimension (.csv). An animation (.gif) has an image a dimension, all a step on in each frame.

      EXAMPLE
        aetool traverse --model vae.safetensors --out dimensions.png
        aetool traverse --model vae.safetensors --data digits:100:2 --sample 7 --dimensions 1,3,5 --out seventh.gif
        aetool traverse --model deep.safetensors --data digits:1000:2 --size 9 --out dimensions.png
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var output: AnimationOptions

  @Option(help: ArgumentHelp("Steps.", valueName: "n"), transform: whole(2...100))
  var size = 11

  @Option(
    help: ArgumentHelp(
      "Dimensions of the code, counted from 1; all by default, the first 20 of more.", valueName: "list"),
    transform: parseSizes)
  var dimensions: [Int]?

  @OptionGroup var axes: CodeAxesOptions
  @OptionGroup var classes: ClassOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  func validate() throws {
    if let dimensions, Set(dimensions).count != dimensions.count || dimensions.count > 100 {
      throw ValidationError("--dimensions: expected up to 100 different numbers, as in 1,3,5")
    }
  }

  func run() throws {
    var files = FileRoles()
    files.reads("--model", model.model)
    files.reads(axes)
    let beside = try output.check(files, for: "traverse")
    let model = try model.load()
    try checkImages(of: model)
    let dimensions = dimensions ?? Array(1...min(20, model.network.codeSize))
    let axes = try axes.axes(of: model, dimensions: dimensions, size: size, threads: threads.threads)
    let codes = zip(dimensions, axes.values).flatMap { dimension, values in
      values.flatMap { axes.code((dimension, $0)) }
    }
    let images = try model.decode(
      codes: codes, labels: try classes.labels(codes.count / model.network.codeSize, of: model),
      threads: threads.threads)
    let shape = model.inputShape
    let list = dimensions.map(String.init).joined(separator: ", ")
    let what = "\(size) steps along \(dimensions.count == 1 ? "dimension" : "dimensions") \(list)"
    guard let beside else {
      let frames = (0..<size).map { step in images.rows(dimensions.indices.map { $0 * size + step }) }
      try output.writeAnimation(frames, shape: shape, columns: 10)
      return reportWritten(output.out, what)
    }
    let picture = try png(
      images, shape: shape, columns: size, labels: dimensions.map { "dimension \($0)" }, for: output.out)
    try beside.write(picture, numbers: images, shape: shape, table: axes.table)
    reportWritten(output.out, "\(what); numbers in \(beside.numbers), the dimensions' values in \(beside.table)")
  }
}
