import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Linalg

#if canImport(Glibc)
  import Glibc
#endif

struct LatentGrid: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latent-grid",
    abstract: "Decodes a grid over two dimensions of the code.",
    discussion: """
      For a variational model the axes are quantiles of the prior, (i + ½)/K of N(0, 1), so that every cell is equally \
      likely; with --range they are evenly spaced. For other models give --data: the axes go from the 5th to the 95th \
      percentile of their codes. The other dimensions are 0, or the mean of the codes of --data. The first axis goes to \
      the right, the second up. Beside the PNG: the decoded numbers (.npy) and the axes' values (.csv).

      EXAMPLE
        aetool latent-grid --model vae.safetensors --out grid.png
        aetool latent-grid --model deep.safetensors --data digits:1000:2 --dimensions 1,3 --size 15 --out grid.png
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("Where to write the picture (PNG).", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Data whose codes fix the axes.", valueName: "file"))
  var data: String?

  @Option(help: ArgumentHelp("Images a side.", valueName: "n"))
  var size = 20

  @Option(
    help: ArgumentHelp("The two dimensions of the code, counted from 1.", valueName: "pair"), transform: parseSizes)
  var dimensions: [Int] = [1, 2]

  @Option(help: ArgumentHelp("Half of the axes' length around 0: values from −r to r.", valueName: "r"))
  var range: Double?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if !(2...100 ~= size) { throw ValidationError("--size \(size): must be from 2 to 100") }
    if dimensions.count != 2 || dimensions[0] == dimensions[1] {
      throw ValidationError("--dimensions: expected two different numbers, as in 1,2")
    }
    if let range, !(range > 0 && range.isFinite) { throw ValidationError("--range \(range): must be positive") }
    if range != nil && data != nil { throw ValidationError("--range and --data exclude each other") }
    if !out.lowercased().hasSuffix(".png") {
      throw ValidationError("--out \(out): the picture is a PNG; let the name end in .png")
    }
  }

  func run() throws {
    let model = try model.load()
    let d = model.network.codeSize
    guard dimensions.max()! <= d else {
      throw ProgramError(
        .usage, "--dimensions \(dimensions[0]),\(dimensions[1]): the model's code has \(d) numbers")
    }
    guard ImageShape(model.architecture.inputShape) != nil else {
      throw ProgramError(.usage, "--model: its samples, of shape \(model.architecture.inputShape), are no images")
    }
    let (axes, centre) = try axes(model)
    var codes = Matrix<Float>(rows: size * size, columns: d)
    for row in 0..<size {
      for column in 0..<size {
        let place = row * size + column
        for j in 0..<d { codes[place, j] = centre[j] }
        codes[place, dimensions[0] - 1] = Float(axes[0][column])
        codes[place, dimensions[1] - 1] = Float(axes[1][size - 1 - row])
      }
    }
    let images = try model.decode(Dataset(codes, source: "the grid"), threads: threads.threads)
    let stem = String(out.dropLast(4))
    try writeMatrix(images, shape: model.architecture.inputShape, to: stem + ".npy", .npy)
    var table = Matrix<Float>(rows: size, columns: 2)
    for i in 0..<size {
      table[i, 0] = Float(axes[0][i])
      table[i, 1] = Float(axes[1][i])
    }
    try writeMatrix(table, shape: [2], to: stem + ".csv", .csv)
    try writeImages(images, shape: model.architecture.inputShape, columns: size, to: out)
    reportWritten(
      out,
      "\(size)×\(size) images over dimensions \(dimensions[0]) and \(dimensions[1]); numbers in \(stem).npy, axes in "
        + "\(stem).csv")
  }

  /// The values of both axes, and those of all dimensions elsewhere.
  private func axes(_ model: Model) throws -> (axes: [[Double]], centre: [Float]) {
    let d = model.network.codeSize
    func even(_ low: Double, _ high: Double) -> [Double] {
      (0..<size).map { low + (high - low) * Double($0) / Double(size - 1) }
    }
    if let data {
      let codes = try model.encode(try Dataset.open(data), threads: threads.threads)
      var centre = [Float](repeating: 0, count: d)
      for j in 0..<d {
        centre[j] = Float((0..<codes.rows).reduce(0.0) { $0 + Double(codes[$1, j]) } / Double(codes.rows))
      }
      let axes = dimensions.map { dimension -> [Double] in
        let sorted = (0..<codes.rows).map { Double(codes[$0, dimension - 1]) }.sorted()
        func percentile(_ p: Double) -> Double { sorted[Int((p * Double(sorted.count - 1)).rounded())] }
        return even(percentile(0.05), percentile(0.95))
      }
      return (axes, centre)
    }
    let centre = [Float](repeating: 0, count: d)
    if let range { return ([even(-range, range), even(-range, range)], centre) }
    guard model.network.isVariational else {
      throw ProgramError(
        .usage,
        "--model: the codes of the variant '\(model.architecture.variant)' have no known range; give --data or --range")
    }
    let quantiles = (0..<size).map { normalQuantile((Double($0) + 0.5) / Double(size)) }
    return ([quantiles, quantiles], centre)
  }
}

/// x with Φ(x) = p, the standard normal distribution's, by bisection to rounding.
func normalQuantile(_ p: Double) -> Double {
  var (low, high) = (-40.0, 40.0)
  for _ in 0..<100 {
    let middle = (low + high) / 2
    if 0.5 * erfc(-middle / 2.0.squareRoot()) < p { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
