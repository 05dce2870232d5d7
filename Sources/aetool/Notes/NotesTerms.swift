import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// A variational model trained on each term of its loss alone, and on both.
enum NotesTerms {
  private struct Row: Codable {
    let name: String
    let reconstruction, kl, elbo: Double
    let activeUnits: Int
    /// Draws from q(z|x) of the shown images, two numbers each.
    let codes: [Float]
    /// The mean over images of |μ|² + |σ|² ÷ 2, which is 1 for the prior.
    let spread: Double
  }

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let both = try lab.plane()
    let start = try Model(.vae(hidden: [256], latent: 2), for: lab.data.train, seed: lab.seed, threads: lab.threads)
    func alone(_ name: String, beta: Double?, reconstructs: Bool) throws -> NotesModel {
      try lab.trained(
        name, .vae(hidden: [256], latent: 2), epochs: 10, full: 10,
        from: start.trainedFor(beta: beta, reconstructs: reconstructs), keptAs: start)
    }
    let models = [
      ("reconstruction alone", try alone("vae-2-reconstruction", beta: 0, reconstructs: true)),
      ("divergence alone", try alone("vae-2-divergence", beta: nil, reconstructs: false)), ("both", both),
    ]
    let shown = lab.data.test.spread(1500)
    let rows = try lab.store.numbers("terms") {
      try lab.checkInterrupt()
      return try models.map { name, trained in
        // The weights go into the model of both terms, so that both judge them, whichever trained them.
        var judged = start
        judged.parameters = trained.model.parameters
        let result = try judged.evaluateVariational(lab.fewTests, seed: lab.seed, threads: lab.threads)!
        let codes = try judged.drawCodes(shown, seed: lab.seed, threads: lab.threads).values
        return Row(
          name: name, reconstruction: result.reconstructionTerm, kl: result.kl, elbo: result.elbo,
          activeUnits: result.activeUnits, codes: codes,
          spread: codes.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(codes.count))
      }
    }
    let claim = NotesClaim(
      "reconstruction alone spreads the codes beyond the prior, the divergence alone makes them say nothing, both "
        + "make a map",
      isSeen: rows[0].spread > 2 * rows[2].spread && rows[1].activeUnits == 0 && rows[2].activeUnits == 2
        && abs(rows[2].spread - 1) < 0.5,
      rows.map {
        "\($0.name): mean square of a code number \($0.spread.significant(3)), divergence \($0.kl.formatted(2)) "
          + "nats, \($0.activeUnits) of 2 numbers in use, ELBO \($0.elbo.significant(4))"
      }.joined(separator: "; "))
    let panels = rows.map { row in
      ScatterPanel(
        row.name,
        points: stride(from: 0, to: row.codes.count, by: 2).map {
          Chart.Point(Double(row.codes[$0]), Double(row.codes[$0 + 1]))
        },
        classes: shown.labels, circles: [1, 2, 3])
    }
    return NotesSection(
      blocks: [
        .group(
          title: "Each term alone, and both",
          blocks: [
            .paragraph(
              "Reconstruction alone groups the classes, but puts them where no draw from the prior will land. The "
                + "divergence alone gives every image the same cloud. Both together keep the groups within the "
                + "circles."),
            .figure(
              svg: Scatter(
                title: "Codes of unseen images", xLabel: "first number", yLabel: "second number", panels: panels
              ).svg(side: 320),
              caption:
                "Draws from q(z|x), coloured by class; the circles are one, two and three deviations of the prior",
              alternative:
                "Three scatters: wide apart, a featureless cloud, and classes side by side within the circles"),
            .table(
              header: ["trained on", "E[ln p(x|z)]", "divergence", "ELBO", "numbers in use"],
              rows: rows.map {
                [
                  $0.name, $0.reconstruction.significant(5), $0.kl.formatted(2), $0.elbo.significant(5),
                  "\($0.activeUnits)",
                ]
              }, caption: "Nats, mean over unseen images, both terms judged whichever was trained"),
            .verdict(claim.verdict),
            .commands([
              "aetool loss-ablation --data \(NotesShell.quoted(lab.names.train)) --test \(lab.testName) --variant vae "
                + "--hidden 256 --epochs 10 --seed \(lab.seed) --out ablation.svg"
            ]),
          ])
      ], claims: [claim])
  }
}
