import Autoencoders
import Datasets
import Linalg
import Pages

/// A linear autoencoder against the components of the same size: its error and the span of its decoder.
struct NotesLinear: Codable {
  let codeSize: Int
  let componentError, linearError: Double
  /// The principal angles between the decoder's span and the components, in degrees, ascending.
  let angles: [Double]

  /// Returns the size of code, up to 8, behind which the variances fall most: planes that are hardly better than others
  /// are found slowly.
  private static func latent(_ lab: NotesLab) throws -> Int {
    let variances = try lab.components().explainedVariance
    return (2...8).max { variances[$0 - 1] / variances[$0] < variances[$1 - 1] / variances[$1] }!
  }

  /// The number of samples for both: few, so that training comes to its end.
  private static func samples(_ lab: NotesLab) -> Int { min(4000, lab.data.train.count) }

  /// Returns the linear model.
  static func model(_ lab: NotesLab) throws -> NotesModel {
    try lab.trained("linear", .linear(latent: latent(lab)), epochs: 300, first: samples(lab)) {
      $0.optimizer = .adam
      $0.batch = 100
      $0.learningRate = 2e-3
    }
  }

  init(_ trained: NotesModel, _ lab: NotesLab) throws {
    let samples = lab.data.train.subset(0..<Self.samples(lab))
    codeSize = trained.model.network.codeSize
    let pca = try PCA.fit(SampleStream(samples), .components(codeSize), threads: lab.threads)
    let components = try Model(pca, shape: samples.shape)
    let weight = trained.model.tensor("decoder.0.weight")!
    let span = Matrix<Double>(
      rows: weight.rows, columns: weight.columns, values: weight.values.map { Double($0) }
    ).transposed
    componentError = mean(try components.squaredErrors(samples, in: Scaling.none, threads: lab.threads))
    linearError = mean(try trained.model.squaredErrors(samples, in: Scaling.none, threads: lab.threads))
    angles = try principalAngles(span, pca.components).map { $0 * 180 / Double.pi }
  }

  var claim: NotesClaim {
    let excess = linearError / componentError - 1
    let numbers =
      "error \(linearError.significant(6)) against \(componentError.significant(6)) of \(codeSize) components, largest "
      + "angle \(angles.last!.significant(2))°"
    return NotesClaim(
      "a linear autoencoder finds the span of the components", isSeen: excess < 1e-3 && angles.last! < 5, numbers,
      otherwise: numbers + "; training has not come to its end")
  }

  func blocks(_ trained: NotesModel) -> [PageBlock] {
    [
      .paragraph(
        "Without hidden layers and activations, an autoencoder of squared error can only find the same plane that "
          + "the components span (Baldi and Hornik 1989). It need not find the components themselves: any basis of "
          + "the plane does. The angle between two planes says how well it did: 0° for the same plane."),
      .table(
        header: ["", "squared error, training images"],
        rows: [
          ["\(codeSize) components", componentError.significant(7)],
          ["linear autoencoder", linearError.significant(7)],
        ],
        caption: "The angles between the decoder's span and the components: "
          + angles.map { "\($0.significant(2))°" }.joined(separator: ", ")),
      .commands([trained.command].compactMap { $0 }),
    ]
  }
}
