import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import Linalg

struct LatentScatter: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latent-scatter",
    abstract: "Draws where the codes of samples lie, coloured by class.",
    discussion: """
      Two dimensions of the codes, of a variational model the means; around 0 then lie circles of radius 1, 2 and 3, \
      the prior's standard deviations. Classes are the data's own, or those of --labels.

      EXAMPLE
        aetool latent-scatter --model vae.safetensors --data digits:3000:2 --out codes.svg
        aetool latent-scatter --model deep.safetensors --data x.npy --labels y.npy --dimensions 2,5 --out codes.svg
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("Where to write the picture (SVG).", valueName: "file"))
  var out: String

  @Option(
    help: ArgumentHelp("The two dimensions of the code, counted from 1.", valueName: "pair"), transform: parseSizes)
  var dimensions: [Int] = [1, 2]

  @Option(help: ArgumentHelp("Points, at most; of more samples that many are drawn at random.", valueName: "n"))
  var points = 5000

  @Option(help: ArgumentHelp("Seed of the choice of samples.", valueName: "number"))
  var seed: UInt64 = 0

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try checkPair(dimensions)
    if !(1...100_000 ~= points) { throw ValidationError("--points \(points): must be from 1 to 100000") }
    if !out.lowercased().hasSuffix(".svg") {
      throw ValidationError("--out \(out): the picture is an SVG; let the name end in .svg")
    }
  }

  func run() throws {
    let model = try model.load()
    try checkDimensions(dimensions, of: model)
    let data = try data.open()
    let classes = data.labels
    var random = RandomStream(seed: seed, purpose: .other)
    let chosen =
      data.count > points
      ? random.permutation(data.count).prefix(points).sorted() : (0..<data.count).map { Int32($0) }
    let codes = try model.encode(data.subset(chosen), threads: threads.threads)
    let panel = ScatterPanel(
      "\(codes.rows.grouped) of \(data.count.grouped) samples from \(data.source.split(separator: "/").last ?? "")",
      points: (0..<codes.rows).map { row in
        Chart.Point(Double(codes[row, dimensions[0] - 1]), Double(codes[row, dimensions[1] - 1]))
      },
      classes: classes.map { all in chosen.map { all[Int($0)] } },
      circles: model.network.isVariational ? [1, 2, 3] : [])
    let scatter = Scatter(
      title: "\(model.name): codes", xLabel: "dimension \(dimensions[0])",
      yLabel: "dimension \(dimensions[1])", panels: [panel])
    try AtomicFile.write(Array(scatter.svg(side: 560).utf8), to: out)
    reportWritten(out, "\(codes.rows.grouped) points over dimensions \(dimensions[0]) and \(dimensions[1])")
  }
}
