import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// What an autoencoder is: three kinds, their codes, errors and losses.
enum NotesAutoencoder: NotesPart {
  static let id = "autoencoder"
  static let title = "What an autoencoder is"
  static let seconds = (quick: 14.0, full: 60.0)

  private struct Row: Codable {
    let name: String
    let network: String
    let parameters, codeSize: Int
    let trainError, testError: Double
  }

  private struct Numbers: Codable {
    let rows: [Row]
    /// The squared error of the mean of the training images, which needs no code.
    let meanError: Double
  }

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let models = [try lab.vanilla(), try lab.deep(16), try lab.conv()]
    let numbers = try lab.store.numbers(id) {
      try lab.checkInterrupt()
      let rows = try models.map { trained in
        let (model, network) = (trained.model, trained.model.network)
        let sizes = network.layers.filter { $0.inputSize != $0.outputSize || $0.hasWeights }.map(\.outputSize)
        return Row(
          name: model.name, network: ([network.inputSize] + sizes).map(String.init).joined(separator: " → "),
          parameters: network.layout.count, codeSize: network.codeSize,
          trainError: mean(
            try model.squaredErrors(lab.data.train.spread(2000), in: Scaling.none, threads: lab.threads)),
          testError: mean(try model.squaredErrors(lab.fewTests, in: Scaling.none, threads: lab.threads)))
      }
      return Numbers(rows: rows, meanError: lab.errorOfMean)
    }
    let shown = lab.shownTests(10)
    let layers = try [shown.matrix] + models.map { try $0.model.reconstruct(shown, threads: lab.threads) }
    let least = numbers.rows.map(\.testError).max()!
    let claim = NotesClaim(
      "a code of a few numbers keeps what matters of an image", isSeen: least < numbers.meanError / 2,
      numbers.rows.map { "\($0.name) \($0.testError.significant(4))" }.joined(separator: ", ")
        + "; the mean image, which needs no code, has \(numbers.meanError.significant(4))")
    return NotesSection(
      blocks: [
        .paragraph(
          "An autoencoder is two functions that are trained together. The encoder f makes a code z = f(x) of a "
            + "sample x, a few numbers that have to say all that the decoder g will know. The decoder makes x̂ = "
            + "g(z) of it. Training makes x̂ like x, on average over the training data; nothing else is asked of "
            + "the code."),
        .formula(.reconstruction),
        .paragraph(
          "The squared error of a sample is summed over its \(lab.data.train.featureCount) pixels, each from 0 to "
            + "1. What is minimised here is the cross-entropy of the pixels, which pulls the same way. A vanilla "
            + "autoencoder has three layers: input, code and output. A deep one has hidden layers between them. A "
            + "convolutional one looks at small windows with shared weights, and so needs fewer parameters."),
        .table(
          header: ["network", "layers", "parameters", "code", "error, training", "error, test"],
          rows: numbers.rows.map {
            [
              $0.name, $0.network, $0.parameters.grouped, "\($0.codeSize)", $0.trainError.significant(4),
              $0.testError.significant(4),
            ]
          }, caption: "Squared error for an image, mean over images. This is no contest: codes and training differ"),
        .picture(
          png: try lab.picture(layers, labels: ["original"] + models.map(\.model.name)), width: nil,
          caption: "Test images, which no model was trained on, and what each model makes of them",
          alternative: "Four rows of digits: the originals, and the reconstructions of the three models"),
        .verdict(claim.verdict),
        .figure(
          svg: lab.lossChart(models), caption: "The loss over training, above the least that the data allow",
          alternative: "Three falling lines, one for each network"),
        .commands(
          models.compactMap(\.command) + ["aetool evaluate --model deep-16.safetensors --data \(lab.testName)"]),
        .group(title: "Words that come up", blocks: [words]),
      ], claims: [claim])
  }

  private static let words = PageBlock.table(
    header: ["word", "meaning"],
    rows: [
      ["unit, activation", "one number of a layer, and its value for a sample"],
      ["epoch", "one pass over all training images"],
      ["nat", "a unit of information: 1 nat is 1.44 bits"],
      [
        "cross-entropy",
        "how many nats it takes to tell the pixels by the decoder's probabilities; the data's entropy is the "
          + "least that any decoder needs",
      ],
      ["prior", "the distribution N(0, I) that codes shall have: normal, with mean 0 and deviation 1 in each number"],
      ["ELBO", "evidence lower bound: what a variational model is trained to raise, never above ln p(x)"],
      ["95 % interval", "where the mean lies in 95 of 100 resamplings of the images"],
      ["number in use", "a number of the code that differs between images by more than its own draw"],
    ], caption: "Terms of this page")
}

/// The models that several sections share.
extension NotesLab {
  func vanilla() throws -> NotesModel { try trained("vanilla", .vanilla(latent: 32), epochs: 12, full: 12) }

  /// Returns the deep model with a code of `latent` numbers.
  func deep(_ latent: Int) throws -> NotesModel {
    try trained("deep-\(latent)", .deep(hidden: [256, 64], latent: latent), epochs: 12, full: 15)
  }

  func conv() throws -> NotesModel { try trained("conv", .conv(channels: [8, 16], latent: 16), epochs: 6, full: 8) }

  /// Returns the variational model with a code of two numbers.
  func plane() throws -> NotesModel { try trained("vae-2", .vae(hidden: [256], latent: 2), epochs: 20, full: 20) }

  /// Returns the variational model with a code of 16 numbers.
  func variational() throws -> NotesModel {
    try trained("vae-16", .vae(hidden: [256], latent: 16), epochs: 15, full: 15)
  }

  var testName: String { NotesShell.quoted(names.test) }

  /// The mean over test images of their squared distance to the mean training image.
  var errorOfMean: Double {
    let (train, test) = (data.train.spread(10_000).matrix, fewTests.matrix)
    var centre = [Double](repeating: 0, count: train.columns)
    for i in 0..<train.rows { for j in 0..<train.columns { centre[j] += Double(train[i, j]) / Double(train.rows) } }
    var total = 0.0
    for i in 0..<test.rows {
      for j in 0..<test.columns { total += (Double(test[i, j]) - centre[j]) * (Double(test[i, j]) - centre[j]) }
    }
    return total / Double(test.rows)
  }

  /// Returns a chart of the loss of each model over its epochs, less the least that the data allow.
  func lossChart(_ models: [NotesModel]) -> String {
    Chart(
      title: "Loss over training", xLabel: "epoch", yLabel: "loss above the data's entropy, nats",
      series: models.map { trained in
        Chart.Series(trained.model.name, trained.curve.map { .init(Double($0.epoch), $0.loss - $0.floor) })
      }, yScale: .logarithmic
    ).svg()
  }
}
