import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// Points along a curve in the plane: one number for each, by components and by a deep autoencoder.
struct NotesCurve: Codable {
  let componentError, deepError: Double
  /// The points that the deep decoder gives for codes from the least to the largest, x before y.
  let path: [Float]
  /// The ends of the line that one component can reach, x before y.
  let line: [Float]

  private static func samples(_ lab: NotesLab) -> Dataset {
    PlanarCurve.spiral.generate(count: 2000, seed: lab.seed + 1)
  }
  private static func tests(_ lab: NotesLab) -> Dataset { PlanarCurve.spiral.generate(count: 500, seed: lab.seed + 2) }

  static func model(_ lab: NotesLab) throws -> NotesModel {
    try lab.trained("curve", .deep(hidden: [64, 64], latent: 1), epochs: 400, on: samples(lab)) {
      $0.batch = 16
      $0.optimizer = .adam
      $0.learningRate = 2e-3
    }
  }

  init(_ trained: NotesModel, _ lab: NotesLab) throws {
    let (samples, tests, model) = (Self.samples(lab), Self.tests(lab), trained.model)
    let components = try Model(
      PCA.fit(SampleStream(samples), .components(1), threads: lab.threads), shape: samples.shape)
    componentError = mean(try components.squaredErrors(tests, in: Scaling.none, threads: lab.threads))
    deepError = mean(try model.squaredErrors(tests, in: Scaling.none, threads: lab.threads))
    func decoded(_ model: Model, _ steps: Int) throws -> [Float] {
      let codes = try model.encode(samples, threads: lab.threads).values
      let (low, high) = (codes.min()!, codes.max()!)
      let grid = (0..<steps).map { low + (high - low) * Float($0) / Float(steps - 1) }
      return try model.decode(codes: grid, labels: nil, threads: lab.threads).values
    }
    path = try decoded(model, 400)
    line = try decoded(components, 2)
  }

  var claim: NotesClaim {
    NotesClaim(
      "an autoencoder follows a curve that no component can", isSeen: deepError < componentError / 10,
      "squared error \(deepError.significant(3)) with one number, against \(componentError.significant(3)) of one "
        + "component"
    )
  }

  func blocks(_ trained: NotesModel, _ lab: NotesLab) throws -> [PageBlock] {
    func points(_ values: [Float]) -> [Chart.Point] {
      stride(from: 0, to: values.count, by: 2).map { Chart.Point(Double(values[$0]), Double(values[$0 + 1])) }
    }
    let tests = Self.tests(lab).matrix.values
    let chart = Chart(
      title: "One number for a point", xLabel: "first", yLabel: "second",
      series: [
        Chart.Series("points", points(tests), mark: .dots), Chart.Series("component", points(line)),
        Chart.Series("autoencoder", points(path), mark: .dots),
      ], isSquare: true)
    return [
      .paragraph(
        "These points have two numbers, but one would do: the place along the spiral. One principal component is a "
          + "straight line. A deep autoencoder with a code of one number bends its line to the data."),
      .figure(
        svg: chart.svg(width: 640, height: 520), caption: "Unseen points, and all that each decoder can say",
        alternative: "Points on a spiral; a straight line through it, and a line that follows it"),
      .commands([trained.command].compactMap { $0 }),
    ]
  }
}
