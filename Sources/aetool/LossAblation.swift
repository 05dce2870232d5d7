import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import Linalg

struct LossAblation: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loss-ablation",
    abstract:
      "Trains a variational model on each term of its loss alone and on both, and draws the codes side by side.",
    discussion: """
      Reconstruction alone: classes lie apart, but anywhere, with gaps that decode to nothing. Divergence alone: every \
      sample's code is the prior, which says nothing of it. Both: classes lie apart within the prior. The circles have \
      the radii 1, 2 and 3, the prior's standard deviations. The three models are equal but for the loss, seed \
      included; a Gaussian's learned deviation is fixed at 1.

      EXAMPLE
        aetool loss-ablation --data digits:10000 --variant vae --hidden 256 --epochs 10 --out ablation.svg
        aetool loss-ablation --data train-images-idx3-ubyte.gz --test t10k-images-idx3-ubyte.gz --out ablation.svg
      """)

  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("Draw the codes of these samples, not of --data.", valueName: "file"))
  var test: String?

  @Option(help: ArgumentHelp("The classes of --test.", valueName: "file"))
  var testLabels: String?

  @Option(help: ArgumentHelp("Where to write the picture (SVG).", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Points in a scatter, at most.", valueName: "n"), transform: whole(1...100_000))
  var points = 3000

  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Training") var training: OptimizerOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions
  @OptionGroup var result: ResultOptions

  func validate() throws {
    if !out.lowercased().hasSuffix(".svg") {
      throw ValidationError("--out \(out): the picture is an SVG; let the name end in .svg")
    }
    if training.patience != nil { throw ValidationError("--patience: nothing is validated here") }
  }

  func run() throws {
    var files = FileRoles()
    files.reads(data)
    files.readsData("--test", test)
    files.readsData("--test-labels", testLabels)
    files.writes("--out", out, .svg)
    try files.check(force: overwriting.force)
    let data = try data.open()
    let shown = try test.map { try Dataset.open($0, labels: testLabels) } ?? data
    var base = network
    if network.encoder == nil { base.chosenVariant = network.chosenVariant ?? "vae" }
    func build() throws -> Model {
      try base.model(
        for: data, latent: network.latent == nil && network.encoder == nil ? 2 : nil, seed: training.seed,
        threads: threads.threads)
    }
    var model = try build()
    if model.blueprint.loss == .learnedGaussian {
      // Training on the divergence alone would learn no deviation by which to judge the model.
      base.variational.likelihood = .gaussian(deviation: 1)
      model = try build()
    }
    if !model.network.isVariational {
      throw ProgramError(
        .usage, "--variant \(base.variant): the terms are those of a variational model, 'vae' or 'conv-vae'")
    }
    if model.network.draws > 1 {
      throw ProgramError(.usage, "--importance-samples: that bound has no terms to take apart")
    }
    try training.options().validate()
    try model.check(shown)
    var random = RandomStream(seed: training.seed, purpose: .other)
    let count = min(points, shown.count)
    let chosen = shown.subset(random.permutation(shown.count).prefix(count).sorted())
    let parts: [(name: String, beta: Double?, reconstructs: Bool)] = [
      ("reconstruction alone", 0, true), ("divergence alone", nil, false), ("both", nil, true),
    ]
    var panels: [ScatterPanel] = []
    var rows: [AblationRow] = []
    for (name, beta, reconstructs) in parts {
      Console.say(name)
      // The trained weights go into a copy of the whole model, so that both terms judge them, whichever trained them.
      var trained = model
      trained.parameters = try Trainer(try training.options(for: model), threads: threads.threads)
        .trained(try model.trainedFor(beta: beta, reconstructs: reconstructs), on: data, as: name).parameters
      let codes = try trained.drawCodes(chosen, seed: training.seed, threads: threads.threads)
      panels.append(
        ScatterPanel(
          name,
          points: (0..<codes.rows).map {
            Chart.Point(Double(codes[$0, 0]), Double(codes[$0, min(1, codes.columns - 1)]))
          },
          classes: chosen.labels, circles: [1, 2, 3]))
      if let evaluation = try trained.evaluateVariational(shown, seed: training.seed, threads: threads.threads) {
        rows.append(AblationRow(loss: name, evaluation))
      }
    }
    let scatter = Scatter(
      title: "draws from q(z|x) by what the model was trained for", xLabel: "z₁", yLabel: "z₂", panels: panels)
    try AtomicFile.write(Array(scatter.svg(side: 360).utf8), to: out)
    if result.json { return try Console.json(["losses": rows]) }
    Console.result("trained for              E_q[ln p(x|z)]          KL        ELBO  active units")
    for row in rows { Console.result(row.line) }
    reportWritten(out, "the codes of \(chosen.count.grouped) samples, three times")
  }
}

/// A line of the table that `loss-ablation` prints.
private struct AblationRow: Encodable {
  let loss: String
  let reconstruction_term, kl, elbo: Double
  let active_units, dimensions: Int

  init(loss: String, _ evaluation: VariationalEvaluation) {
    self.loss = loss
    reconstruction_term = evaluation.reconstructionTerm
    kl = evaluation.kl
    elbo = evaluation.elbo
    active_units = evaluation.activeUnits
    dimensions = evaluation.klByDimension.count
  }

  var line: String {
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(1, width - text.count)) + text
    }
    return loss + padded(reconstruction_term.formatted(2), 39 - loss.count) + padded(kl.formatted(2), 12)
      + padded(elbo.formatted(2), 12) + "  \(active_units) of \(dimensions)"
  }
}
