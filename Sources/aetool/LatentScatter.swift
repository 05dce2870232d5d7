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
      Two dimensions of the codes; of codes with more than two numbers their first two principal components, where \
      --dimensions names no others. Codes of a variational model are the means; around 0 then lie circles of radius 1, \
      2 and 3, the prior's standard deviations, which it has in every direction. Classes are the data's own, or those \
      of --labels.

      EXAMPLE
        aetool latent-scatter --model vae.safetensors --data digits:3000:2 --out codes.svg
        aetool latent-scatter --model deep.safetensors --data x.npy --labels y.npy --dimensions 2,5 --out codes.svg
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("Where to write the picture (SVG).", valueName: "file"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "Two dimensions of the code, counted from 1; the principal two by default.", valueName: "pair"),
    transform: parseSizes)
  var dimensions: [Int]?

  @Option(
    help: ArgumentHelp("Points, at most; of more samples that many are drawn at random.", valueName: "n"),
    transform: whole(1...100_000))
  var points = 5000

  @Option(help: ArgumentHelp("Seed of the choice of samples.", valueName: "number"))
  var seed: UInt64 = 0

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions

  func validate() throws {
    if let dimensions { try checkPair(dimensions) }
    if !out.lowercased().hasSuffix(".svg") {
      throw ValidationError("--out \(out): the picture is an SVG; let the name end in .svg")
    }
  }

  func run() throws {
    var files = FileRoles(reading: model, data)
    files.writes("--out", out, .svg)
    try files.check(force: overwriting.force)
    let model = try model.load()
    if let dimensions { try checkDimensions(dimensions, of: model) }
    let data = try data.open()
    let classes = data.labels
    var random = RandomStream(seed: seed, purpose: .other)
    let chosen =
      data.count > points
      ? random.permutation(data.count).prefix(points).sorted() : (0..<data.count).map { Int32($0) }
    let codes = try model.encode(data.subset(chosen), threads: threads.threads)
    let plane = try plane(of: codes, model, data)
    let panel = ScatterPanel(
      "\(codes.rows.grouped) of \(data.count.grouped) samples from \(data.source.split(separator: "/").last ?? "")",
      points: plane.points,
      classes: classes.map { all in chosen.map { all[Int($0)] } },
      circles: model.network.isVariational ? [1, 2, 3] : [])
    let scatter = Scatter(
      title: "\(model.name): codes", xLabel: plane.labels.x, yLabel: plane.labels.y, panels: [panel])
    try AtomicFile.write(Array(scatter.svg(side: 560).utf8), to: out)
    reportWritten(out, "\(codes.rows.grouped) points over \(plane.labels.x) and \(plane.labels.y)")
  }

  /// Returns the codes as points, with what the axes are.
  private func plane(
    of codes: Matrix<Float>, _ model: Model, _ data: Dataset
  ) throws -> (points: [Chart.Point], labels: (x: String, y: String)) {
    if dimensions == nil, codes.columns > 2, codes.rows > 2 {
      if let place = codes.values.firstIndex(where: { !$0.isFinite }) {
        throw FileError(.malformed, data.source, "the code of sample \(place / codes.columns + 1) is not finite")
      }
      let wide = Matrix<Double>(rows: codes.rows, columns: codes.columns, values: codes.values.map { Double($0) })
      let pca = try PCA.fit(wide, .components(2), threads: threads.threads)
      let flat = pca.encode(wide)
      // Of a variational model the prior's middle stays at 0, so the mean that the fit has subtracted is added again.
      let middle = (0..<2).map { axis in
        model.network.isVariational ? (0..<wide.columns).reduce(0) { $0 + pca.components[axis, $1] * pca.mean[$1] } : 0
      }
      func label(_ name: String, _ index: Int) -> String {
        "\(name) principal component (\((100 * pca.explainedVarianceRatio[index]).formatted(0)) % of the variance)"
      }
      return (
        (0..<flat.rows).map { Chart.Point(flat[$0, 0] + middle[0], flat[$0, 1] + middle[1]) },
        (label("first", 0), label("second", 1))
      )
    }
    let pair = dimensions ?? [1, 2]
    try checkDimensions(pair, of: model)
    return (
      (0..<codes.rows).map { Chart.Point(Double(codes[$0, pair[0] - 1]), Double(codes[$0, pair[1] - 1])) },
      ("dimension \(pair[0])", "dimension \(pair[1])")
    )
  }
}
