import Autoencoders
import Datasets
import Pages

/// The reparametrisation: the gradient through the draw against the score-function gradient.
enum NotesGradients {
  private struct Numbers: Codable {
    let images, draws: Int
    /// Variances of one draw's gradient with respect to μ, mean over images.
    let reparametrised, score, baseline: Double
    /// The share of the components in which the two means differ by less than three of their standard errors.
    let agreement: Double
  }

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let model = try lab.variational().model
    let numbers = try lab.store.numbers("gradients") {
      try lab.checkInterrupt()
      let images = lab.data.test.spread(20)
      let all = try (0..<images.count).map {
        try model.gradientEstimators(images.subset($0..<$0 + 1), draws: 2000, seed: lab.seed)
      }
      let agreed = all.map { one in
        Double(
          one.score.indices.count { j in
            abs(one.score[j] - one.reparametrised[j])
              < 3
              * (one.scoreError[j] * one.scoreError[j] + one.reparametrisedError[j] * one.reparametrisedError[j])
              .squareRoot()
          }) / Double(one.score.count)
      }
      return Numbers(
        images: all.count, draws: 2000, reparametrised: mean(all.map(\.reparametrisedVariance)),
        score: mean(all.map(\.scoreVariance)), baseline: mean(all.map(\.baselineVariance)), agreement: mean(agreed))
    }
    let claim = NotesClaim(
      "the gradient through the draw has far less noise than the one that does not need it",
      isSeen: numbers.score > 10 * numbers.reparametrised && numbers.agreement > 0.95,
      "variance \(numbers.reparametrised.significant(3)) against \(numbers.score.significant(3)), or "
        + "\(numbers.baseline.significant(3)) with a baseline; the means agree within three standard errors in "
        + "\((100 * numbers.agreement).significant(3)) % of the components")
    return NotesSection(
      blocks: [
        .group(
          title: "The reparametrisation",
          blocks: [
            .paragraph(
              "The loss has a mean over draws z from q, and q's own numbers are to be trained. Written as z = μ + "
                + "σε with ε from N(0, 1), the draw does not depend on them, and the derivative goes through z. "
                + "Without that, the score function has to do: ln p(x|z) times the derivative of ln q. Both are "
                + "right on average."),
            .formula(.reparametrisation),
            .table(
              header: ["gradient with respect to μ", "variance of one draw"],
              rows: [
                ["through the draw", numbers.reparametrised.significant(4)],
                ["score function", numbers.score.significant(4)],
                ["score function with a baseline", numbers.baseline.significant(4)],
              ],
              caption:
                "Summed over the code's numbers, mean over \(numbers.images) unseen images, \(numbers.draws) draws each"
            ),
            .verdict(claim.verdict),
          ])
      ], claims: [claim])
  }
}
