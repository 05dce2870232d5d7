import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import Linalg

struct Filters: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws what each unit of the encoder looks for.",
    discussion: """
      --kind weights: a unit's input weights as an image, or a convolution's kernels; for the first layer. \
      --kind excitation: the input of a given norm that excites the unit most, for any layer; of a convolution the unit \
      of each channel in the middle of the image. 0 is grey, the largest magnitude of each image black or white.

      Units come by their use, the most used first: the standard deviation of their activation over --data, or without \
      data the norm of their weights. Those of less than a thousandth of the largest use are left out. Also writes the \
      numbers, where --out ends in .npy or .csv: of all units, by number.

      EXAMPLE
        aetool filters --model sparse.safetensors --data digits:1000:2 --out filters.png
        aetool filters --model deep.safetensors --layer 3 --kind excitation --count 32 --out code.png
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case weights, excitation
  }

  @OptionGroup var model: ModelOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var form: FormatOptions

  @Option(help: ArgumentHelp("Data by which a unit's use is told; by its weights otherwise.", valueName: "file"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "The encoder's layer, counted from 1 at the input; the first by default.", valueName: "number"),
    transform: whole(1...mostUnits))
  var layer = 1

  @Option(help: "What to draw: weights of the first layer, excitation of others by default.")
  var kind: Kind?

  @Option(help: "Units by their use, or by their number; pictures by use, arrays by number by default.")
  var sort: UnitSort?

  @Option(help: ArgumentHelp("Units, at most.", valueName: "n"), transform: whole(1...10_000))
  var count = 100

  @Option(
    help: ArgumentHelp("Images in a row; about a square by default.", valueName: "n"), transform: whole(1...1000))
  var columns: Int?

  @Option(
    help: ArgumentHelp("Norm of an exciting input; a third of √features by default.", valueName: "norm"),
    transform: number(from: 1e-6, to: 1e6))
  var norm: Double?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  func validate() throws {
    if kind == .weights && layer != 1 {
      throw ValidationError("--kind weights: layer \(layer)'s weights are no images; use --kind excitation")
    }
  }

  func run() throws {
    let format = try ArrayFormat.of(output.out, form.format, allowsPictures: true)
    var files = FileRoles()
    files.reads("--model", model.model)
    files.readsData("--data", data)
    try files.check(output, format.kind)
    let model = try model.load()
    let stage = try model.network.encoderStage(layer)
    let kind = kind ?? (layer == 1 ? .weights : .excitation)
    if kind == .excitation, model.network.classes != nil {
      throw ProgramError(.usage, "--kind excitation: the units of a conditional model depend on the class too")
    }
    let sort = sort ?? (format == .png ? .use : .number)
    let order = try order(of: model, stage, sort)
    let drawn = kind == .weights ? weights(of: model, stage, order) : excitation(of: model, stage, order)
    let unused = order.unused == 0 ? "" : "; \(order.unused) without use are left out"
    let what =
      "\(drawn.images.rows) \(drawn.name) of layer \(layer), \(kind.rawValue)"
      + (sort == .use ? ", the most used first\(unused)" : "")
    if format != .png {
      try writeMatrix(drawn.images, shape: drawn.shape, to: output.out, format)
      return reportWritten(output.out, what)
    }
    guard let image = ImageShape(drawn.shape) else {
      throw ProgramError(
        .usage, "--out \(output.out): samples of shape \(drawn.shape) are no images; write them as .npy or .csv")
    }
    let rows = drawn.images.rows
    let side = Int(Double(rows).squareRoot().rounded(.up))
    // Kernels have few pixels, so they are enlarged to about 48.
    let scale = drawn.isKernel ? max(8, 48 / image.width) : nil
    let grid = ImageGrid(
      height: image.height, width: image.width, channels: image.channels,
      columns: min(columns ?? max(side, min(10, rows)), rows), scale: scale, gap: drawn.isKernel ? 8 : 2)
    try grid.write([greyZero(drawn.images).values], to: output.out)
    reportWritten(output.out, what)
  }

  private func order(of model: Model, _ stage: Int, _ sort: UnitSort) throws -> UnitOrder {
    let norms = model.weightNorms(ofLayer: stage)
    if sort == .number { return UnitOrder(all: norms.count) }
    guard let data else { return UnitOrder(byUse: norms) }
    let use = try model.activity(
      ofLayer: stage, units: norms.count, on: try Dataset.open(data), threads: threads.threads)
    return UnitOrder(byUse: use)
  }

  private typealias Drawn = (images: Matrix<Float>, shape: [Int], name: String, isKernel: Bool)

  private func excitation(of model: Model, _ stage: Int, _ order: UnitOrder) -> Drawn {
    let norm = norm ?? Double(model.network.inputSize).squareRoot() / 3
    let images = model.excitingInputs(
      layer: stage, chosen: order.units, most: count, norm: norm, threads: threads.threads)
    return (images, model.inputShape, "units", false)
  }

  private func weights(of model: Model, _ stage: Int, _ order: UnitOrder) -> Drawn {
    let parameter = model.network.layers[stage].parameters[0]
    let all = model.tensor(parameter.name)!
    if parameter.shape.count == 4 { return kernels(all, parameter.shape, order) }
    // The columns behind the input belong to the class of a conditional model, not to pixels.
    let width = min(model.network.inputSize, all.columns)
    let units = order.units.prefix(count)
    let values = units.flatMap { all.values[$0 * all.columns..<$0 * all.columns + width] }
    return (Matrix(rows: units.count, columns: width, values: values), model.inputShape, "units", false)
  }

  /// Returns the kernels of a weight [out, in, k, k] as images: one in colour for each output channel where there are
  /// three input channels, otherwise one for each pair of channels.
  private func kernels(_ weight: Matrix<Float>, _ shape: [Int], _ order: UnitOrder) -> Drawn {
    let (inputs, kernel) = (shape[1], shape[2])
    let places = kernel * kernel
    var values: [Float] = []
    for unit in order.units {
      for channel in 0..<(inputs == 3 ? 1 : inputs) {
        if inputs == 3 {
          for place in 0..<places { for c in 0..<3 { values.append(weight[unit, c * places + place]) } }
        } else {
          for place in 0..<places { values.append(weight[unit, channel * places + place]) }
        }
      }
    }
    let width = inputs == 3 ? 3 * places : places
    let rows = min(count, values.count / width)
    return (
      Matrix(rows: rows, columns: width, values: Array(values.prefix(rows * width))),
      inputs == 3 ? [kernel, kernel, 3] : [kernel, kernel], "kernels", true
    )
  }
}

/// Returns the rows scaled so that 0 becomes 0.5, and the largest magnitude of each row becomes 0 or 1.
func greyZero(_ images: Matrix<Float>) -> Matrix<Float> {
  var result = images
  for row in 0..<images.rows {
    var largest: Float = 1e-30
    for column in 0..<images.columns { largest = max(largest, images[row, column].magnitude) }
    for column in 0..<images.columns { result[row, column] = 0.5 + 0.5 * images[row, column] / largest }
  }
  return result
}

/// Writes the rows of `matrix`, each of `shape`, as NPY or CSV.
func writeMatrix(_ matrix: Matrix<Float>, shape: [Int], to path: String, _ format: ArrayFormat) throws {
  switch format {
  case .npy:
    let writer = try NPYWriter(path, shape: [matrix.rows] + shape)
    try writer.append(matrix.values)
    try writer.commit()
  case .csv:
    let writer = try CSVWriter(path)
    try writer.append(matrix)
    try writer.commit()
  case .png: preconditionFailure("pictures are not arrays")
  }
}
