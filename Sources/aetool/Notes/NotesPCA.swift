import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// Undercomplete codes against principal components, which are the best linear code of every size.
enum NotesPCA: NotesPart {
  static let id = "pca"
  static let title = "A small code, against principal components (PCA)"
  static let seconds = (quick: 22.0, full: 100.0)

  private struct Row: Codable {
    let codeSize: Int
    let components, deep: Double
    /// The error of the deep model minus that of the components, image by image.
    let difference: BootstrapInterval
  }

  private struct Numbers: Codable {
    /// The error of each number of components.
    let curve: [Double]
    let rows: [Row]
    let linear: NotesLinear
    let plane: NotesCurve
  }

  private static let sizes = [2, 8, 16, 30]

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let models = try sizes.map { try lab.deep($0) }
    let (linear, curved) = (try NotesLinear.model(lab), try NotesCurve.model(lab))
    let numbers = try lab.store.numbers(id) {
      try lab.checkInterrupt()
      func errors(_ model: Model) throws -> [Double] {
        try model.squaredErrors(lab.data.test, in: Scaling.none, threads: lab.threads)
      }
      let rows = try zip(sizes, models).map { size, trained in
        let (components, deep) = (try errors(lab.componentModel(size)), try errors(trained.model))
        return Row(
          codeSize: size, components: mean(components), deep: mean(deep),
          difference: BootstrapInterval(meanOf: zip(deep, components).map { $0 - $1 }, threads: lab.threads))
      }
      let most = try lab.components().size
      let curve = try (1...most).map { count in
        try mean(
          lab.componentModel(count).squaredErrors(lab.fewTests, in: Scaling.none, threads: lab.threads))
      }
      return Numbers(
        curve: curve, rows: rows, linear: try NotesLinear(linear, lab), plane: try NotesCurve(curved, lab))
    }
    let wins = numbers.rows.filter { $0.difference.high < 0 }
    let least = numbers.rows.last!
    let claims = [
      NotesClaim(
        "a deep autoencoder has a smaller error than principal components of the same code size",
        isSeen: wins.count == numbers.rows.count, numbers.rows.map(text).joined(separator: "; "),
        otherwise: numbers.rows.filter { $0.difference.high >= 0 }.map(text).joined(separator: "; ")),
      numbers.linear.claim, numbers.plane.claim,
    ]
    return NotesSection(
      blocks: [
        .paragraph(
          "A code that is smaller than the sample cannot copy, so it has to find what the samples have in common. "
            + "If encoder and decoder are linear and the error is squared, the best that there is are the principal "
            + "components: the directions in which the data vary most. Hidden layers that are not "
            + "linear can do better."
        ),
        .formula(.principalComponents),
        .figure(
          svg: chart(numbers), caption: "Squared error for a test image by code size",
          alternative: "The error of components falls slowly with the code's size; that of deep models lies below it"),
        .table(
          header: ["code", "components", "deep", "difference (95 % interval)"],
          rows: numbers.rows.map {
            [
              "\($0.codeSize)", $0.components.significant(4), $0.deep.significant(4), interval($0.difference),
            ]
          },
          caption:
            "Squared error on \(lab.data.test.count.grouped) test images; the interval is a bootstrap over images"),
        .picture(
          png: try picture(lab, models.last!.model, least.codeSize), width: nil,
          caption: "Test images, \(least.codeSize) components of each, and a deep code of as many numbers",
          alternative: "Three rows of digits: originals, blurred ones of components, and sharp ones of the deep model"),
        .verdict(claims[0].verdict),
        .group(
          title: "A linear autoencoder becomes PCA",
          blocks: numbers.linear.blocks(linear) + [.verdict(claims[1].verdict)]),
        .group(
          title: "A curve in the plane", blocks: try numbers.plane.blocks(curved, lab) + [.verdict(claims[2].verdict)]),
        .commands([
          "aetool pca-compare --data \(NotesShell.quoted(lab.names.train)) --test \(lab.testName) --latent "
            + sizes.map(String.init).joined(separator: ",") + " "
            + models.map { "--model \($0.name).safetensors" }.joined(separator: " ") + " --out comparison"
        ]),
      ], claims: claims)
  }

  private static func text(_ row: Row) -> String {
    "\(row.codeSize) numbers: components \(row.components.significant(4)), deep \(row.deep.significant(4)), difference "
      + interval(row.difference)
  }

  private static func interval(_ value: BootstrapInterval) -> String {
    "\(value.mean.significant(4)) [\(value.low.significant(4)), \(value.high.significant(4))]"
  }

  private static func chart(_ numbers: Numbers) -> String {
    Chart(
      title: "Error by code size", xLabel: "numbers in the code", yLabel: "squared error",
      series: [
        Chart.Series("components", numbers.curve.enumerated().map { .init(Double($0 + 1), $1) }),
        Chart.Series("deep", numbers.rows.map { .init(Double($0.codeSize), $0.deep) }),
      ], startsAtZero: true
    ).svg()
  }

  private static func picture(_ lab: NotesLab, _ deep: Model, _ size: Int) throws -> [UInt8] {
    let shown = lab.shownTests(10)
    return try lab.picture(
      [
        shown.matrix, try lab.componentModel(size).reconstruct(shown, threads: lab.threads),
        try deep.reconstruct(shown, threads: lab.threads),
      ], labels: ["original", "components", "deep"])
  }
}
