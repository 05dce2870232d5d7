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
      of each channel in the middle of the image. 0 is grey, the largest \
      magnitude of each image black or white. Also writes the numbers, where --out ends in .npy.

      EXAMPLE
        aetool filters --model sparse.safetensors --out filters.png
        aetool filters --model deep.safetensors --layer 3 --kind excitation --count 32 --out code.png
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case weights, excitation
  }

  @OptionGroup var model: ModelOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "The encoder's layer, counted from 1 at the input; the first by default.", valueName: "number"))
  var layer = 1

  @Option(help: "What to draw: weights of the first layer, excitation of others by default.")
  var kind: Kind?

  @Option(help: ArgumentHelp("Units, at most.", valueName: "n"))
  var count = 100

  @Option(help: ArgumentHelp("Images in a row; about a square by default.", valueName: "n"))
  var columns: Int?

  @Option(help: ArgumentHelp("Norm of an exciting input; a third of √features by default.", valueName: "norm"))
  var norm: Double?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if !(1...10_000 ~= count) { throw ValidationError("--count \(count): must be from 1 to 10000") }
    if let columns, !(1...1000 ~= columns) { throw ValidationError("--columns \(columns): must be from 1 to 1000") }
    if let norm, !(norm > 0 && norm.isFinite) { throw ValidationError("--norm \(norm): must be positive") }
    if kind == .weights && layer != 1 {
      throw ValidationError("--kind weights: layer \(layer)'s weights are no images; use --kind excitation")
    }
  }

  func run() throws {
    let format = try ArrayFormat.of(output.out, allowsPictures: true)
    let model = try model.load()
    let stage = try model.network.encoderStage(layer)
    let kind = kind ?? (layer == 1 ? .weights : .excitation)
    let images: Matrix<Float>
    var drawn = "units"
    var shape = model.inputShape
    switch kind {
    case .weights:
      let weights = model.network.layers[stage].parameters[0]
      let all = model.tensor(weights.name)!
      if weights.shape.count == 4 {
        (images, shape) = kernels(all, weights.shape)
        drawn = "kernels"
      } else {
        // The columns behind the input belong to the class of a conditional model, not to pixels.
        images = first(all.leadingColumns(model.network.inputSize), min(count, all.rows))
      }
    case .excitation:
      if model.network.classes != nil {
        throw ProgramError(.usage, "--kind excitation: the units of a conditional model depend on the class too")
      }
      let norm = norm ?? Double(model.network.inputSize).squareRoot() / 3
      images = model.excitingInputs(layer: stage, most: count, norm: norm, threads: threads.threads)
    }
    let what = "\(images.rows) \(drawn) of layer \(layer), \(kind.rawValue)"
    if format != .png {
      try writeMatrix(images, shape: shape, to: output.out, format)
      return reportWritten(output.out, what)
    }
    guard let image = ImageShape(shape) else {
      throw ProgramError(
        .usage, "--out \(output.out): samples of shape \(shape) are no images; write them as .npy or .csv")
    }
    let side = Int(Double(images.rows).squareRoot().rounded(.up))
    let grid = ImageGrid(
      height: image.height, width: image.width, channels: image.channels,
      columns: min(columns ?? max(side, min(10, images.rows)), images.rows))
    try AtomicFile.write(try grid.png([greyZero(images).values]), to: output.out)
    reportWritten(output.out, what)
  }

  private func first(_ matrix: Matrix<Float>, _ rows: Int) -> Matrix<Float> {
    Matrix(rows: rows, columns: matrix.columns, values: Array(matrix.values.prefix(rows * matrix.columns)))
  }

  /// Returns the kernels of a weight [out, in, k, k] as images: one in colour for each output channel where there are
  /// three input channels, otherwise one for each pair of channels.
  private func kernels(_ weight: Matrix<Float>, _ shape: [Int]) -> (Matrix<Float>, [Int]) {
    let (outputs, inputs, kernel) = (shape[0], shape[1], shape[2])
    let places = kernel * kernel
    if inputs == 3 {
      let units = min(count, outputs)
      var images = Matrix<Float>(rows: units, columns: 3 * places)
      for unit in 0..<units {
        for channel in 0..<3 {
          for place in 0..<places { images[unit, place * 3 + channel] = weight[unit, channel * places + place] }
        }
      }
      return (images, [kernel, kernel, 3])
    }
    let rows = min(count, outputs * inputs)
    return (Matrix(rows: rows, columns: places, values: Array(weight.values.prefix(rows * places))), [kernel, kernel])
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

extension Matrix<Float> {
  /// Returns the first `count` columns, or all where there are fewer.
  fileprivate func leadingColumns(_ count: Int) -> Matrix<Float> {
    if count >= columns { return self }
    return Matrix(
      rows: rows, columns: count, values: (0..<rows).flatMap { values[$0 * columns..<$0 * columns + count] })
  }
}
