import Datasets
import Figures
import Linalg
import Pages

/// A section of the page: an experiment with its numbers, pictures and verdicts.
protocol NotesPart: SendableMetatype {
  /// The name of the section in links and in the file of verdicts.
  static var id: String { get }
  static var title: String { get }
  /// About how many seconds the section takes on two cores, by which the time left is judged.
  static var seconds: (quick: Double, full: Double) { get }
  /// Makes the experiments that are not made yet, and returns the section.
  static func section(_ lab: NotesLab) throws -> NotesSection
}

/// What a part gives to the page.
struct NotesSection {
  let blocks: [PageBlock]
  /// Each claim of the section in a few words, with what was seen of it.
  let claims: [NotesClaim]
}

/// A claim of the notes with the verdict that the numbers give.
struct NotesClaim: Codable {
  let claim: String
  let verdict: Verdict

  /// - Parameters:
  ///   - isSeen: what the numbers say.
  ///   - numbers: the numbers in words.
  ///   - otherwise: what stands in the way where the claim is not seen; the numbers by default.
  init(_ claim: String, isSeen: Bool, _ numbers: String, otherwise: String? = nil) {
    self.claim = claim
    verdict = Verdict(isSeen: isSeen, text: "\(claim): \(isSeen ? numbers : otherwise ?? numbers)")
  }
}

/// The parts in the order of the page.
enum NotesParts {
  static let all: [any NotesPart.Type] = [
    NotesAutoencoder.self, NotesPCA.self, NotesCompression.self, NotesCopying.self, NotesDivergence.self,
    NotesSparse.self, NotesDenoising.self, NotesVariational.self, NotesTry.self,
  ]
}

extension NotesLab {
  /// Returns rows of images, one layer under another, as a picture: `layers` holds equally many images each.
  func picture(_ layers: [Matrix<Float>], labels: [String], columns: Int? = nil, scale: Int = 2) throws -> [UInt8] {
    let image = ImageShape(data.train.shape)!
    let grid = ImageGrid(
      height: image.height, width: image.width, channels: image.channels, columns: columns ?? layers[0].rows,
      scale: scale)
    return try grid.png(layers.map(\.values), labels: labels)
  }

  /// Returns the first `count` test images, ten of which show the classes in turn where there are classes.
  func shownTests(_ count: Int) -> Dataset {
    guard let labels = data.test.labels else { return data.test.subset(0..<count) }
    let classes = Set(labels).sorted()
    var places: [Int32] = []
    var taken: [Int32: Int] = [:]
    for number in 0..<count {
      let label = classes[number % classes.count]
      let skipped = taken[label] ?? 0
      taken[label] = skipped + 1
      let all = labels.indices.lazy.filter { labels[$0] == label }.prefix(skipped + 1)
      places.append(Int32(Array(all).last ?? 0))
    }
    return data.test.subset(places)
  }
}
