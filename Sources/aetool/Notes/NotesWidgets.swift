import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// The widgets of the notes: what each kind's script is given (docs/pages.md has the forms).
enum NotesWidgets {
  /// What a codec makes of the shown images at a number of bytes.
  struct RateRow {
    let codec: String
    let bytes, error: Double
    let images: Matrix<Float>
  }

  static func rate(
    _ stops: [(bytes: Double, rows: [RateRow])], originals: Matrix<Float>, _ lab: NotesLab
  ) throws -> Widget {
    let data = try stops.map { stop -> PageData in
      let rows = try stop.rows.map { row -> PageData in
        [
          "name": .text(row.codec), "bytes": .number(row.bytes), "error": .number(row.error),
          "picture": .picture(try lab.picture([row.images], labels: [])),
        ]
      }
      return ["bytes": .number(stop.bytes), "rows": .list(rows)]
    }
    // Without scripts the stop is shown at which the other codecs begin.
    let shown = stops.first { $0.rows.count > 2 } ?? stops[stops.count - 1]
    let fallback = PageBlock.picture(
      png: try lab.picture(
        [originals] + shown.rows.map(\.images),
        labels: ["original"] + shown.rows.map { "\($0.codec)\n\($0.bytes.significant(3)) bytes" }), width: nil,
      caption: "The same images in at most \(shown.bytes.significant(3)) bytes each, by every codec that can",
      alternative: "Rows of digits: the originals, and what each codec keeps")
    return Widget(
      .rate, data: ["original": .picture(try lab.picture([originals], labels: [])), "stops": .list(data)],
      fallback: [fallback])
  }

  static func memory(_ model: NotesModel, samples: Dataset, _ lab: NotesLab) throws -> Widget {
    Widget(
      .memory, data: ["model": try lab.share(model), "samples": lab.share(samples, as: "memory samples")], fallback: [])
  }

  static func units(_ model: NotesModel, samples: Dataset, _ lab: NotesLab) throws -> Widget {
    Widget(
      .units,
      data: [
        "model": try lab.share(model), "samples": lab.share(samples, as: "unit samples"), "firing": 0.5,
      ], fallback: [])
  }

  static func denoise(_ model: NotesModel, _ other: NotesModel, samples: Dataset, _ lab: NotesLab) throws -> Widget {
    Widget(
      .denoise,
      data: [
        "models": .list([
          ["name": "denoising", "model": try lab.share(model)],
          ["name": "deep, never saw noise", "model": try lab.share(other)],
        ]), "samples": lab.share(samples, as: "shown"), "noise": "masking", "amount": 0.5, "most": 0.95,
      ], fallback: [])
  }

  static func field(_ model: NotesModel, samples: Dataset, _ lab: NotesLab) throws -> Widget {
    Widget(
      .field, data: ["model": try lab.share(model), "samples": lab.share(samples, as: "spiral")], fallback: [])
  }

  static func interpolate(_ models: [(String, NotesModel)], samples: Dataset, _ lab: NotesLab) throws -> Widget {
    let list = try models.map { name, model -> PageData in ["name": .text(name), "model": try lab.share(model)] }
    return Widget(
      .interpolate, data: ["models": .list(list), "samples": lab.share(samples, as: "shown"), "pair": [1, 7]],
      fallback: [])
  }

  /// - Parameter models: the name of each model, its key, and the model itself, with whose errors on training images
  ///   the page compares.
  static func draw(
    _ models: [(name: String, key: PageData, model: Model)], _ lab: NotesLab, fallback: [PageBlock]
  ) throws -> Widget {
    let list = models.map { name, key, model -> PageData in
      [
        "name": .text(name), "model": key,
        "percentiles": .numbers(model.errorDistribution?.percentiles ?? []),
      ]
    }
    let near = lab.data.train.spread(600)
    return Widget(
      .draw, data: ["models": .list(list), "samples": lab.share(near, as: "training images"), "neighbours": 1],
      fallback: fallback)
  }

  static func plane(_ model: NotesModel, _ lab: NotesLab) throws -> Widget {
    let shown = lab.data.test.spread(1500)
    var data: [String: PageData] = [
      "model": try lab.share(model), "codes": .float16(try model.model.encode(shown, threads: lab.threads).values),
    ]
    if let labels = shown.labels { data["labels"] = .numbers(labels.map { Int($0) }) }
    return Widget(.plane, data: .object(data), fallback: [])
  }

  /// Sliders for the numbers of a variational code, those with the largest divergence first, each over three deviations
  /// of the prior.
  static func sliders(_ model: NotesModel, divergences: [Double], _ lab: NotesLab) throws -> Widget {
    let order = divergences.indices.sorted { (divergences[$0], $1) > (divergences[$1], $0) }
    let dimensions = order.map { index -> PageData in
      [
        "index": .number(index), "from": -3, "to": 3, "note": .text("\(divergences[index].significant(2)) nats"),
      ]
    }
    return Widget(
      .sliders,
      data: [
        "model": try lab.share(model), "dimensions": .list(dimensions),
        "samples": lab.share(lab.shownTests(20), as: "shown"),
        "centre": .numbers([Double](repeating: 0, count: divergences.count)),
      ], fallback: [])
  }
}

extension NotesLab {
  /// Puts a model among what the page's scripts share, once, and returns its key.
  func share(_ trained: NotesModel) throws -> PageData { try share(trained.model, as: trained.name) }

  func share(_ model: Model, as name: String) throws -> PageData {
    if shared[name] == nil { shared[name] = try BrowserModel(model, precision: .float16).data }
    return .text(name)
  }

  func share(_ samples: Dataset, as name: String) -> PageData {
    if shared[name] == nil { shared[name] = SampleSet(samples).data }
    return .text(name)
  }
}
