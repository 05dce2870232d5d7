import ArgumentParser
import Autoencoders
import Datasets
import Files
import Linalg

#if canImport(Glibc)
  import Glibc
#endif

/// The values that some dimensions of the code go through, and the values at which all others stay.
struct CodeAxes {
  let dimensions: [Int]
  /// The values of each dimension, dimensions × size.
  let values: [[Double]]
  /// The code around which the dimensions are changed, of the code's size.
  let centre: [Float]

  var size: Int { values[0].count }

  /// Returns the centre with `changes`, each a dimension (counted from 1) and its new value.
  func code(_ changes: (dimension: Int, value: Double)...) -> [Float] {
    var code = centre
    for (dimension, value) in changes { code[dimension - 1] = Float(value) }
    return code
  }

  /// The values as a table, with a row for each step and a column for each dimension.
  var table: Matrix<Float> {
    Matrix(
      rows: size, columns: dimensions.count,
      values: (0..<size).flatMap { step in values.map { Float($0[step]) } })
  }
}

/// The options that say where the axes of pictures over the code come from.
struct CodeAxesOptions: ParsableArguments {
  static let discussion = """
    For a variational model the values are quantiles of the prior, (i + ½)/K of N(0, 1), so that each step is equally \
    likely; for other models --data fixes them, from the 5th to the 95th percentile of the codes; with --range r they \
    are evenly spaced from −r to r. The other dimensions are 0, or the mean of the codes of --data, or with --sample the \
    code of one sample.
    """

  @Option(help: ArgumentHelp("Data whose codes fix the axes and the other dimensions.", valueName: "file"))
  var data: String?

  @Option(help: ArgumentHelp("The classes of --data, for conditional models.", valueName: "file"))
  var labels: String?

  @Option(
    help: ArgumentHelp("The sample of --data, counted from 1, around whose code to look.", valueName: "n"),
    transform: whole(1...mostSamples))
  var sample: Int?

  @Option(
    help: ArgumentHelp("Half of the axes' length around 0: values from −r to r.", valueName: "r"),
    transform: number(from: 1e-6, to: 1e6))
  var range: Double?

  func validate() throws {
    if labels != nil && data == nil { throw ValidationError("--labels: of which --data?") }
    if let sample, data == nil { throw ValidationError("--sample \(sample): of which --data?") }
  }

  /// Returns axes with `size` values for each of `dimensions`, which are counted from 1.
  func axes(of model: Model, dimensions: [Int], size: Int, threads: Int) throws -> CodeAxes {
    let d = model.network.codeSize
    try checkDimensions(dimensions, of: model)
    let isVariational = model.network.isVariational
    if data == nil && range == nil && !isVariational {
      throw ProgramError(
        .usage,
        "--model: the codes of the variant '\(model.name)' have no known range; give --data or --range")
    }
    var codes: Matrix<Float>?
    if let data {
      let data = try Dataset.open(data, labels: labels)
      try checkSamples(sample.map { [$0] } ?? [], "--sample", of: data)
      if range == nil && !isVariational && data.count < 2 {
        throw FileError(.malformed, data.source, "1 sample; the codes of at least 2 fix the axes")
      }
      codes = try model.encode(data, threads: threads)
    }
    let values = dimensions.map { dimension -> [Double] in
      if let range { return even(-range, range, size) }
      if isVariational { return (0..<size).map { normalQuantile((Double($0) + 0.5) / Double(size)) } }
      let sorted = (0..<codes!.rows).map { Double(codes![$0, dimension - 1]) }.sorted()
      func percentile(_ p: Double) -> Double { sorted[Int((p * Double(sorted.count - 1)).rounded())] }
      return even(percentile(0.05), percentile(0.95), size)
    }
    var centre = [Float](repeating: 0, count: d)
    if let codes, let sample {
      centre = codes.rows(sample - 1..<sample).values
    } else if let codes {
      for j in 0..<d {
        centre[j] = Float((0..<codes.rows).reduce(0.0) { $0 + Double(codes[$1, j]) } / Double(codes.rows))
      }
    }
    return CodeAxes(dimensions: dimensions, values: values, centre: centre)
  }

  private func even(_ low: Double, _ high: Double, _ size: Int) -> [Double] {
    (0..<size).map { low + (high - low) * Double($0) / Double(size - 1) }
  }
}

/// Refuses anything but two different dimensions.
func checkPair(_ dimensions: [Int]) throws {
  if dimensions.count != 2 || dimensions[0] == dimensions[1] {
    throw ValidationError("--dimensions: expected two different numbers, as in 1,2")
  }
}

/// Refuses dimensions that the model's code does not have.
func checkDimensions(_ dimensions: [Int], of model: Model) throws {
  let d = model.network.codeSize
  if dimensions.contains(where: { $0 > d }) {
    let list = dimensions.map(String.init).joined(separator: ",")
    throw ProgramError(.usage, "--dimensions \(list): the model's code has \(d) numbers")
  }
}

/// Refuses samples, counted from 1, that `data` do not have.
func checkSamples(_ samples: [Int], _ option: String, of data: Dataset) throws {
  if let sample = samples.first(where: { $0 > data.count }) {
    throw ProgramError(.usage, "\(option) \(sample): \(data.source) has \(data.count.grouped) samples")
  }
}

/// Returns the x with Φ(x) = p, where Φ is the standard normal distribution function, by bisection to rounding.
func normalQuantile(_ p: Double) -> Double {
  var (low, high) = (-40.0, 40.0)
  for _ in 0..<100 {
    let middle = (low + high) / 2
    if 0.5 * erfc(-middle / 2.0.squareRoot()) < p { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
