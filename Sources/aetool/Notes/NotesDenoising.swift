import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// Denoising: corrupted input, the clean input as target; and the field of a denoising model in the plane.
enum NotesDenoising: NotesPart {
  static let id = "denoising"
  static let title = "Denoising"
  static let seconds = (quick: 20.0, full: 70.0)

  private struct Row: Codable {
    let name: String
    let nothing, cleaned, clean: Double
  }

  private struct Numbers: Codable {
    let rows: [Row]
    /// The mean distance of a grid of points to the nearest sample, and that of where the model moves them.
    let before, after: Double
  }

  private static let noise = Corruption.masking(share: 0.5)

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let (cleaner, plain) = (try lab.denoising(), try lab.deep(16))
    let field = try NotesField.model(lab)
    let numbers = try lab.store.numbers(id) {
      try lab.checkInterrupt()
      let rows = try [plain, cleaner].map { trained in
        let result = try trained.model.evaluate(lab.fewTests, noise: noise, seed: lab.seed, threads: lab.threads)
        return Row(
          name: trained.model.name, nothing: result.squaredErrorDoingNothing, cleaned: result.squaredErrorCleaned,
          clean: mean(try trained.model.squaredErrors(lab.fewTests, in: Scaling.none, threads: lab.threads)))
      }
      let distances = try NotesField.distances(field.model, lab)
      return Numbers(rows: rows, before: distances.before, after: distances.after)
    }
    let (other, own) = (numbers.rows[0], numbers.rows[1])
    let claims = [
      NotesClaim(
        "trained on corrupted input, a network cleans what it has not seen",
        isSeen: own.cleaned < own.nothing / 2 && own.cleaned < other.cleaned,
        "with half of the pixels set to 0 the error is \(own.nothing.significant(3)) if nothing is done, "
          + "\(own.cleaned.significant(3)) after the denoising model, \(other.cleaned.significant(3)) after one "
          + "that never saw noise"),
      NotesClaim(
        "it moves points to where the data lie", isSeen: numbers.after < numbers.before / 2,
        "mean distance to the nearest sample \(numbers.before.significant(3)) on a grid, "
          + "\(numbers.after.significant(3)) where one application of the model moves it"),
    ]
    let shown = lab.shownTests(10)
    let corrupted = try cleaner.model.corrupted(shown, by: noise, seed: lab.seed)
    return NotesSection(
      blocks: [
        .paragraph(
          "A network that gets a corrupted sample and is asked for the clean one cannot copy: it has to know what "
            + "samples look like. This holds a large code from copying without any penalty."),
        .formula(.denoising),
        .picture(
          png: try lab.picture(
            [
              shown.matrix, corrupted,
              try cleaner.model.reconstruct(shown, corruptedBy: noise, seed: lab.seed, threads: lab.threads),
              try plain.model.reconstruct(shown, corruptedBy: noise, seed: lab.seed, threads: lab.threads),
            ], labels: ["original", "corrupted", "cleaned", "by deep"]), width: nil,
          caption:
            "Unseen images; half of their pixels masked; cleaned; and what a network makes of them that saw no noise",
          alternative: "Four rows of digits: clean, speckled, clean again, and distorted"),
        .table(
          header: ["network", "corrupted, untouched", "cleaned", "error on clean images"],
          rows: numbers.rows.map {
            [$0.name, $0.nothing.significant(4), $0.cleaned.significant(4), $0.clean.significant(4)]
          }, caption: "Squared error against the clean image"),
        .verdict(claims[0].verdict),
        .paragraph(
          "It has learned one kind of noise. On clean images its error is \(own.clean.significant(3)), since it "
            + "always adds the light that masking takes; other noise can come out worse than it went in. Try it:"),
        .widget(try NotesWidgets.denoise(cleaner, plain, samples: lab.shownTests(20), lab)),
        .commands([cleaner.command].compactMap { $0 }),
        .group(
          title: "Where it moves points",
          blocks: [
            .paragraph(
              "For points in a plane the movement can be drawn. With r(x) = g(f(x)), what the network returns, r(x) "
                + "− x points to where the data are dense: it is, up to a factor, the gradient of their log density "
                + "(Alain and Bengio 2014). Points that follow it end on the data."
            ),
            .figure(
              svg: try NotesField.chart(field.model, lab),
              caption: "r(x) − x on a grid, with the paths of points that follow it",
              alternative: "Arrows that point to a spiral"),
            .widget(try NotesWidgets.field(field, samples: NotesField.samples(lab).subset(0..<400), lab)),
            .verdict(claims[1].verdict), .commands([field.command].compactMap { $0 }),
          ]),
      ], claims: claims)
  }
}

extension NotesLab {
  func denoising() throws -> NotesModel {
    try trained(
      "denoising", .denoising(noise: .masking(share: 0.5), hidden: [512], latent: 128), epochs: 10, full: 8)
  }
}
