import Autoencoders
import Datasets
import Figures
import Linalg
import Pages

/// What happens without a constraint: a large code copies, and a network that is large enough memorises.
enum NotesCopying: NotesPart {
  static let id = "copying"
  static let title = "Copying and memorising"
  static let seconds = (quick: 30.0, full: 90.0)

  private struct Row: Codable {
    let name: String
    let codeSize: Int
    /// Squared errors on test images, on images of another kind, and on uniform noise.
    let test, foreign, noise: Double
    /// The mean square of a pixel of the noise images around its mean: what an error of the noise is judged by.
    let noiseVariance: Double
  }

  private struct Numbers: Codable {
    let rows: [Row]
    let memory: NotesMemory
  }

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let over = try lab.overcomplete()
    let models = [over, try lab.deep(16)]
    let memory = try NotesMemory.models(lab)
    let numbers = try lab.store.numbers(id) {
      try lab.checkInterrupt()
      let noise = lab.noiseImages(500)
      let rows = try models.map { trained in
        func error(_ data: Dataset) throws -> Double {
          try mean(trained.model.squaredErrors(data, in: Scaling.none, threads: lab.threads))
        }
        return Row(
          name: trained.model.name, codeSize: trained.model.network.codeSize, test: try error(lab.fewTests),
          foreign: try error(lab.data.foreign.spread(1000)), noise: try error(noise),
          noiseVariance: Double(noise.featureCount) / 12)
      }
      return Numbers(rows: rows, memory: try NotesMemory(memory, lab))
    }
    let (copy, code) = (numbers.rows[0], numbers.rows[1])
    let claims =
      [
        NotesClaim(
          "a code larger than the input and free to copy reconstructs better than a small one",
          isSeen: copy.test < code.test,
          "error \(copy.test.significant(3)) with \(copy.codeSize) numbers, \(code.test.significant(3)) with "
            + "\(code.codeSize)"
        ),
        NotesClaim(
          "it is less particular: images of another kind come through better than through a small code",
          isSeen: copy.foreign < code.foreign,
          "images of another kind have the error \(copy.foreign.significant(3)) in place of "
            + "\(code.foreign.significant(3))"),
      ] + numbers.memory.claims
    return NotesSection(
      blocks: [
        .paragraph(
          "Nothing forces a code that is larger than the sample to find structure: encoder and decoder can pass the "
            + "pixels through. The error is small, and the code says nothing that the pixels did not. What it can "
            + "copy are combinations of what it was shown: on noise its error is \(copy.noise.significant(3)), that "
            + "of a plain grey image \(copy.noiseVariance.significant(3))."),
        .table(
          header: ["network", "code", "test images", "other images", "noise"],
          rows: numbers.rows.map {
            [$0.name, "\($0.codeSize)", $0.test.significant(4), $0.foreign.significant(4), $0.noise.significant(4)]
          },
          caption: "Squared errors. Noise: each pixel uniform between 0 and 1; the best constant image has an error of "
            + copy.noiseVariance.significant(4)),
        .picture(
          png: try picture(models, lab), width: nil,
          caption: "Test images, images of another kind, and noise; under them what both networks make of them",
          alternative:
            "Three rows of images: originals, nearly perfect copies, and the deep network's digit-like versions"),
        .picture(
          png: try filters(over.model, lab), width: nil,
          caption:
            "The input weights of the forty units with the largest ones: most are no strokes, but spots and noise",
          alternative: "Forty small pictures of weights, grey where they are 0"),
        .verdict(claims[0].verdict), .verdict(claims[1].verdict),
        .commands([over.command].compactMap { $0 }),
        .group(
          title: "A code of one number that memorises",
          blocks: try numbers.memory.blocks(memory, lab) + numbers.memory.claims.map { .verdict($0.verdict) }),
      ], claims: claims)
  }

  private static func picture(_ models: [NotesModel], _ lab: NotesLab) throws -> [UInt8] {
    let kinds = [lab.shownTests(4), lab.data.foreign.spread(4), lab.noiseImages(2)]
    let images = Dataset(
      Matrix(
        rows: kinds.reduce(0) { $0 + $1.count }, columns: kinds[0].featureCount,
        values: kinds.flatMap(\.matrix.values)),
      shape: kinds[0].shape, source: "the shown images")
    return try lab.picture(
      [images.matrix] + models.map { try $0.model.reconstruct(images, threads: lab.threads) },
      labels: ["original"] + models.map(\.model.name))
  }

  private static func filters(_ model: Model, _ lab: NotesLab) throws -> [UInt8] {
    try lab.filterPicture(model, count: 40, columns: 20)
  }
}

extension NotesLab {
  func overcomplete() throws -> NotesModel {
    try trained("overcomplete", .overcomplete(latent: 1024), epochs: 6, full: 8)
  }

  /// Returns images of uniform noise.
  func noiseImages(_ count: Int) -> Dataset {
    var random = RandomStream(seed: seed, purpose: .other, epoch: 77)
    let values = (0..<count * data.train.featureCount).map { _ in Float(random.uniform()) }
    return Dataset(
      Matrix(rows: count, columns: data.train.featureCount, values: values), shape: data.train.shape, source: "noise")
  }

  /// Returns the input weights of the first layer's units with the largest norms, grey where a weight is 0.
  func filterPicture(_ model: Model, count: Int, columns: Int) throws -> [UInt8] {
    let weight = model.tensor("encoder.0.weight")!
    let norms = (0..<weight.rows).map { row in
      (0..<weight.columns).reduce(0.0) { $0 + Double(weight[row, $1]) * Double(weight[row, $1]) }
    }
    let chosen = norms.indices.sorted { (norms[$0], $1) > (norms[$1], $0) }.prefix(count)
    var shown = Matrix<Float>(rows: chosen.count, columns: weight.columns)
    for (row, unit) in chosen.enumerated() {
      let most = (0..<weight.columns).reduce(Float.leastNormalMagnitude) { max($0, abs(weight[unit, $1])) }
      for j in 0..<weight.columns { shown[row, j] = 0.5 + 0.5 * weight[unit, j] / most }
    }
    return try picture([shown], labels: [], columns: columns)
  }
}
