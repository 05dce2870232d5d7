import Autoencoders
import Datasets
import Files
import FoundationEssentials
import Linalg
import Pages

/// Where the experiments of a page are made: its data, its folder, and the models that they share.
final class NotesLab {
  let data: NotesData
  let setting: NotesSetting
  let store: NotesStore
  let threads: Int
  /// How the data are named in the commands that the page shows.
  let names: NotesNames

  init(_ data: NotesData, _ setting: NotesSetting, _ store: NotesStore, threads: Int) {
    self.data = data
    self.setting = setting
    self.store = store
    self.threads = threads
    names = NotesNames(train: data.train.source, test: data.test.source, foreign: data.foreign.source)
  }

  var seed: UInt64 { setting.seed }

  /// Test samples on which measurements are made that take long.
  var fewTests: Dataset { data.test.spread(2000) }

  /// Returns the model `name`: the one in the folder, or one that is trained now.
  ///
  /// - Parameters:
  ///   - epochs: the epochs of a page with `--quick`; a full page, whose data are more, has as many unless `full` is
  ///     given.
  ///   - samples: what it is trained on; the training data by default.
  ///   - first: the number of the first samples of these that are taken; all by default.
  ///   - initial: the model to begin with; a new one of `recipe` by default.
  ///   - kept: the model that is kept with the trained weights, where no file could hold the trained one.
  func trained(
    _ name: String, _ recipe: Recipe, epochs: Int, full: Int? = nil, on samples: Dataset? = nil, first: Int? = nil,
    from initial: Model? = nil, keptAs kept: Model? = nil, _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> NotesModel {
    let all = samples ?? data.train
    let samples = first.map { all.subset(0..<$0) } ?? all
    let source = first.map { "\(all.source)[0:\($0)]" } ?? all.source
    var options = TrainingOptions(epochs: setting.isQuick ? epochs : full ?? epochs, seed: seed)
    let model = try store.model(name) {
      let start = try initial ?? Model(recipe, for: samples, seed: seed, threads: threads)
      options.optimizer = .usual(for: start)
      change(&options)
      Console.say("  training \(name): \(counted(options.epochs, "epoch")) of \(counted(samples.count, "sample"))")
      var curve: [NotesEpoch] = []
      let made = try Trainer(options, threads: threads).trained(start, on: samples, as: name) {
        curve.append(NotesEpoch($0))
      }
      _ = try store.numbers("curve-\(name)") { curve }
      guard var kept else { return made }
      kept.parameters = made.parameters
      return kept
    }
    let curve = try store.numbers("curve-\(name)") { [NotesEpoch]() }
    return NotesModel(
      name: name, model: model, curve: curve,
      command: model.training.flatMap { record in
        initial == nil
          ? NotesShell.training(recipe, record.options, data: source, model: "\(name).safetensors") : nil
      })
  }

  /// Returns the principal components of the training data, as many as any experiment asks for.
  func components() throws -> PCA {
    if let known = knownComponents { return known }
    let count = min(64, data.train.featureCount, data.train.count - 1)
    let pca = try PCA.fit(SampleStream(data.train), .components(count), seed: seed, threads: threads)
    knownComponents = pca
    return pca
  }

  private var knownComponents: PCA?

  /// What the page's scripts share, by name: models and images.
  var shared: [String: PageData] = [:]

  /// Returns the model of the first `count` components.
  func componentModel(_ count: Int) throws -> Model {
    let components = try components()
    var model = try Model(components.truncated(to: min(count, components.size)), shape: data.train.shape)
    try model.rememberErrors(on: data.train.spread(10_000), threads: threads)
    return model
  }

  /// Ends the command where it was asked to end.
  func checkInterrupt() throws {
    if Interrupt.isRequested { throw ProgramError(Interrupt.status, "interrupted; the same command goes on from here") }
  }
}

/// The names of the data in the commands of a page.
struct NotesNames {
  let train, test, foreign: String
}

/// A model of a page with its training.
struct NotesModel {
  let name: String
  let model: Model
  let curve: [NotesEpoch]
  /// The command that makes the same model; nil where there is none.
  let command: String?
}

/// An epoch of training as pages keep it: no times, which differ from run to run.
struct NotesEpoch: Codable, Equatable {
  let epoch: Int
  let loss: Double
  /// The least loss that the data allow; 0 where that is not known.
  let floor: Double
  let terms: [String: Double]

  init(_ report: EpochReport) {
    epoch = report.epoch
    loss = report.trainLoss
    floor = report.trainFloor ?? 0
    terms = Dictionary(report.terms.map { ($0.name, $0.value) }) { first, _ in first }
  }
}
