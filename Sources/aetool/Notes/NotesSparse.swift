import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// Sparse codes, by L1 and by the Kullback-Leibler divergence of mean activations.
enum NotesSparse: NotesPart {
  static let id = "sparse"
  static let title = "Sparse codes"
  static let seconds = (quick: 25.0, full: 100.0)

  private struct Row: Codable {
    let name: String
    let weight: Double?
    let testError, activeShare: Double
    let neverActive, units: Int
  }

  private struct Numbers: Codable {
    let rows: [Row]
    /// The mean activation of each unit of the model with the divergence, over test images.
    let meanActivations: [Double]
  }

  private static let target = 0.05
  private static let weights = [0.03, 0.1, 0.3]
  private static let units = 256

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let free = try lab.trained("free-256", .overcomplete(latent: units), epochs: 6, full: 6)
    let sparse = try weights.map { weight in
      try lab.trained("sparse-l1-\(weight)", .sparse(latent: units, l1: weight), epochs: 6, full: 6)
    }
    let kl = try lab.trained(
      "sparse-kl", .sparse(latent: 100, klSparsity: KLSparsity(target: target, weight: 20)), epochs: 20, full: 15
    ) { $0.learningRate = 5e-3 }
    let numbers = try lab.store.numbers(id) {
      try lab.checkInterrupt()
      func row(_ trained: NotesModel, _ weight: Double?) throws -> Row {
        let code = try trained.model.codeStatistics(lab.fewTests, threads: lab.threads)
        return Row(
          name: trained.model.name, weight: weight,
          testError: mean(try trained.model.squaredErrors(lab.fewTests, in: Scaling.none, threads: lab.threads)),
          activeShare: code.activeShare, neverActive: code.neverActive, units: code.units)
      }
      return Numbers(
        rows: try [row(free, 0)] + zip(sparse, weights).map { try row($0, $1) } + [row(kl, nil)],
        meanActivations: try kl.model.codeStatistics(lab.data.test, threads: lab.threads).meanActivations)
    }
    let l1 = numbers.rows.filter { $0.weight != nil }
    let (least, most) = (numbers.meanActivations.min()!, numbers.meanActivations.max()!)
    let near = numbers.meanActivations.count { abs($0 - target) <= 0.02 }
    let claims = [
      NotesClaim(
        "a penalty on activations turns units off, at a price",
        isSeen: zip(l1, l1.dropFirst()).allSatisfy { $0.activeShare > $1.activeShare && $0.testError < $1.testError },
        l1.map {
          "λ = \($0.weight!.significant(2)): \(percent($0.activeShare)) of \($0.units) units on, error "
            + $0.testError.significant(3)
        }.joined(separator: "; ")),
      NotesClaim(
        "the divergence holds the mean activation of the units near ρ",
        isSeen: Double(near) >= 0.9 * Double(numbers.meanActivations.count),
        "ρ = \(target): \(near) of \(numbers.meanActivations.count) units have a mean within 0.02 of it, from "
          + "\(least.significant(3)) to \(most.significant(3)) on test images"),
    ]
    return NotesSection(
      blocks: [
        .paragraph(
          "A code may be large if few of its units are on for any one sample: the encoder then has to choose. L1 "
            + "adds λ Σ |a| to the loss, which pulls every activation to 0. The other way holds how often a unit "
            + "is on: ρ̂ⱼ is unit j's mean activation over samples, and β Σ D(ρ ‖ ρ̂ⱼ) of two coins grows as it "
            + "leaves the target ρ."),
        .formula(.sparsity),
        .table(
          header: ["network", "λ", "units on", "never on", "error, test"],
          rows: numbers.rows.map {
            [
              $0.name, $0.weight.map { $0.significant(2) } ?? "–", percent($0.activeShare),
              "\($0.neverActive) of \($0.units)", $0.testError.significant(4),
            ]
          }, caption: "A unit is on where its activation exceeds 1 % of the largest of all"),
        .figure(
          svg: errorChart(numbers),
          caption: "The error against the number of units that are on, for four weights of L1",
          alternative: "Fewer units on, larger error"),
        .verdict(claims[0].verdict),
        .figure(
          svg: meansChart(numbers.meanActivations),
          caption: "The mean activation ρ̂ of each unit, in ascending order, and ρ",
          alternative: "Points close to the line of the target"),
        .verdict(claims[1].verdict),
        .picture(
          png: try lab.filterPicture(kl.model, count: 60, columns: 20), width: nil,
          caption:
            "Input weights of sixty units of `sparse-kl`, white where a unit wants light: compare them with those "
            + "of the free network above",
          alternative: "Sixty small grey pictures of weights, some with curved strokes"),
        .widget(try NotesWidgets.units(kl, samples: lab.shownTests(120), lab)),
        .commands(([free] + sparse + [kl]).compactMap(\.command)),
      ], claims: claims)
  }

  private static func errorChart(_ numbers: Numbers) -> String {
    let points = numbers.rows.filter { $0.weight != nil }.map {
      Chart.Point($0.activeShare * Double($0.units), $0.testError)
    }
    return Chart(
      title: "Error by units that are on", xLabel: "units on, mean over images", yLabel: "squared error",
      series: [Chart.Series("L1", points)], startsAtZero: true
    ).svg()
  }

  private static func meansChart(_ means: [Double]) -> String {
    let sorted = means.sorted().enumerated().map { Chart.Point(Double($0 + 1), $1) }
    return Chart(
      title: "Mean activation by unit", xLabel: "unit", yLabel: "mean activation",
      series: [
        Chart.Series("ρ̂", sorted, mark: .dots),
        Chart.Series("ρ", [.init(1, target), .init(Double(means.count), target)]),
      ], startsAtZero: true
    ).svg()
  }
}
