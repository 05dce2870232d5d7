import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// What a report says of one model.
struct ModelPart {
  let named: NamedModel
  let evaluation: Evaluation
  private let data: Dataset
  /// The epochs of the training's log, where there is one.
  private let epochs: [[String: Double]]?
  /// The squared error of each sample.
  private let errors: [Double]
  private let threads: Int

  private static let shownSamples = 12

  init(_ named: NamedModel, data: Dataset, epochs: [[String: Double]]?, seed: UInt64, threads: Int) throws {
    self.named = named
    self.data = data
    self.epochs = epochs
    self.threads = threads
    evaluation = try named.model.evaluateAll(data, seed: seed, threads: threads)
    errors = try named.model.squaredErrors(data, seed: seed, threads: threads)
  }

  private var image: ImageShape? { ImageShape(named.model.inputShape) }

  func sections() throws -> [PageSection] {
    var sections = [PageSection(id: "numbers", title: "The numbers, in words", blocks: numbers())]
    if image != nil {
      sections.append(
        PageSection(id: "pictures", title: "What goes in, what comes out", blocks: [try reconstructions()]))
    }
    sections.append(PageSection(id: "errors", title: "How the errors are distributed", blocks: distribution()))
    sections.append(
      PageSection(id: "strange", title: "The strangest samples and the most typical", blocks: try extremes()))
    if let epochs { sections.append(PageSection(id: "training", title: "Training", blocks: curve(epochs))) }
    sections.append(PageSection(id: "model", title: "The model", blocks: layers()))
    return sections
  }

  // MARK: - Numbers

  private func numbers() -> [PageBlock] {
    var told: Set<String> = []
    let rows = Evaluate.lines(evaluation).map { name, value in
      // Of several numbers of one kind the first is explained.
      let meaning = NumberMeaning.of(name)
      return [name.drop { $0 == " " }.description, value, told.insert(meaning).inserted ? meaning : ""]
    }
    var blocks: [PageBlock] = []
    if let verdict = evaluation.variational?.verdict {
      blocks.append(.paragraph("The code: " + InvalidArgument.translated(verdict) { "`\(flag($0))`" } + "."))
    }
    if let comparison = evaluation.againstTraining {
      let share = comparison.shareBeyond99thPercentile
      blocks.append(
        .verdict(
          Verdict(
            isSeen: share <= 0.03,
            text:
              "these data are of the kind that the model knows: \((100 * share).formatted(2)) % of them have an error "
              + "beyond the 99th percentile of its \(comparison.reference.whose)")))
    }
    return blocks + [
      .table(header: ["", "value", "what it says"], rows: rows, caption: "The numbers of `aetool evaluate`")
    ]
  }

  // MARK: - Pictures

  private func reconstructions() throws -> PageBlock {
    let some = data.spread(Self.shownSamples)
    return try picture(
      [some.matrix, named.model.reconstruct(some, threads: threads)], labels: ["original", "model"],
      caption: "Samples over their reconstructions",
      alternative: "\(some.count) samples, each over what the model makes of it")
  }

  private func picture(
    _ layers: [Matrix<Float>], labels: [String], caption: String, alternative: String
  ) throws -> PageBlock {
    let image = image!
    let grid = ImageGrid(
      height: image.height, width: image.width, channels: image.channels,
      columns: min(Self.shownSamples, layers[0].rows))
    return .picture(
      png: try grid.png(layers.map(\.values), labels: labels), width: 720, caption: caption, alternative: alternative)
  }

  private func distribution() -> [PageBlock] {
    if let comparison = evaluation.againstTraining {
      let chart = Evaluate.chart(comparison, of: data.source)
      return [
        .figure(
          svg: chart.svg(),
          caption:
            "The share of samples with an error below x. Where the lines lie apart, the data are of another kind, or "
            + "the model has learned its training samples by heart.",
          alternative: "Two rising lines of shares of samples over their error")
      ]
    }
    let own = ErrorDistribution(errors)
    let chart = Chart(
      title: "squared errors", xLabel: "squared error of a sample", yLabel: "% of samples below",
      series: [.init("these data", own.percentiles.enumerated().map { .init($1, Double($0)) })], startsAtZero: true,
      xScale: .fitting(own.percentiles))
    return [
      .figure(
        svg: chart.svg(), caption: "The share of samples with an error below x",
        alternative: "A rising line of shares of samples over their error")
    ]
  }

  // MARK: - Samples

  private func extremes() throws -> [PageBlock] {
    let order = errors.indices.sorted { (errors[$0], $0) < (errors[$1], $1) }
    let count = min(Self.shownSamples, max(1, order.count / 2))
    let (typical, strange) = (Array(order.prefix(count)), Array(order.suffix(count).reversed()))
    return try [("strangest", strange), ("most typical", typical)].flatMap { name, indices -> [PageBlock] in
      let rows = indices.map { index in
        ["\(index + 1)", errors[index].significant(4)] + (data.labels.map { ["\($0[index])"] } ?? [])
      }
      let table = PageBlock.table(
        header: ["sample", "squared error"] + (data.labels == nil ? [] : ["class"]), rows: rows,
        caption: "The \(name) samples, counted from 1")
      if image == nil { return [table] }
      let some = data.subset(indices.map { Int32($0) })
      let shown = try picture(
        [some.matrix, named.model.reconstruct(some, threads: threads)], labels: ["original", "model"],
        caption: "The \(count) \(name) samples over their reconstructions, with errors from "
          + "\(errors[indices[0]].significant(3)) to \(errors[indices[count - 1]].significant(3))",
        alternative: "The \(name) samples, each over what the model makes of it")
      return [shown]
    }
  }

  // MARK: - Training and layers

  private func curve(_ epochs: [[String: Double]]) -> [PageBlock] {
    let lines = [("train_loss", "training"), ("validation_loss", "validation")].map { key, name in
      Curves.line(name, key, epochs[...], over: .epoch)
    }.filter { !$0.points.isEmpty }
    if lines.isEmpty { return [.paragraph("The log holds no losses.")] }
    let chart = Chart(
      title: "loss over training", xLabel: "epoch", yLabel: "loss", series: lines,
      yScale: .fitting(lines.flatMap(\.points).map(\.y)))
    return [
      .figure(
        svg: chart.svg(),
        caption: "The loss, summed over features and averaged over samples"
          + (lines.count > 1 ? ". Where the validation's line rises, training learns its samples by heart." : ""),
        alternative: "The loss over \(epochs.count) epochs")
    ]
  }

  private func layers() -> [PageBlock] {
    let network = named.model.network
    let rows = network.layers.indices.map { index -> [String] in
      let layer = network.layers[index]
      return [
        index < network.encoderDepth ? "encoder" : "decoder", layer.summary, layer.outputSize.grouped,
        layer.parameters.reduce(0) { $0 + $1.count }.grouped,
      ]
    }
    let facts = ModelReport(named.model).lines.filter { !$0.hasPrefix("  ") }.map { line -> [String] in
      let name = line.prefix(12)
      return [
        name.split(separator: " ").joined(separator: " "), line.dropFirst(name.count).drop { $0 == " " }.description,
      ]
    }
    return [
      .table(header: ["", "layer", "outputs", "parameters"], rows: rows, caption: "The layers, from input to output"),
      .table(header: ["", ""], rows: facts, caption: "What `aetool info` says"),
    ]
  }
}
