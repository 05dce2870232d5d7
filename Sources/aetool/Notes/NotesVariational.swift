import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// The variational autoencoder: its loss and each of its terms, its gradient, its likelihood, and what it draws.
enum NotesVariational: NotesPart {
  static let id = "variational"
  static let title = "Variational autoencoders"
  static let seconds = (quick: 60.0, full: 200.0)

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let (plane, wide) = (try lab.plane(), try lab.variational())
    let parts: [NotesSection] = try [
      bound(lab, plane, wide), NotesTerms.section(lab), NotesGradients.section(lab), NotesDraws.section(lab),
      NotesLikelihood.section(lab), NotesSampling.section(lab),
    ]
    return NotesSection(blocks: parts.flatMap(\.blocks), claims: parts.flatMap(\.claims))
  }

  /// What the bound is, and how its terms go over training.
  private static func bound(_ lab: NotesLab, _ plane: NotesModel, _ wide: NotesModel) -> NotesSection {
    let (first, last) = (wide.curve.first, wide.curve.last)
    let claim = NotesClaim(
      "training raises the bound", isSeen: (last?.loss ?? 0) < (first?.loss ?? 0),
      "the ELBO of the code of 16 rises from \((-(first?.loss ?? 0)).significant(5)) to "
        + "\((-(last?.loss ?? 0)).significant(5)) nats an image, its divergence is \(kl(last).significant(4)) nats "
        + "at the end"
    )
    func series(_ trained: NotesModel, _ name: String) -> [Chart.Series] {
      [
        Chart.Series("reconstruction, \(name)", trained.curve.map { .init(Double($0.epoch), $0.loss - kl($0)) }),
        Chart.Series("divergence, \(name)", trained.curve.map { .init(Double($0.epoch), kl($0)) }),
      ]
    }
    let chart = Chart(
      title: "The two terms over training", xLabel: "epoch", yLabel: "nats an image",
      series: series(plane, "code of 2") + series(wide, "code of 16"), startsAtZero: true)
    return NotesSection(
      blocks: [
        .paragraph(
          "A variational autoencoder is a density p(x) with a hidden cause: z is drawn from N(0, I), then x from "
            + "p(x|z), which the decoder gives. ln p(x) cannot be computed, but bounded: for every q(z|x) the ELBO "
            + "lies below it, by exactly the divergence of q from the true p(z|x). The encoder gives q, a normal "
            + "distribution for each sample, and the negative ELBO is the loss: what the reconstruction costs, and "
            + "what the code costs."),
        .formula(.elbo), .formula(.normalDivergenceFromPrior),
        .figure(
          svg: chart.svg(), caption: "−E[ln p(x|z)] and the divergence from the prior, mean over training images",
          alternative: "The reconstruction term falls while the divergence rises: the code learns to say more"),
        .verdict(claim.verdict), .commands([plane.command, wide.command].compactMap { $0 }),
      ], claims: [claim])
  }

  private static func kl(_ epoch: NotesEpoch?) -> Double { epoch?.terms["kl"] ?? 0 }
}
