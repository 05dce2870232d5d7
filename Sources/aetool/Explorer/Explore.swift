import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import Linalg
import Pages

struct Explore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a page on which one can touch a model: draw, drag over its codes, move each number.",
    discussion: """
      One HTML file with the model inside, which opens in a browser without a network. For images: draw one and see what \
      models make of it; for a code of two numbers a plane to drag over; a slider for each number of the code; what lies \
      between two samples. For tables: where codes lie, and the sliders. Several --model stand side by side where they \
      can. Without --data only variational models have a range of codes that is known.

      EXAMPLE
        aetool explore --model vae.safetensors --data digits:1000:2 --out explorer.html
        aetool explore --model pca.safetensors --model deep.safetensors --data digits:1000:2 --out explorer.html
      """)

  @Option(help: ArgumentHelp("A model, as train wrote it; once for each.", valueName: "file"))
  var model: [String]

  @Option(help: ArgumentHelp("Samples for the page: a few as examples, others by their codes.", valueName: "file"))
  var data: String?

  @Option(help: ArgumentHelp("The classes of --data.", valueName: "file"))
  var labels: String?

  @Option(help: ArgumentHelp("Where to write the page (HTML).", valueName: "file"))
  var out: String

  @Option(help: "How weights are kept in the page; int8 halves its size and rounds more.")
  var precision = BrowserModel.Precision.float16

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions

  func validate() throws {
    if labels != nil && data == nil { throw ValidationError("--labels: of which --data?") }
    try checkPage(out)
  }

  func run() throws {
    var files = FileRoles()
    for path in model { files.reads("--model", path) }
    files.readsData("--data", data)
    files.readsData("--labels", labels)
    files.writes("--out", out, .html)
    try files.check(force: overwriting.force)
    let models = try NamedModel.load(model)
    let dataset = try data.map { try Dataset.open($0, labels: labels) }
    let parts = try ExplorerParts(models, data: dataset, precision: precision, threads: threads.threads)
    let names = models.map(\.name).joined(separator: ", ")
    let page = Page(
      title: "Touch \(names)",
      lead:
        "What the \(models.count == 1 ? "model does" : "models do") with what you \(parts.isImage ? "draw and " : "")choose, "
        + "computed in your browser.",
      sections: try parts.sections(), data: parts.shared)
    let bytes = try page.html()
    try AtomicFile.write(bytes, to: out)
    reportWritten(out, "a page of \((bytes.count + 1023) / 1024) KB; open it in a browser")
  }
}

extension BrowserModel.Precision: ExpressibleByArgument {}

/// A model and what a page calls it: the file's name without its ending.
struct NamedModel {
  let name: String
  let path: String
  let model: Model

  /// Loads models whose samples have one shape. Models with one name get their numbers behind it.
  static func load(_ paths: [String]) throws -> [NamedModel] {
    let names = paths.map { path in
      let file = path.split(separator: "/").last.map(String.init) ?? path
      return file.hasSuffix(".safetensors") ? String(file.dropLast(12)) : file
    }
    let models = try zip(paths, names.indices).map { path, index in
      let isOnly = names.count { $0 == names[index] } == 1
      return NamedModel(
        name: isOnly ? names[index] : "\(names[index]) (\(index + 1))", path: path,
        model: try Model.load(path, note: Console.note))
    }
    if let other = models.first(where: { $0.model.inputShape != models[0].model.inputShape }) {
      throw ProgramError(
        .usage,
        "--model \(other.path): its samples have the shape \(other.model.inputShape), those of \(models[0].path) "
          + "\(models[0].model.inputShape); one page is for samples of one shape")
    }
    return models
  }
}

/// Refuses a page's name that does not end in .html.
func checkPage(_ out: String) throws {
  if out.lowercased().hasSuffix(".html") || out.lowercased().hasSuffix(".htm") { return }
  throw ValidationError("--out \(out): the page is HTML; let the name end in .html")
}
