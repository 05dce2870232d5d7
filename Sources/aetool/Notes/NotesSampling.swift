import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// What variational models draw: samples, the way between two images, and the plane of a code of two numbers.
enum NotesSampling {
  private struct Numbers: Codable {
    /// The mean over drawn images of the least squared distance to a training image: of codes from N(0, I) decoded by
    /// the variational model, and of codes with the deviations of its own decoded by the plain one.
    let variational, plain: Double
    /// The same distance of real images that no model was trained on.
    let unseen: Double
  }

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let (variational, deep) = (try lab.variational(), try lab.deep(16))
    let (wide, plain, plane) = (variational.model, deep.model, try lab.plane().model)
    let drawn = try samples(wide, 200, lab, scale: nil)
    let others = try samples(plain, 200, lab, scale: try deviations(plain, lab))
    let numbers = try lab.store.numbers("sampling") {
      try lab.checkInterrupt()
      let train = lab.data.train.spread(3000).matrix
      return Numbers(
        variational: mean(nearestSquaredDistances(drawn, to: train)),
        plain: mean(nearestSquaredDistances(others, to: train)),
        unseen: mean(nearestSquaredDistances(lab.data.test.spread(200).matrix, to: train)))
    }
    let claim = NotesClaim(
      "codes from the prior decode to images that are nearer to real ones than those of a plain autoencoder",
      isSeen: numbers.variational < 0.8 * numbers.plain,
      "mean squared distance to the nearest training image \(numbers.variational.significant(3)) for the "
        + "variational model, \(numbers.plain.significant(3)) for the plain one, and "
        + "\(numbers.unseen.significant(3)) for real unseen images")
    let ends = lab.shownTests(6)
    let side = 15
    return NotesSection(
      blocks: [
        .group(
          title: "Samples, and what lies between",
          blocks: [
            .columns([
              [
                .picture(
                  png: try lab.picture([first(drawn, 60)], labels: [], columns: 10), width: nil,
                  caption: "Sixty codes from N(0, I), decoded by the variational model",
                  alternative: "Sixty images, most like digits")
              ],
              [
                .picture(
                  png: try lab.picture([first(others, 60)], labels: [], columns: 10), width: nil,
                  caption: "Codes with the deviations of its own, decoded by the plain autoencoder",
                  alternative: "Sixty blots that are rarely digits")
              ],
            ]), .verdict(claim.verdict),
            .picture(
              png: try between(ends, [wide, plain], lab), width: nil,
              caption:
                "From one unseen image to another along a straight line of codes: the variational model above, the "
                + "plain one below", alternative: "Rows of digits that turn into one another"),
            .widget(
              try NotesWidgets.interpolate(
                [("variational", variational), ("plain", deep)], samples: lab.shownTests(20), lab)),
            .picture(
              png: try lab.picture([try grid(plane, side, lab)], labels: [], columns: side, scale: 1), width: nil,
              caption:
                "What a code of two numbers decodes to, from −2.5 to 2.5: the first number to the right, the second "
                + "upwards",
              alternative: "A map of digits that merge into one another"),
            .commands([
              "aetool sample --model vae-16.safetensors --count 60 --out samples.png",
              "aetool latent-grid --model vae-2.safetensors --size \(side) --out grid.png",
            ]),
          ])
      ], claims: [claim])
  }

  /// Returns decoded codes from the prior; `scale` multiplies each number of the code.
  private static func samples(_ model: Model, _ count: Int, _ lab: NotesLab, scale: [Float]?) throws -> Matrix<Float> {
    var codes = Matrix<Float>(rows: count, columns: model.network.codeSize)
    var random = RandomStream(seed: lab.seed, purpose: .latent)
    codes.withMutableView { random.fillNormal($0) }
    if let scale {
      for i in 0..<count { for j in 0..<codes.columns { codes[i, j] *= scale[j] } }
    }
    return try model.decode(Dataset(codes, source: "the prior"), threads: lab.threads)
  }

  private static func deviations(_ model: Model, _ lab: NotesLab) throws -> [Float] {
    let codes = try model.encode(lab.data.train.spread(5000), threads: lab.threads)
    return (0..<codes.columns).map { j in
      let values = (0..<codes.rows).map { Double(codes[$0, j]) }
      let centre = mean(values)
      return Float(mean(values.map { ($0 - centre) * ($0 - centre) }).squareRoot())
    }
  }

  private static func first(_ matrix: Matrix<Float>, _ count: Int) -> Matrix<Float> {
    Matrix(rows: count, columns: matrix.columns, values: Array(matrix.values.prefix(count * matrix.columns)))
  }

  private static func between(_ ends: Dataset, _ models: [Model], _ lab: NotesLab) throws -> [UInt8] {
    let steps = 12
    var rows: [Float] = []
    for pair in 0..<ends.count / 2 {
      for model in models {
        let codes = try model.encode(ends.subset(2 * pair..<2 * pair + 2), threads: lab.threads)
        let line = (0..<steps).flatMap { step in
          (0..<codes.columns).map { j in
            codes[0, j] + (codes[1, j] - codes[0, j]) * Float(step) / Float(steps - 1)
          }
        }
        rows += try model.decode(codes: line, labels: nil, threads: lab.threads).values
      }
    }
    let images = Matrix(rows: rows.count / ends.featureCount, columns: ends.featureCount, values: rows)
    return try lab.picture([images], labels: [], columns: steps)
  }

  private static func grid(_ model: Model, _ side: Int, _ lab: NotesLab) throws -> Matrix<Float> {
    let ticks = (0..<side).map { -2.5 + 5 * Float($0) / Float(side - 1) }
    return try model.decode(
      codes: ticks.reversed().flatMap { y in ticks.flatMap { [$0, y] } }, labels: nil, threads: lab.threads)
  }
}
