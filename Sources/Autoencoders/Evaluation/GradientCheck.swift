import Linalg

/// Compares analytic with numeric gradients in Double, by the very code that trains in Float.
///
/// The numeric derivative is the central difference of fourth order, (8
/// (L(v + h) − L(v − h)) − L(v + 2h) + L(v − 2h)) / 12h, h = 1e-4. Its error is about h⁴ from the fifth derivative and
/// 1e-16 |L| / h from rounding, so that about 1e-11 of a derivative near 1 is noise. Within 2h of a rectifier's corner
/// the difference is wrong; another seed then helps. The reported error is max |analytic − numeric| over a tensor,
/// relative to the tensor's largest derivative.
public struct GradientCheck: Sendable {
  public struct Row: Sendable, Encodable, Equatable {
    /// The name of the tensor, as in "input" or "encoder.0.weight".
    public let name: String
    public let count: Int
    public let largestDerivative: Double
    public let relativeError: Double
    /// About how large the relative error can be by rounding alone: 1e-15 |L| / h, over the largest derivative. It is
    /// infinite where the loss L is not finite.
    public let roundingError: Double

    /// Whether the numeric derivative is good enough to tell of an error as large as this row's.
    public var isDecided: Bool { relativeError.isNaN ? roundingError.isFinite : relativeError > roundingError }

    enum CodingKeys: String, CodingKey {
      case name, count
      case largestDerivative = "largest_derivative"
      case relativeError = "relative_error"
    }
  }

  static let step = 1e-4

  /// Checks every parameter tensor of a whole network: the loss is on `batch` random samples in [0, 1], and the noise
  /// is fixed.
  public static func network(_ network: Autoencoder, batch: Int = 7, seed: UInt64 = 1) -> [Row] {
    let run = Propagation<Double>(network, capacity: batch, training: true, pool: WorkerPool(threads: 1))
    var random = RandomStream(seed: seed, purpose: .other)
    random.fillUniform(run.input(rows: batch), 0, 1)
    fillParameters(run.parameters, network.layout, &random)
    if let classes = network.classes {
      for row in 0..<batch { run.labels(rows: batch)[row, 0] = Double(random.index(below: classes)) }
    }
    run.drawNoise(rows: 0..<batch, from: NoiseStream(seed: seed, epoch: 0), sample: 0)
    let loss = run.loss(rows: batch, noise: true)
    run.backward(rows: batch)
    run.gradient.row.fill(.nan)
    run.parameterGradients(rows: batch)
    let theta = run.parameters.row
    return network.layout.parameters.filter { !$0.isState }.map { parameter in
      let range = parameter.offset..<parameter.offset + parameter.count
      let numeric = range.map { index in
        derivative({ theta[0, index] }, { theta[0, index] = $0 }) { run.loss(rows: batch, noise: true) }
      }
      return row(parameter.name, analytic: range.map { run.gradient.row[0, $0] }, numeric: numeric, loss: loss)
    }
  }

  /// Checks a layer by its spec, placed behind another tensor, so that a layer that forgets its offset in θ shows.
  ///
  /// - Throws: `InvalidArgument` where the layer cannot take `input`.
  public static func layer(
    _ spec: LayerSpec, input: LayerSpec.Shape, batch: Int = 5, seed: UInt64 = 1
  ) throws(InvalidArgument) -> [Row] {
    var layout = ParameterLayout()
    _ = layout.add("other", shape: [3], startBound: 1, decays: false)
    let layer = try spec.layer(input, start: .he, name: "layer", in: &layout).layer
    return self.layer(layer, layout: layout, batch: batch, seed: seed)
  }

  /// Checks ∂L/∂x and ∂L/∂θ of one layer alone, where L = Σ y ⊙ R + the layer's share, with R random.
  ///
  /// The gradients are computed in two windows of rows, columns and units where the layer can be cut, on memory filled
  /// with NaN, so that a forgotten write or a wrong window shows.
  public static func layer(
    _ layer: any Layer, layout: ParameterLayout, batch: Int = 5, seed: UInt64 = 1
  ) -> [Row] {
    let bench = LayerBench(layer, layout, batch: batch, seed: seed)
    bench.backward()
    let x = bench.input.view(rows: batch, columns: layer.inputSize)
    let dx = bench.inputGradient.view(rows: batch, columns: layer.inputSize)
    var numeric: [Double] = []
    var analytic: [Double] = []
    for i in 0..<batch {
      for j in 0..<layer.inputSize {
        analytic.append(dx[i, j])
        numeric.append(derivative({ x[i, j] }, { x[i, j] = $0 }) { bench.loss() })
      }
    }
    let theta = bench.parameters.row
    let loss = bench.loss()
    return [row("input", analytic: analytic, numeric: numeric, loss: loss)]
      + layer.parameters.filter { !$0.isState }.map { parameter in
        let range = parameter.offset..<parameter.offset + parameter.count
        let numeric = range.map { index in
          derivative({ theta[0, index] }, { theta[0, index] = $0 }) { bench.loss() }
        }
        return row(
          parameter.name, analytic: range.map { bench.gradient.row[0, $0] }, numeric: numeric, loss: loss)
      }
  }

  /// Fills weights with numbers uniform in ±√(6 / fan_in) and biases in ±0.5, so that every layer has some influence.
  /// Tables are filled as they start.
  fileprivate static func fillParameters(
    _ theta: Buffer<Double>, _ layout: ParameterLayout, _ random: inout RandomStream
  ) {
    for parameter in layout.parameters {
      let bound =
        parameter.isWeightMatrix
        ? (6 / Double(parameter.columns)).squareRoot() : parameter.startBound > 0 ? parameter.startBound : 0.5
      let window = theta.view(rows: 1, columns: parameter.count, offset: parameter.offset)
      // States are means of units between 0 and 1.
      if parameter.isState { random.fillUniform(window, 0.1, 0.9) } else { random.fillUniform(window, -bound, bound) }
    }
  }

  private static func derivative(_ get: () -> Double, _ set: (Double) -> Void, _ loss: () -> Double) -> Double {
    let value = get()
    func moved(_ offset: Double) -> Double {
      set(value + offset)
      return loss()
    }
    let near = moved(step) - moved(-step)
    let far = moved(2 * step) - moved(-2 * step)
    set(value)
    return (8 * near - far) / (12 * step)
  }

  private static func row(_ name: String, analytic: [Double], numeric: [Double], loss: Double) -> Row {
    var largest = 0.0
    var difference = 0.0
    for (a, n) in Swift.zip(analytic, numeric) {
      largest = max(largest, abs(a), abs(n))
      // A NaN fails every comparison, so the comparison is written such that it is kept.
      difference = abs(a - n) <= difference ? difference : abs(a - n)
    }
    return Row(
      name: name, count: analytic.count, largestDerivative: largest,
      relativeError: difference == 0 ? 0 : difference / largest,
      roundingError: loss.isFinite ? 1e-15 * abs(loss) / step / max(largest, .leastNormalMagnitude) : .infinity)
  }
}

/// A layer with memory around it, for `GradientCheck.layer`.
private final class LayerBench {
  let layer: any Layer
  let batch: Int
  let input, inputGradient, output, outputGradient, weights, parameters, gradient, noise, scratch, work: Buffer<Double>

  init(_ layer: any Layer, _ layout: ParameterLayout, batch: Int, seed: UInt64) {
    self.layer = layer
    self.batch = batch
    input = Buffer(count: batch * layer.inputSize)
    inputGradient = Buffer(count: batch * layer.inputSize)
    output = Buffer(count: batch * layer.outputSize)
    outputGradient = Buffer(count: batch * layer.outputSize)
    weights = Buffer(count: batch * layer.outputSize)
    parameters = Buffer(count: layout.count)
    gradient = Buffer(count: layout.count)
    noise = Buffer(count: batch * layer.memory.noise)
    scratch = Buffer(count: batch * layer.memory.scratch)
    work = Buffer(count: layer.memory.work)
    var random = RandomStream(seed: seed, purpose: .other)
    random.fillUniform(input.row, -2, 2)
    random.fillUniform(weights.row, -1, 1)
    GradientCheck.fillParameters(parameters, layout, &random)
    layer.drawNoise(into: noise.view(rows: batch, columns: layer.memory.noise), using: &random)
  }

  func loss() -> Double {
    output.row.fill(.nan)
    var share = 0.0
    for (rows, columns) in windows(of: layer.outputSize) {
      share += layer.forward(
        input.view(rows: batch, columns: layer.inputSize).readOnly.rows(rows),
        into: output.view(rows: batch, columns: layer.outputSize).window(rows: rows, columns: columns),
        pass(rows, columns))
    }
    var total = share
    for index in 0..<output.count { total += output.row[0, index] * weights.row[0, index] }
    return total
  }

  func backward() {
    _ = loss()
    outputGradient.row.copy(weights.row.readOnly)
    let y = output.view(rows: batch, columns: layer.outputSize)
    let dy = outputGradient.view(rows: batch, columns: layer.outputSize)
    let x = input.view(rows: batch, columns: layer.inputSize).readOnly
    let dx = inputGradient.view(rows: batch, columns: layer.inputSize)
    inputGradient.row.fill(.nan)
    gradient.row.fill(.nan)
    for (rows, columns) in windows(of: layer.outputSize) {
      layer.backwardThroughActivation(
        dy.window(rows: rows, columns: columns), y: y.window(rows: rows, columns: columns).readOnly,
        pass(rows, columns))
    }
    for (rows, columns) in windows(of: layer.inputSize) {
      layer.backward(
        dy.rows(rows).readOnly, x: x.window(rows: rows, columns: columns),
        into: dx.window(rows: rows, columns: columns), pass(rows, columns))
    }
    let half = layer.cut.units / 2 / layer.cut.alignment * layer.cut.alignment
    for units in [0..<half, half..<layer.cut.units] where !units.isEmpty {
      layer.parameterGradient(dy.readOnly, x: x, units: units, pass(0..<batch, 0..<layer.inputSize))
    }
  }

  /// Returns two windows of rows, each with two windows of columns, where the layer can be cut so.
  private func windows(of width: Int) -> [(Range<Int>, Range<Int>)] {
    let rowCut = layer.cut.rows ? batch / 2 : 0
    let columnCut = layer.cut.columns ? width / 2 : 0
    var result: [(Range<Int>, Range<Int>)] = []
    for rows in [0..<rowCut, rowCut..<batch] where !rows.isEmpty {
      for columns in [0..<columnCut, columnCut..<width] where !columns.isEmpty { result.append((rows, columns)) }
    }
    return result
  }

  private func pass(_ rows: Range<Int>, _ columns: Range<Int>) -> Pass<Double> {
    Pass(
      parameters: parameters.row.readOnly, gradient: gradient.row,
      noise: noise.view(rows: batch, columns: layer.memory.noise).rows(rows).readOnly,
      scratch: scratch.view(rows: batch, columns: layer.memory.scratch).rows(rows), work: work.row,
      batch: batch, columns: columns)
  }
}
