import Autoencoders
import Datasets
import Linalg
import Pages

/// One draw a sample is enough: training with 1, 10 and 100 draws in each step.
enum NotesDraws {
  private struct Row: Codable {
    let draws: Int
    let elbo: Double
    /// How much the loss has fallen from the first epoch to the last.
    let gain: Double
  }

  private static let counts = [1, 10, 100]
  private static let samples = 2000
  private static let batch = 100
  private static let epochs = 20

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let rows = try lab.store.numbers("draws") {
      try counts.map { draws in
        let trained = try model(lab, draws)
        let result = try trained.model.evaluateVariational(lab.fewTests, seed: lab.seed, threads: lab.threads)!
        return Row(
          draws: draws, elbo: result.elbo, gain: (trained.curve.first?.loss ?? 0) - (trained.curve.last?.loss ?? 0))
      }
    }
    let elbos = rows.map(\.elbo)
    let gap = elbos.max()! - elbos.min()!
    let claim = NotesClaim(
      "one draw for each sample and step is enough", isSeen: gap < 0.1 * rows[0].gain,
      rows.map { "\($0.draws == 1 ? "1 draw" : "\($0.draws) draws"): ELBO \($0.elbo.significant(5))" }
        .joined(separator: ", ")
        + "; they differ by \(gap.significant(2)) nats, and training gains \(rows[0].gain.significant(3))")
    return NotesSection(
      blocks: [
        .group(
          title: "One draw is enough",
          blocks: [
            .paragraph(
              "The mean over draws is estimated anew in every step, and the next steps average it further. "
                + "\(samples.grouped) images, \(epochs) epochs, the same start and the same number of steps, with "
                + "\(batch) images a step; each image stands in a step once, ten times or a hundred times, with a "
                + "draw of its own each time."),
            .table(
              header: ["draws for an image and step", "ELBO, unseen images"],
              rows: rows.map { ["\($0.draws)", $0.elbo.significant(5)] },
              caption:
                "Nats an image; more is better. The values are lower than above, since there are fewer training "
                + "images"),
            .verdict(claim.verdict),
          ])
      ], claims: [claim])
  }

  /// Returns the model that was trained with `draws` copies of each image in a step, each with a draw of its own.
  private static func model(_ lab: NotesLab, _ draws: Int) throws -> NotesModel {
    let chosen = lab.data.train.subset(0..<samples)
    let copies = chosen.subset((0..<samples * draws).map { Int32($0 / draws) })
    let start = try Model(.vae(hidden: [64], latent: 2), for: chosen, seed: lab.seed, threads: lab.threads)
    return try lab.trained("draws-\(draws)", .vae(hidden: [64], latent: 2), epochs: epochs, on: copies, from: start) {
      $0.batch = batch * draws
      $0.shuffle = false
    }
  }
}
