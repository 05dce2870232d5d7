import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import Linalg

/// The options of every command that reads data.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The data: a file (\(Self.formats)), gzipped or not; \(Self.drawn), drawn on the spot; - for standard input. [a:b] "
        + "behind any of these takes a part.",
      valueName: "file"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "A class for each sample, whole numbers in a file; those beside MNIST's images are found.", valueName: "file"))
  var labels: String?

  func open() throws -> Dataset {
    do {
      return try Dataset.open(data, labels: labels)
    } catch {
      if error.kind == .missing, GeneratedData.all.map(\.name).contains(data) {
        throw FileError(
          .missing, data, "there is no such file; drawn data need a number of samples, as in \(data):1000")
      }
      throw error
    }
  }

  /// The names of the formats, with the form of the argument where a file may hold several arrays.
  private static let formats =
    DataFormat.all.map { $0.takesKey ? "\($0.name) as FILE:KEY" : $0.name }.joined(separator: ", ")

  /// The forms of the data that are drawn: "digits:N[:SEED], … or moons:N[:SEED]".
  private static let drawn: String = {
    let forms = GeneratedData.all.map { "\($0.name):N[:SEED]" }
    return forms.dropLast().joined(separator: ", ") + " or " + forms.last!
  }()
}

struct ModelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model, as train wrote it.", valueName: "file"))
  var model: String

  func load() throws -> Model { try Model.load(model, note: Console.note) }
}

/// The options of every command that writes one file.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where to write; - for standard output.", valueName: "file"))
  var out: String

  @OptionGroup var overwriting: OverwriteOptions
}

/// The option that says in which form numbers are written.
struct FormatOptions: ParsableArguments {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case npy, csv
  }

  @Option(help: "The form of the numbers; by the name of --out by default, on a terminal CSV, else NPY.")
  var format: Format?
}

/// The option for how much is said while a command works.
struct ConsoleOptions: ParsableArguments {
  @Flag(help: "Show no progress and no notes, but errors.")
  var quiet = false

  func validate() { if quiet { Console.beQuiet() } }
}

/// The option that says which layer of the encoder is looked at.
struct LayerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The encoder's layer, counted from 1 at the input; the code by default.", valueName: "number"),
    transform: whole(1...mostUnits))
  var layer: Int?
}

struct ResultOptions: ParsableArguments {
  @Flag(help: "Print the result as one JSON object.")
  var json = false
}

/// The option that bounds the memory for what files hold and for what is computed.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The most memory for one thing, as in 500M or 2G; three quarters of what there is by default.",
      valueName: "size"),
    transform: parseMemory)
  var maxMemory: Int?

  func validate() throws { if let maxMemory { MemoryBudget.setLimit(maxMemory) } }
}

/// The options that say how much of the machine a command may take.
struct ThreadOptions: ParsableArguments {
  @OptionGroup var memory: MemoryOptions

  @Option(
    help: ArgumentHelp(
      "Threads to compute with, at most as many as there are processors for the program, which is the default.",
      valueName: "count"), transform: whole(1...256))
  var threads = availableProcessors
}

/// The names of an enumeration are what the help lists, and what the message on a wrong name lists too. They are taken in
/// capitals too.
extension ExpressibleByArgument where Self: CaseIterable & RawRepresentable, RawValue == String {
  public init?(argument: String) { self.init(rawValue: argument.lowercased()) }

  public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}

extension Activation: ExpressibleByArgument {}
extension Orthogonalisation: ExpressibleByArgument {}
extension Start: ExpressibleByArgument {}
extension LearningRateSchedule.Shape: ExpressibleByArgument {}
extension Scaling.Kind: ExpressibleByArgument {}
extension PCA.Solver: ExpressibleByArgument {}
extension LogLikelihoodEstimator: ExpressibleByArgument {}
extension AxisScale: ExpressibleByArgument {}
