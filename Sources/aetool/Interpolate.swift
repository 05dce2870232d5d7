import ArgumentParser
import Autoencoders
import Datasets
import Files
import Linalg

struct Interpolate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes the codes between those of two samples.",
    discussion: """
      A row a pair of samples: the first, what the model makes of the codes from the first's to the second's, the \
      second. --path linear: (1 − t) a + t b; spherical: sin((1 − t)Ω)/sin Ω a + sin(tΩ)/sin Ω b, Ω the angle between \
      the codes a and b, which passes through no codes shorter than both where they are equally long; both: one row \
      under the other. Where a and b are parallel the spherical path is the linear one; where they are opposite, or one \
      is 0, there is none.

      Beside a picture (.png) are the decoded numbers (.npy) and their codes (.csv), row after row. An animation (.gif) \
      goes from the first to the second and back, between both samples.

      EXAMPLE
        aetool interpolate --model vae.safetensors --data digits:100:2 --from 1 --to 9 --out between.png
        aetool interpolate --model vae.safetensors --data digits:100:2 --from 1,5 --to 9,2 --path both --out between.gif
      """)

  enum Path: String, CaseIterable, ExpressibleByArgument {
    case linear, spherical, both

    var paths: [CodePath] { CodePath(rawValue: rawValue).map { [$0] } ?? CodePath.allCases }
  }

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: AnimationOptions

  @Option(
    help: ArgumentHelp("The first sample of each pair, counted from 1.", valueName: "list"), transform: parseSizes)
  var from: [Int]

  @Option(help: ArgumentHelp("The second sample of each pair.", valueName: "list"), transform: parseSizes)
  var to: [Int]

  @Option(
    help: ArgumentHelp("Codes from one to the other, both included.", valueName: "n"), transform: whole(2...100))
  var steps = 10

  @Option(help: "The path between codes.")
  var path = Path.linear

  @OptionGroup var classes: ClassOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  func validate() throws {
    if from.count != to.count {
      throw ValidationError("--from has \(from.count) samples and --to \(to.count): a pair needs one of each")
    }
    if from.count > 100 { throw ValidationError("--from: \(from.count) pairs; at most 100") }
  }

  func run() throws {
    let files = FileRoles(reading: model, data)
    let beside = try output.check(files, for: "interpolate")
    let model = try model.load()
    try checkImages(of: model)
    let data = try data.open()
    try checkSamples(from, "--from", of: data)
    try checkSamples(to, "--to", of: data)
    let pairs = zip(from, to).flatMap { [Int32($0 - 1), Int32($1 - 1)] }
    let samples = data.subset(pairs)
    let ends = try model.encode(samples, threads: threads.threads)
    let originals = samples.matrix
    var codes: [Float] = []
    for pair in from.indices {
      for path in path.paths {
        let (a, b) = (ends.rows([2 * pair]).values, ends.rows([2 * pair + 1]).values)
        guard let between = path.codes(from: a, to: b, steps: steps) else {
          throw FileError(
            .malformed, data.source,
            "the codes of the samples \(from[pair]) and \(to[pair]) are opposite, or one is 0: no one arc joins them; "
              + "use --path linear")
        }
        codes += between.joined()
      }
    }
    // All codes between two samples are decoded as the class of the first.
    let rowLength = steps * path.paths.count
    let labels = try classes.labels(codes.count / ends.columns, of: model) {
      Int(samples.labels![2 * ($0 / rowLength)])
    }
    let images = try model.decode(codes: codes, labels: labels, threads: threads.threads)
    let shape = model.inputShape
    let rows = from.count * path.paths.count
    /// Returns the images of a row at `steps`, between the two samples that the row joins.
    func framed(_ row: Int, _ steps: Range<Int>) -> [Float] {
      let pair = row / path.paths.count
      let first = row * self.steps
      return originals.rows([2 * pair]).values + images.rows(first + steps.lowerBound..<first + steps.upperBound).values
        + originals.rows([2 * pair + 1]).values
    }
    func picture(_ steps: Range<Int>) -> Matrix<Float> {
      Matrix(
        rows: rows * (steps.count + 2), columns: images.columns, values: (0..<rows).flatMap { framed($0, steps) })
    }
    let what = "\(rows) \(rows == 1 ? "row" : "rows") of \(steps) steps between two samples"
    guard let beside else {
      try output.writeAnimation((0..<steps).map { picture($0..<$0 + 1) }, shape: shape, columns: 3)
      return reportWritten(output.out, what)
    }
    let table = Matrix(rows: images.rows, columns: ends.columns, values: codes)
    let names = (0..<rows).map { row in
      let ends = "\(from[row / path.paths.count]) to \(to[row / path.paths.count])"
      return path == .both ? "\(ends)\n\(path.paths[row % path.paths.count].rawValue)" : ends
    }
    let picture = try png(picture(0..<steps), shape: shape, columns: steps + 2, labels: names, for: output.out)
    try beside.write(picture, numbers: images, shape: shape, table: table)
    reportWritten(output.out, "\(what); numbers in \(beside.numbers), codes in \(beside.table)")
  }
}
