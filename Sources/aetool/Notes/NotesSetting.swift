import Autoencoders
import Datasets
import Files

/// What a page of notes is about: its data and how much is trained. Two runs with equal settings make the same page.
struct NotesSetting: Codable, Equatable {
  /// The version of what is trained and measured, so that a folder of an older program is not gone on with.
  var form = 1
  var train, test, foreign: DataFingerprint
  var isQuick: Bool
  var seed: UInt64

  init(_ data: NotesData, isQuick: Bool, seed: UInt64) {
    train = DataFingerprint(data.train, withClasses: true)
    test = DataFingerprint(data.test, withClasses: true)
    foreign = DataFingerprint(data.foreign, withClasses: false)
    self.isQuick = isQuick
    self.seed = seed
  }
}

/// The images that the notes are about.
struct NotesData {
  let train: Dataset
  let test: Dataset
  /// Images of another kind.
  let foreign: Dataset

  /// Refuses data that the notes cannot be about.
  func check() throws(FileError) {
    func described(_ data: Dataset) -> String {
      "samples of shape \(data.shape) with values from \(data.range.lowerBound) to \(data.range.upperBound)"
    }
    guard train.shape.count >= 2, train.hasFractions else {
      throw FileError(
        .malformed, train.source, "\(described(train)); the notes are about images with values from 0 to 1")
    }
    for other in [test, foreign] where other.shape != train.shape || !other.hasFractions {
      throw FileError(
        .malformed, other.source,
        "\(described(other)); expected images like those of \(train.source), of shape \(train.shape) with values from "
          + "0 to 1")
    }
    for (data, least) in [(train, 2000), (test, 500), (foreign, 100)] where data.count < least {
      throw FileError(.malformed, data.source, "\(data.count) samples; the notes need at least \(least)")
    }
  }
}
