import ArgumentParser
import Datasets
import Files
import Pages

struct Notes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notes",
    abstract: "Trains what the lecture notes claim, and writes one page on which every claim is seen to happen.",
    discussion: """
      Trains some thirty small models, measures each claim about autoencoders on them, and writes index.html into the \
      folder --out: one file that opens without a network, with figures, verdicts that follow from the numbers, the \
      command behind each model, and models that run in the page. Models and numbers lie beside it. A run that was \
      interrupted goes on where it stopped; a second run only draws the page anew.

      Without --data the images are MNIST where it lies in data/mnist, else drawn digits; with --quick they are drawn \
      digits, which take two to three minutes on two cores.

      EXAMPLE
        aetool notes --out notes --quick
        aetool notes --data train-images-idx3-ubyte.gz --test t10k-images-idx3-ubyte.gz --out notes
      """)

  @Option(help: ArgumentHelp("Folder for the page; made where it is missing.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "Images to train on, with values from 0 to 1: a file, or digits:N; MNIST where it lies in data/mnist, else "
        + "digits:20000:1.", valueName: "file"))
  var data: String?

  @Option(help: ArgumentHelp("Images of the same kind to measure on.", valueName: "file"))
  var test: String?

  @Option(help: ArgumentHelp("Images of another kind, of the same shape.", valueName: "file"))
  var foreign = "shapes:5000:1"

  @Flag(help: "Train less: what drawn digits need.")
  var quick = false

  @Option(help: ArgumentHelp("Seed of all models.", valueName: "number"))
  var seed: UInt64 = 1

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions

  func validate() throws {
    if (data == nil) != (test == nil) { throw ValidationError("--data and --test go together") }
  }

  func run() throws {
    var files = FileRoles()
    files.readsData("--data", data)
    files.readsData("--test", test)
    files.readsData("--foreign", foreign)
    if fileExists("\(out)/index.html") { files.writes("--out", "\(out)/index.html", .html) }
    try files.check(force: overwriting.force)
    let (trainName, testName) = names
    let samples = NotesData(
      train: try Dataset.open(trainName), test: try Dataset.open(testName), foreign: try Dataset.open(foreign))
    try samples.check()
    let setting = NotesSetting(samples, isQuick: quick, seed: seed)
    let store = try NotesStore(out, setting, force: overwriting.force)
    let lab = NotesLab(samples, setting, store, threads: threads.threads)
    var sections: [PageSection] = []
    var claims: [String: [NotesClaim]] = [:]
    let progress = NotesProgress(quick: quick)
    for part in NotesParts.all {
      progress.begin(part)
      let section = try part.section(lab)
      sections.append(PageSection(id: part.id, title: part.title, blocks: section.blocks))
      claims[part.id] = section.claims
    }
    let page = Page(
      title: "Autoencoders, seen", lead: lead(lab), sections: sections, data: lab.shared)
    try AtomicFile.write(Array((try Console.text(ofJSON: claims) + "\n").utf8), to: "\(out)/claims.json")
    try AtomicFile.write(try page.html(), to: "\(out)/index.html")
    let all = claims.values.flatMap { $0 }
    let seen = all.count { $0.verdict.isSeen }
    Console.result("\(out)/index.html: open it in a browser; \(seen) of \(all.count) claims seen")
  }

  /// The data that the options name, or else MNIST where it is found, or drawn digits.
  private var names: (train: String, test: String) {
    if let data, let test { return (data, test) }
    let folder = "data/mnist"
    let (train, test) = ("\(folder)/train-images-idx3-ubyte.gz", "\(folder)/t10k-images-idx3-ubyte.gz")
    if !quick && fileExists(train) && fileExists(test) { return (train, test) }
    return ("digits:20000:1", "digits:2000:2")
  }

  private func lead(_ lab: NotesLab) -> String {
    "This page explains autoencoders by experiments, which `aetool notes` made on one machine. The data are images: "
      + "\(lab.data.train.count.grouped) to train on (`\(lab.names.train)`), \(lab.data.test.count.grouped) others "
      + "to measure on (`\(lab.names.test)`), and \(lab.data.foreign.count.grouped) of another kind "
      + "(`\(lab.names.foreign)`). A name like `digits:20000:1` is a kind of images that the program draws, their "
      + "number, and the seed of its random numbers. A grey box has the commands that repeat an experiment. A "
      + "marked line is a claim with what the numbers say of it: seen, or not."
  }
}

/// The progress over all sections, with the time that is left.
final class NotesProgress {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let quick: Bool
  private var done = 0
  private var spent = 0.0

  init(quick: Bool) {
    self.quick = quick
    start = clock.now
  }

  private func seconds(_ part: any NotesPart.Type) -> Double { quick ? part.seconds.quick : part.seconds.full }

  /// Says that a section begins. The time left follows from how long the sections before took, against what is usual.
  func begin(_ part: any NotesPart.Type) {
    let left = NotesParts.all.dropFirst(done).reduce(0) { $0 + seconds($1) }
    let elapsed = (clock.now - start).inSeconds
    let pace = spent > 10 ? min(20, max(0.02, elapsed / spent)) : 1
    Console.say(
      "[\(done + 1)/\(NotesParts.all.count)] \(part.title); about \(ProgressLine.duration(left * pace)) left")
    done += 1
    spent += seconds(part)
  }
}
