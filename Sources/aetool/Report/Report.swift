import ArgumentParser
import Autoencoders
import Datasets
import Files
import Linalg
import Pages

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a page about a model: its layers, its training, its numbers in words, pictures, strange samples.",
    discussion: """
      One HTML file, which can be sent, printed and opened without a network. The numbers are those of evaluate; --log \
      adds the loss over training, one log for each model, in the order of the models. Several --model stand side by side \
      in a table, then each has its section.

      EXAMPLE
        aetool report --model deep.safetensors --data digits:2000:2 --log log.jsonl --out report.html
        aetool report --model pca.safetensors --model deep.safetensors --data digits:2000:2 --out report.html
      """)

  @Option(help: ArgumentHelp("A model, as train wrote it; once for each.", valueName: "file"))
  var model: [String]

  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("The log that train --log wrote; once for each model.", valueName: "file"))
  var log: [String] = []

  @Option(help: ArgumentHelp("Where to write the page (HTML).", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Seed of noise, stochastic binarisation and codes.", valueName: "number"))
  var seed: UInt64 = 0

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions
  @OptionGroup var result: ResultOptions

  func validate() throws {
    try checkPage(out)
    if !log.isEmpty && log.count != model.count {
      throw ValidationError("--log: \(log.count) for \(model.count) --model; give one for each, in the same order")
    }
  }

  func run() throws {
    var files = FileRoles()
    for path in model { files.reads("--model", path) }
    for path in log { files.reads("--log", path) }
    files.reads(data)
    files.writes("--out", out, .html)
    try files.check(force: overwriting.force)
    let models = try NamedModel.load(model)
    let data = try data.open()
    let parts = try models.enumerated().map { index, named in
      try ModelPart(
        named, data: data, epochs: log.isEmpty ? nil : try Curves.read(log[index]), seed: seed, threads: threads.threads
      )
    }
    let source = data.source.split(separator: "/").last.map(String.init) ?? data.source
    let page = Page(
      title: models.count == 1 ? "Report on \(models[0].name)" : "Report on \(models.count) models",
      lead: "Measured on \(data.count.grouped) samples of \(source).",
      sections: models.count == 1 ? try parts[0].sections() : try sections(of: parts))
    let bytes = try page.html()
    try AtomicFile.write(bytes, to: out)
    reportWritten(out, "a page of \((bytes.count + 1023) / 1024) KB; open it in a browser")
    if result.json {
      try Console.json(parts.map { Numbers(model: $0.named.path, numbers: $0.evaluation) })
    }
  }

  /// What `--json` prints of a model.
  private struct Numbers: Encodable {
    let model: String
    let numbers: Evaluation
  }

  private func sections(of parts: [ModelPart]) throws -> [PageSection] {
    let rows = parts.map { part -> [String] in
      let e = part.evaluation
      return [
        part.named.name, part.named.model.name, "\(part.named.model.network.codeSize)",
        part.named.model.network.layout.count.grouped, e.squaredErrorPerSample.significant(4),
        e.variational.map { $0.elbo.formatted(2) } ?? "", e.psnrDB.map { $0.formatted(2) } ?? "",
      ]
    }
    let overview = PageSection(
      id: "overview", title: "Side by side",
      blocks: [
        .table(
          header: ["model", "variant", "numbers in the code", "parameters", "squared error", "ELBO, nats", "PSNR, dB"],
          rows: rows,
          caption: "The squared error is summed over features and averaged over samples. Lower is better; of the "
            + "ELBO and the PSNR, higher is better. Compare models of equal code size.")
      ])
    return [overview]
      + (try parts.enumerated().map { index, part in
        let groups = try part.sections().map { PageBlock.group(title: $0.title, blocks: $0.blocks) }
        return PageSection(id: "model\(index + 1)", title: part.named.name, blocks: groups)
      })
  }
}
