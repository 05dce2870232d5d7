import ArgumentParser
import Autoencoders
import Linalg

struct LatentGrid: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latent-grid",
    abstract: "Decodes a grid over two dimensions of the code.",
    discussion: """
      \(CodeAxesOptions.discussion) The first axis goes to the right, the second up. Beside the PNG: the decoded numbers \
      (.npy) and the axes' values (.csv).

      EXAMPLE
        aetool latent-grid --model vae.safetensors --out grid.png
        aetool latent-grid --model deep.safetensors --data digits:1000:2 --dimensions 1,3 --size 15 --out grid.png
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("Where to write the picture (PNG).", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Images a side.", valueName: "n"), transform: whole(2...100))
  var size = 20

  @Option(
    help: ArgumentHelp("The two dimensions of the code, counted from 1.", valueName: "pair"), transform: parseSizes)
  var dimensions: [Int] = [1, 2]

  @OptionGroup var axes: CodeAxesOptions
  @OptionGroup var classes: ClassOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions

  func validate() throws {
    try checkPair(dimensions)
    if !out.lowercased().hasSuffix(".png") {
      throw ValidationError("--out \(out): the picture is a PNG; let the name end in .png")
    }
  }

  func run() throws {
    let beside = SideFiles(command: "latent-grid", picture: out)
    var files = FileRoles()
    files.reads("--model", model.model)
    files.reads(axes)
    beside.add(to: &files)
    try files.check(force: overwriting.force)
    try beside.check(force: overwriting.force)
    let model = try model.load()
    try checkImages(of: model)
    let axes = try axes.axes(of: model, dimensions: dimensions, size: size, threads: threads.threads)
    let codes = (0..<size).reversed().flatMap { up in
      (0..<size).flatMap { right in
        axes.code((dimensions[0], axes.values[0][right]), (dimensions[1], axes.values[1][up]))
      }
    }
    let images = try model.decode(
      codes: codes, labels: try classes.labels(codes.count / model.network.codeSize, of: model),
      threads: threads.threads)
    try beside.write(
      try png(images, shape: model.inputShape, columns: size, for: out), numbers: images, shape: model.inputShape,
      table: axes.table)
    reportWritten(
      out,
      "\(size)×\(size) images over dimensions \(dimensions[0]) and \(dimensions[1]); numbers in \(beside.numbers), axes in "
        + "\(beside.table)")
  }
}
