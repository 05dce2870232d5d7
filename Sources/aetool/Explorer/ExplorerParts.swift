import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// What the page of `explore` is made of.
struct ExplorerParts {
  let models: [NamedModel]
  let threads: Int
  /// Samples to show and to start from, and more of them by their codes alone.
  private let samples, cloud: Dataset?
  private let ranges: [CodeRange]
  /// The codes of `cloud`, for each model.
  private let codes: [Matrix<Float>?]
  private(set) var shared: [String: PageData] = [:]

  /// How many samples a page holds as they are, how many codes, and how many sliders.
  private static let (mostSamples, mostCodes, mostSliders) = (600, 3000, 64)
  /// The numbers that the samples of a page may have in all: a byte or four each.
  private static let mostNumbers = 600_000

  init(_ models: [NamedModel], data: Dataset?, precision: BrowserModel.Precision, threads: Int) throws {
    self.models = models
    self.threads = threads
    for named in models {
      if let data { try named.model.check(data) }
      do {
        shared[Self.key(named)] = try BrowserModel(named.model, precision: precision).data
      } catch {
        throw ProgramError(.usage, "--model \(named.path): \(error)")
      }
    }
    cloud = data.map { $0.spread(Self.mostCodes) }
    let room = max(20, Self.mostNumbers / models[0].model.network.inputSize)
    samples = data.map { $0.spread(min(Self.mostSamples, room)) }
    if let samples { shared["samples"] = SampleSet(samples).data }
    var (codes, ranges): ([Matrix<Float>?], [CodeRange]) = ([], [])
    for named in models {
      let own = try cloud.map { try named.model.encode($0, threads: threads) }
      codes.append(own)
      ranges.append(try CodeRange(of: named, data: cloud, codes: own, threads: threads))
    }
    self.codes = codes
    self.ranges = ranges
  }

  private static func key(_ named: NamedModel) -> String { "model " + named.name }
  private var shape: [Int] { models[0].model.inputShape }
  /// Whether samples can be shown and drawn.
  var isImage: Bool { ImageShape(shape) != nil }

  func sections() throws -> [PageSection] {
    var sections: [PageSection] = []
    if isImage { sections.append(PageSection(id: "draw", title: "Draw", blocks: try draw())) }
    for index in models.indices {
      let blocks = try plane(index)
      if !blocks.isEmpty {
        sections.append(PageSection(id: "plane\(index + 1)", title: "Where codes lie" + suffix(index), blocks: blocks))
      }
    }
    for index in models.indices {
      sections.append(
        PageSection(
          id: "code\(index + 1)", title: "Every number of the code" + suffix(index), blocks: try sliders(index)))
    }
    if let samples, samples.count > 1 {
      sections.append(PageSection(id: "between", title: "Between two samples", blocks: try interpolation(samples)))
    }
    return sections
  }

  private func suffix(_ index: Int) -> String { models.count == 1 ? "" : ": \(models[index].name)" }

  // MARK: - Drawing

  private func draw() throws -> [PageBlock] {
    let list = models.map { named -> PageData in
      var fields: [String: PageData] = ["name": .text(named.name), "model": .text(Self.key(named))]
      if let errors = named.model.errorDistribution { fields["percentiles"] = .numbers(errors.percentiles) }
      return .object(fields)
    }
    var data: [String: PageData] = ["models": .list(list)]
    var fallback: [PageBlock] = []
    if let samples {
      data["samples"] = "samples"
      let last = models[models.count - 1].model
      data["codes"] = .float32(try last.encode(samples, threads: threads).values)
      fallback = [try reconstructions(of: samples.spread(12))]
    }
    let whose = models[0].model.errorDistribution.map { $0.isHeldOut ? "held-out" : "training" }
    return [
      .paragraph(
        "Draw, and see what \(models.count == 1 ? "the model makes" : "the models make") of it: an autoencoder can only "
          + "say what it has words for, and its error tells how strange the drawing is to it"
          + (whose.map { ", beside the errors on \($0) samples." } ?? ".")),
      .widget(Widget(.draw, data: .object(data), fallback: fallback)),
    ]
  }

  private func reconstructions(of some: Dataset) throws -> PageBlock {
    let layers = try [some.matrix.values] + models.map { try $0.model.reconstruct(some, threads: threads).values }
    return try picture(
      layers, labels: ["original"] + models.map(\.name), columns: some.count,
      caption: "Samples over their reconstructions",
      alternative: "Rows of samples, each over what the models make of it")
  }

  // MARK: - Codes

  private func plane(_ index: Int) throws -> [PageBlock] {
    guard let codes = codes[index], let cloud, codes.columns > 1 else { return [] }
    let pair = codes.columns == 2 ? [0, 1] : ranges[index].dimensions[..<2].map(\.index)
    let points = (0..<codes.rows).map { Chart.Point(Double(codes[$0, pair[0]]), Double(codes[$0, pair[1]])) }
    let isVariational = models[index].model.network.isVariational
    let scatter = Scatter(
      title: "Codes of \(models[index].name)", xLabel: "dimension \(pair[0] + 1)", yLabel: "dimension \(pair[1] + 1)",
      panels: [
        ScatterPanel(
          "\(codes.rows.grouped) samples", points: points, classes: cloud.labels,
          circles: isVariational ? [1, 2, 3] : [])
      ])
    let figure = PageBlock.figure(
      svg: scatter.svg(side: 460),
      caption: "Two numbers of the codes" + (cloud.labels == nil ? "" : ", coloured by class")
        + (isVariational ? "; the circles are the prior's first three standard deviations" : ""),
      alternative: "A scatter of \(codes.rows) codes")
    if codes.columns > 2 { return [figure] }
    var data: [String: PageData] = ["model": .text(Self.key(models[index])), "codes": .float32(codes.values)]
    if let labels = cloud.labels { data["labels"] = .numbers(labels.map { Int($0) }) }
    if !isImage, let samples { data["ranges"] = Self.ranges(samples) }
    return [
      .paragraph(
        "Each dot is the code of a sample. Drag the ring: the decoder makes a sample of any place, also of those "
          + "between the dots that no sample has."),
      .widget(Widget(.plane, data: .object(data), fallback: [figure])),
    ]
  }

  private static func ranges(_ samples: Dataset) -> PageData {
    let x = samples.matrix
    return .list(
      (0..<x.columns).map { j in
        let column = (0..<x.rows).map { x[$0, j] }
        return [.number(column.min()!), .number(column.max()!)]
      })
  }

  private func sliders(_ index: Int) throws -> [PageBlock] {
    let range = ranges[index]
    let shown = range.dimensions.prefix(Self.mostSliders)
    let list = shown.map { dimension -> PageData in
      [
        "index": .number(dimension.index), "from": .number(Float(dimension.from)), "to": .number(Float(dimension.to)),
        "note": .text(dimension.note),
      ]
    }
    var data: [String: PageData] = [
      "model": .text(Self.key(models[index])), "dimensions": .list(list), "centre": .numbers(range.centre),
    ]
    if samples != nil { data["samples"] = "samples" }
    let isVariational = models[index].model.network.isVariational
    let order =
      samples == nil
      ? "" : isVariational ? ", the most informative first" : ", each with its share of the variance, the largest first"
    var text = "One slider for each number of the code\(order)."
    if shown.count < range.dimensions.count {
      text += " The code has \(range.dimensions.count) numbers; \(shown.count) are shown."
    }
    return [.paragraph(text), .widget(Widget(.sliders, data: .object(data), fallback: try traversals(index)))]
  }

  /// The first dimensions from end to end, for readers without scripts.
  private func traversals(_ index: Int) throws -> [PageBlock] {
    let (range, model) = (ranges[index], models[index].model)
    let dimensions = range.dimensions.prefix(isImage ? 8 : 1)
    let steps = isImage ? 9 : 3
    let codes = dimensions.flatMap { dimension in
      (0..<steps).flatMap { step -> [Float] in
        var code = range.centre
        let share = Double(step) / Double(steps - 1)
        code[dimension.index] = Float(dimension.from + share * (dimension.to - dimension.from))
        return code
      }
    }
    let labels = model.network.classes.map { _ in [Int32](repeating: 0, count: dimensions.count * steps) }
    let decoded = try model.decode(codes: codes, labels: labels, threads: threads)
    if isImage {
      return [
        try picture(
          [decoded.values], labels: dimensions.map { "z\($0.index + 1)" }, columns: steps,
          caption: "The first \(dimensions.count) numbers of the code, each from its lowest to its highest",
          alternative: "Rows of images in each of which one number of the code changes")
      ]
    }
    return [
      .table(
        header: ["feature", "z\(dimensions[0].index + 1) lowest", "middle", "highest"],
        rows: (0..<decoded.columns).map { j in
          ["\(j + 1)"] + (0..<steps).map { Double(decoded[$0, j]).significant(3) }
        }, caption: "What the first number of the code does")
    ]
  }

  // MARK: - Between two samples

  private func interpolation(_ samples: Dataset) throws -> [PageBlock] {
    let list = models.map { named -> PageData in ["name": .text(named.name), "model": .text(Self.key(named))] }
    let second = samples.labels.flatMap { labels in labels.firstIndex { $0 != labels[0] } } ?? 1
    var fallback: [PageBlock] = []
    if isImage {
      let ends = samples.subset([0, Int32(second)])
      let layers = try models.map { named -> [Float] in
        let codes = try named.model.encode(ends, threads: threads)
        let between = (0..<9).flatMap { step in
          (0..<codes.columns).map { j in codes[0, j] + Float(step) / 8 * (codes[1, j] - codes[0, j]) }
        }
        let labels = named.model.network.classes.map { _ in [Int32](repeating: ends.labels![0], count: 9) }
        return try named.model.decode(codes: between, labels: labels, threads: threads).values
      }
      fallback = [
        try picture(
          layers, labels: models.map(\.name), columns: 9,
          caption: "From one sample to another in even steps of the code",
          alternative: "Rows of images that turn from one sample into another")
      ]
    }
    let data: PageData = ["models": .list(list), "samples": "samples", "pair": .numbers([0, second])]
    return [
      .paragraph("The codes between those of two samples, decoded, beside the plain mix of the two."),
      .widget(Widget(.interpolate, data: data, fallback: fallback)),
    ]
  }

  private func picture(
    _ layers: [[Float]], labels: [String], columns: Int, caption: String, alternative: String
  ) throws -> PageBlock {
    let image = ImageShape(shape)!
    let grid = ImageGrid(height: image.height, width: image.width, channels: image.channels, columns: columns)
    return .picture(png: try grid.png(layers, labels: labels), width: 640, caption: caption, alternative: alternative)
  }
}
