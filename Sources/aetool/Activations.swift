import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import Linalg

struct Activations: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws which units fire for which samples and labels.",
    discussion: """
      A row a sample, a column a unit, as an SVG heat map. Samples of labelled data are grouped by label, and units \
      ordered by the label that they fire for most. Names that end in .npy or .csv get the numbers, in the data's order.

      EXAMPLE
        aetool activations --model sparse.safetensors --data digits:300:2 --out fires.svg
        aetool activations --model deep.safetensors --data digits:300:2 --layer 1 --by-label --out labels.svg
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var form: FormatOptions
  @OptionGroup var layer: LayerOptions

  @Flag(help: "A row a label, the mean over its samples.")
  var byLabel = false

  @Option(
    help: ArgumentHelp("Samples in the picture, the first of each label.", valueName: "n"), transform: whole(1...5000))
  var count = 200

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  func run() throws {
    let path = output.out
    let isPicture = path.lowercased().hasSuffix(".svg")
    let format = isPicture ? nil : try ArrayFormat.of(path, form.format, allowsPictures: false)
    var files = FileRoles(reading: model, data)
    try files.check(output, format?.kind ?? .svg)
    let model = try model.load()
    let stage = try model.network.encoderStage(layer.layer)
    let data = try data.open()
    if byLabel && data.labels == nil {
      throw ProgramError(.usage, "--by-label: \(data.source) has no labels")
    }
    let inference = Inference(model, .layer(stage), threads: threads.threads)
    if let format {
      try writeArray(inference, on: data, to: path, format, shape: [inference.outputSize])
      return reportWritten(path, "activations of \(inference.outputSize) units for \(data.count.grouped) samples")
    }
    if inference.outputSize > PNG.longestSide {
      throw ProgramError(
        .usage,
        "--out \(path): \(inference.outputSize.grouped) units; a picture has at most \(PNG.longestSide.grouped), so write "
          + "them as .npy")
    }
    let values = try inference(data)
    let picture = try Picture(
      values, data.labels, count: count, byLabel: byLabel, title: model.network.name(ofLayer: stage))
    try AtomicFile.write(Array(try picture.map.svg(width: 860, height: 560).utf8), to: path)
    reportWritten(path, "\(picture.rows) rows, \(values.columns) units")
  }
}

/// The activations in the order in which they are drawn.
private struct Picture {
  let rows: Int
  let map: HeatMap

  init(_ values: Matrix<Float>, _ labels: [Int32]?, count: Int, byLabel: Bool, title: String) throws {
    let classes = labels.map { Set($0).sorted() } ?? []
    let units = values.columns
    var order = Array(0..<units)
    var means: [[Float]] = []
    if let labels {
      means = Self.means(values, labels, classes)
      // Units are ordered by the label that they fire for most, then by how much, so that a label's units lie together.
      func favourite(_ unit: Int) -> Int { means.indices.max { means[$0][unit] < means[$1][unit] } ?? 0 }
      let favourites = order.map(favourite)
      order.sort { a, b in
        (favourites[a], -means[favourites[a]][a], a) < (favourites[b], -means[favourites[b]][b], b)
      }
    }
    var pixels: [Float] = []
    var groups: [HeatMap.Group] = []
    if byLabel {
      for (index, label) in classes.enumerated() {
        pixels += order.map { means[index][$0] }
        groups.append(HeatMap.Group("\(label)", rows: 1))
      }
    } else {
      let chosen = Self.chosen(labels, classes, samples: values.rows, count: count)
      for (label, samples) in chosen {
        for sample in samples { pixels += order.map { values[sample, $0] } }
        if let label { groups.append(HeatMap.Group("\(label)", rows: samples.count)) }
      }
    }
    rows = pixels.count / units
    map = HeatMap(
      title: title, xLabel: labels == nil ? "unit" : "unit, ordered by the label that it fires for most",
      yLabel: labels == nil ? "sample" : byLabel ? "label (mean)" : "samples by label", values: pixels, rows: rows,
      columns: units, groups: groups)
  }

  /// Returns the mean activation of every unit for each class, classes × units.
  private static func means(_ values: Matrix<Float>, _ labels: [Int32], _ classes: [Int32]) -> [[Float]] {
    let units = values.columns
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    var sums = classes.map { _ in [Double](repeating: 0, count: units) }
    var counts = [Int](repeating: 0, count: classes.count)
    for (sample, label) in labels.enumerated() {
      let place = places[label]!
      counts[place] += 1
      for unit in 0..<units { sums[place][unit] += Double(values[sample, unit]) }
    }
    return classes.indices.map { place in sums[place].map { Float($0 / Double(counts[place])) } }
  }

  /// Returns the first `count` ÷ classes samples of each class, or the first `count` samples where there are no
  /// classes.
  private static func chosen(
    _ labels: [Int32]?, _ classes: [Int32], samples: Int, count: Int
  ) -> [(label: Int32?, samples: [Int])] {
    guard let labels else { return [(nil, Array(0..<min(count, samples)))] }
    let each = max(1, count / classes.count)
    return classes.map { label in (label, Array((0..<samples).lazy.filter { labels[$0] == label }.prefix(each))) }
  }
}
