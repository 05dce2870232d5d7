import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// A deep network with a code of one number, which memorises small training sets: the error on them against that on
/// unseen images, and the path of its decoder.
struct NotesMemory: Codable {
  private struct Row: Codable {
    let samples: Int
    let train, test: Double
  }

  private let rows: [Row]
  /// How near the decoder's path comes to the training images of the shown model: the mean over these images of the
  /// least squared distance to a point of the path, and the mean least distance between two of the images.
  private let pathDistance, sampleDistance: Double

  /// The size of the training set whose path is shown.
  private static let shown = 100

  private static func sizes(_ lab: NotesLab) -> [Int] {
    [10, 100, 1000, 10_000].filter { $0 <= lab.data.train.count }
  }

  /// Returns a model for each size of the training set. Small sets take more epochs, so that each model takes thousands of
  /// steps.
  static func models(_ lab: NotesLab) throws -> [NotesModel] {
    try sizes(lab).map { count in
      let epochs = [10: 3000, 100: 3000, 1000: 150, 10_000: 15][count] ?? 15
      return try lab.trained(
        "memory-\(count)", .deep(hidden: [256, 128], latent: 1), epochs: epochs, first: count
      ) {
        $0.batch = count <= 100 ? 20 : 100
      }
    }
  }

  init(_ models: [NotesModel], _ lab: NotesLab) throws {
    func errors(_ model: Model, _ data: Dataset) throws -> Double {
      try mean(model.squaredErrors(data, in: Scaling.none, threads: lab.threads))
    }
    rows = try zip(Self.sizes(lab), models).map { count, trained in
      Row(
        samples: count, train: try errors(trained.model, lab.data.train.subset(0..<count).spread(2000)),
        test: try errors(trained.model, lab.fewTests))
    }
    let samples = lab.data.train.subset(0..<Self.shown).matrix
    let path = try Self.path(models[1].model, lab, steps: 20 * Self.shown)
    pathDistance = mean(nearestSquaredDistances(samples, to: path))
    sampleDistance = mean(nearestSquaredDistances(samples, to: samples, areTheSame: true))
  }

  /// Returns what the decoder gives for `steps` codes from the least to the largest of its training images, equally many
  /// between each two neighbours, and then for the codes of these images themselves.
  static func path(_ model: Model, _ lab: NotesLab, steps: Int) throws -> Matrix<Float> {
    let codes = try model.encode(lab.data.train.subset(0..<shown), threads: lab.threads).values.sorted()
    let between = (0..<steps).map { step in
      let place = Float(step) * Float(codes.count - 1) / Float(steps - 1)
      let below = min(Int(place), codes.count - 2)
      return codes[below] + (place - Float(below)) * (codes[below + 1] - codes[below])
    }
    let grid = between + codes
    return try model.decode(codes: grid, labels: nil, threads: lab.threads)
  }

  var claims: [NotesClaim] {
    let (small, large) = (rows[1], rows.last!)
    return [
      NotesClaim(
        "with few images a large network memorises them, and its error on them says nothing of others; with many it "
          + "cannot",
        isSeen: small.test > 2 * small.train && large.test < 1.5 * large.train,
        rows.map { "\($0.samples.grouped) images: \($0.train.significant(3)), unseen \($0.test.significant(3))" }
          .joined(separator: "; ")),
      NotesClaim(
        "the path of its decoder passes by the training images, nearer than they are to one another",
        isSeen: pathDistance < 0.5 * sampleDistance,
        "a training image is \(pathDistance.significant(3)) from the path, and \(sampleDistance.significant(3)) "
          + "from the nearest other training image (squared distances)"),
    ]
  }

  func blocks(_ models: [NotesModel], _ lab: NotesLab) throws -> [PageBlock] {
    let chart = Chart(
      title: "Error by size of the training set", xLabel: "training images", yLabel: "squared error",
      series: [
        Chart.Series("training images", rows.map { .init(Double($0.samples), $0.train) }),
        Chart.Series("unseen images", rows.map { .init(Double($0.samples), $0.test) }),
      ], startsAtZero: true, xScale: .logarithmic)
    let path = try Self.path(models[1].model, lab, steps: 30).rows(0..<30)
    return [
      .paragraph(
        "A small code is no protection either. One number can be an address: a deep decoder learns a winding path "
          + "through the space of images, on which the training images can lie, and the encoder says where. With "
          + "ten or a hundred images there is room for each; with ten thousand the path can only pass between them."),
      .figure(
        svg: chart.svg(), caption: "A code of one number: the error on the training images and on unseen ones",
        alternative: "Two lines that lie far apart for few training images and meet for many"),
      .picture(
        png: try lab.picture([path], labels: [], columns: 15), width: nil,
        caption: "The decoder's path past \(Self.shown) training images, at thirty codes evenly spaced by rank",
        alternative: "Thirty images along the path: digits that turn into one another"),
      .widget(try NotesWidgets.memory(models[1], samples: lab.data.train.subset(0..<Self.shown), lab)),
      .commands([models[1].command].compactMap { $0 }),
    ]
  }
}
