import Autoencoders
import Datasets
import Figures
import Files
import Linalg
import Pages

/// Autoencoders as compressors: particular about their data, lossy, and learned; bytes against error beside JPEG and
/// WebP.
enum NotesCompression: NotesPart {
  static let id = "compression"
  static let title = "Compression"
  static let seconds = (quick: 25.0, full: 70.0)

  private struct Point: Codable {
    let bytesPerSample, squaredError: Double
  }

  private struct Curve: Codable {
    let codec: String
    let points: [Point]
  }

  /// The errors of a model on two kinds of images.
  private struct Particular: Codable {
    let own, foreign, ownVariance, foreignVariance: Double

    /// The shares of the variance of both kinds that the reconstruction leaves.
    var left: (own: Double, foreign: Double) { (own / ownVariance, foreign / foreignVariance) }
    var isParticular: Bool { left.foreign > 2 * left.own }

    var text: String {
      "it leaves \((100 * left.own).significant(3)) % of the variance of its own kind and "
        + "\((100 * left.foreign).significant(3)) % of the other's"
    }
  }

  private struct Numbers: Codable {
    let curves: [Curve]
    /// The model of the training data, and one of the other images: each on its own kind and on the other.
    let here, there: Particular
    /// The bytes of the model's file.
    let modelBytes: Int
  }

  private static let rates: [Double] = [3, 5, 7, 9, 14, 28, 36, 50, 80]
  private static let shownCount = 10

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let (model, other) = (try lab.deep(16), try lab.foreignModel())
    let numbers = try lab.store.numbers(id) {
      try lab.checkInterrupt()
      let study = study(lab)
      let curves = try codecs(lab, model).map { codec in
        try lab.checkInterrupt()
        return Curve(codec: codec.name, points: try study.curve(codec).map(point))
      }
      func particular(_ model: Model, _ own: Dataset, _ foreign: Dataset) throws -> Particular {
        func error(_ data: Dataset) throws -> Double {
          try mean(model.squaredErrors(data.spread(1000), in: Scaling.none, threads: lab.threads))
        }
        return Particular(
          own: try error(own), foreign: try error(foreign), ownVariance: lab.variance(own),
          foreignVariance: lab.variance(foreign))
      }
      return Numbers(
        curves: curves, here: try particular(model.model, lab.data.test, lab.unseenForeign),
        there: try particular(other.model, lab.unseenForeign, lab.data.test),
        modelBytes: try readFile(lab.store.path(ofModel: model.name)).count)
    }
    let learned = numbers.curves[0]
    let rate = learned.points.map(\.bytesPerSample).min()!
    let chosen = learned.points[learned.points.count - 2]
    let others = numbers.curves.dropFirst().compactMap { curve in
      bytes(of: curve.points, at: chosen.squaredError).map { (curve.codec, $0) }
    }
    let best = others.map(\.1).min()
    let claims = [
      NotesClaim(
        "it is particular about its data: trained on one kind of images, it fails on another, and the other way round",
        isSeen: numbers.here.isParticular && numbers.there.isParticular,
        "trained on \(lab.names.train), \(numbers.here.text); trained on \(lab.names.foreign), \(numbers.there.text)"),
      NotesClaim(
        "it is lossy: a file is never the original again", isSeen: learned.points.allSatisfy { $0.squaredError > 0 },
        "the least error on the curve is \(learned.points.map(\.squaredError).min()!.significant(3)), at "
          + "\(learned.points.map(\.bytesPerSample).max()!.significant(3)) bytes an image; it begins at "
          + "\(rate.significant(3)) bytes"),
      NotesClaim(
        "at a few bytes an image it needs far fewer than codecs for all images",
        isSeen: best.map { $0 > 1.5 * chosen.bytesPerSample } ?? false,
        "for an error of \(chosen.squaredError.significant(3)) the learned code takes "
          + "\(chosen.bytesPerSample.significant(3)) bytes an image, "
          + others.map { "\($0.0) \($0.1.significant(3))" }.joined(separator: ", "),
        otherwise: "no other codec has that error on its curve, or takes as few bytes"),
    ]
    return NotesSection(
      blocks: [
        .paragraph(
          "A code of 16 numbers, each rounded and entropy-coded, is a small file: `aetool compress` writes it, with "
            + "the bytes of everything that a reader needs but the model, which has \(numbers.modelBytes.grouped) "
            + "bytes once. JPEG and WebP know nothing of these images. They are given their best forms here: "
            + "`montage`, many images tiled into one, and `stripped`, an image a file without the headers that all "
            + "share."),
        .figure(
          svg: chart(numbers),
          caption: "Bytes of real files against squared error, \(lab.fewTests.count.grouped) test images",
          alternative: "One falling line for each codec; the learned one lies lowest at few bytes"),
        .widget(try rateWidget(lab, model)), .verdict(claims[2].verdict), .verdict(claims[1].verdict),
        .picture(
          png: try picture(model.model, other.model, lab), width: nil,
          caption:
            "Both kinds of images; what the model of the first kind makes of them, and what that of the second does",
          alternative: "Three rows: the originals; digits kept and shapes spoilt; shapes kept and digits spoilt"),
        .verdict(claims[0].verdict),
        .commands([
          "aetool compress --model deep-16.safetensors --data \(lab.testName) --out test.aez --verify",
          "aetool rate-distortion --data \(lab.testName) --model deep-16.safetensors --out rate-distortion",
        ]),
      ], claims: claims)
  }

  private static func point(_ measurement: RateDistortionStudy.Measurement) -> Point {
    Point(bytesPerSample: measurement.point.bytesPerSample, squaredError: measurement.point.squaredError)
  }

  private static func study(_ lab: NotesLab) -> RateDistortionStudy {
    let image = ImageShape(lab.data.train.shape)!
    return RateDistortionStudy(lab.data.test.spread(1000), pixels: image.width * image.height)
  }

  private static func codecs(_ lab: NotesLab, _ model: NotesModel) throws -> [any SampleCodec] {
    let image = ImageShape(lab.data.train.shape)!
    let wanted = ["jpeg-montage", "webp-montage", "jpeg-stripped"]
    return try [learnedCodec("learned", IdentifiedModel(lab.store.path(ofModel: model.name)), threads: lab.threads)]
      + ImageSampleCodec.all(image).filter { wanted.contains($0.name) }
  }

  /// Returns the bytes an image at which a curve has `error`, between its two nearest points; nil beyond its ends.
  private static func bytes(of points: [Point], at error: Double) -> Double? {
    guard let below = points.firstIndex(where: { $0.squaredError <= error }), below > 0 else { return nil }
    let (a, b) = (points[below - 1], points[below])
    let share = Double.log(a.squaredError / error) / Double.log(a.squaredError / b.squaredError)
    return a.bytesPerSample + share * (b.bytesPerSample - a.bytesPerSample)
  }

  private static func chart(_ numbers: Numbers) -> String {
    Chart(
      title: "Bytes against error", xLabel: "bytes an image", yLabel: "squared error",
      series: numbers.curves.map { curve in
        Chart.Series(curve.codec, curve.points.map { .init($0.bytesPerSample, $0.squaredError) })
      }, xScale: .logarithmic, yScale: .logarithmic
    ).svg()
  }

  private static func picture(_ here: Model, _ there: Model, _ lab: NotesLab) throws -> [UInt8] {
    let kinds = [lab.shownTests(6).matrix, lab.unseenForeign.spread(6).matrix]
    let images = Dataset(
      Matrix(rows: 12, columns: kinds[0].columns, values: kinds.flatMap(\.values)), shape: lab.data.train.shape,
      source: "the shown images")
    return try lab.picture(
      [images.matrix] + [here, there].map { try $0.reconstruct(images, threads: lab.threads) },
      labels: ["original", "trained on\nthe first", "trained on\nthe second"])
  }

  private static func rateWidget(_ lab: NotesLab, _ model: NotesModel) throws -> Widget {
    let (study, codecs) = (study(lab), try codecs(lab, model))
    let curves = try codecs.map { codec -> [RateDistortionStudy.Measurement] in
      try lab.checkInterrupt()
      return try study.curve(codec)
    }
    let stops = try rates.map { bytes in
      try zip(codecs, curves).compactMap { codec, curve -> NotesWidgets.RateRow? in
        if curve[0].point.bytesPerSample > 1.1 * bytes { return nil }
        let near = try study.nearest(codec, curve, bytes: bytes, count: shownCount)
        return NotesWidgets.RateRow(
          codec: codec.name, bytes: near.point.bytesPerSample, error: near.point.squaredError,
          images: near.reconstruction)
      }
    }
    return try NotesWidgets.rate(zip(rates, stops).map { ($0, $1) }, originals: study.firstOriginals(shownCount), lab)
  }
}

extension NotesLab {
  /// The images of another kind that its own model is not trained on.
  var unseenForeign: Dataset {
    let count = data.foreign.count
    return data.foreign.subset(count - max(50, count / 10)..<count)
  }

  /// Returns the deep model of the images of another kind.
  func foreignModel() throws -> NotesModel {
    let count = data.foreign.count
    return try trained(
      "foreign-16", .deep(hidden: [256, 64], latent: 16), epochs: 12, full: 15,
      on: data.foreign, first: count - max(50, count / 10))
  }

  /// Returns the sum over pixels of the variance of images.
  func variance(_ data: Dataset) -> Double {
    let x = data.spread(2000).matrix
    var (sums, squares) = ([Double](repeating: 0, count: x.columns), 0.0)
    for i in 0..<x.rows {
      for j in 0..<x.columns {
        sums[j] += Double(x[i, j])
        squares += Double(x[i, j]) * Double(x[i, j])
      }
    }
    let n = Double(x.rows)
    return squares / n - sums.reduce(0) { $0 + $1 * $1 } / (n * n)
  }
}
