import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// What a reader can touch: draw, drag, slide, and see what the models make of it.
enum NotesTry: NotesPart {
  static let id = "try"
  static let title = "Try it"
  static let seconds = (quick: 3.0, full: 5.0)

  private struct Numbers: Codable {
    /// The share of test images whose error is beyond the 99th percentile of the training errors: of the deep model on
    /// the training data's kind, and on images of another kind.
    let own, foreign: Double
    /// The divergence of each number of the variational code from the prior.
    let divergences: [Double]
  }

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let (trained, plane, variational) = (try lab.deep(16), try lab.plane(), try lab.variational())
    let (deep, wide, components) = (trained.model, variational.model, try lab.componentModel(16))
    let numbers = try lab.store.numbers(id) {
      try lab.checkInterrupt()
      func share(_ data: Dataset) throws -> Double {
        try deep.evaluateAll(data, threads: lab.threads).againstTraining?.shareBeyond99thPercentile ?? .nan
      }
      return Numbers(
        own: try share(lab.data.test), foreign: try share(lab.data.foreign.spread(1000)),
        divergences: try wide.evaluateVariational(lab.fewTests, threads: lab.threads)!.klByDimension)
    }
    let claim = NotesClaim(
      "the error says how strange a sample is", isSeen: numbers.foreign > 0.5 && numbers.own < 0.1,
      "\(percent(numbers.foreign)) of the images of another kind have an error beyond that of 99 % of the training "
        + "images, and \(percent(numbers.own)) of the unseen images of the same kind")
    let shown = lab.shownTests(10)
    return NotesSection(
      blocks: [
        .paragraph(
          "Everything below runs in this page, with the models that were trained for it. Draw into the square: the "
            + "code, what each model makes of it, and how its error compares with those of the training images."),
        .widget(
          try NotesWidgets.draw(
            [
              ("PCA", try lab.share(components, as: "pca-16"), components), ("deep", try lab.share(trained), deep),
              ("variational", try lab.share(variational), wide),
            ], lab,
            fallback: [
              .picture(
                png: try lab.picture(
                  [shown.matrix] + [components, deep, wide].map { try $0.reconstruct(shown, threads: lab.threads) },
                  labels: ["original", "PCA", "deep", "variational"]), width: nil,
                caption: "Test images and what three models make of them", alternative: "Four rows of digits")
            ])), .verdict(claim.verdict),
        .group(
          title: "A plane of codes",
          blocks: [
            .paragraph(
              "The code of this variational model has two numbers, so all of it can be seen. The points are the "
                + "codes of unseen images. Drag over them."), .widget(try NotesWidgets.plane(plane, lab)),
          ]),
        .group(
          title: "Every number of a code",
          blocks: [
            .paragraph(
              "A slider for each number of the code of 16, those first that say most about the images (by their "
                + "divergence from the prior)."),
            .widget(try NotesWidgets.sliders(variational, divergences: numbers.divergences, lab)),
          ]),
      ], claims: [claim])
  }
}
