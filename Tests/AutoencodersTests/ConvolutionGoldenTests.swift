import Autoencoders
import Foundation
import Linalg
import Testing

/// Convolutions and their gradients equal those of PyTorch's `conv2d` and `conv_transpose2d`.
/// Golden/torch_convolution.py made the golden numbers with PyTorch 2.13, in float64, to nine digits.
@Suite struct ConvolutionGoldenTests {
  struct Golden: Decodable {
    struct Formula: Decodable { let scale, shift, seed: Double }
    struct Case: Decodable {
      let name, kind: String
      let batch, height, width, in_channels, out_channels, kernel, stride, padding: Int
      let output_shape: [Int]
      let y, x_gradient, weight_gradient, bias_gradient: [Double]
    }
    let inputs: [String: Formula]
    let cases: [Case]
  }

  static let golden: Golden = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Golden/torch_convolution.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }()

  @Test(arguments: golden.cases.indices)
  func equalsPyTorch(index: Int) throws {
    try compare(Self.golden.cases[index], Double.self, within: 2e-8)
    try compare(Self.golden.cases[index], Float.self, within: 1e-5)
  }

  @Test func bothDirectionsAreThere() {
    #expect(Set(Self.golden.cases.map(\.kind)) == ["conv", "transposed"])
  }

  private func compare<S: BLASScalar>(_ item: Golden.Case, _: S.Type, within tolerance: Double) throws {
    let input = Volume(height: item.height, width: item.width, channels: item.in_channels)
    let spec: LayerSpec =
      item.kind == "conv"
      ? .conv2D(item.out_channels, kernel: item.kernel, stride: item.stride, padding: item.padding)
      : .convTranspose2D(
        item.out_channels, height: item.output_shape[1], width: item.output_shape[2], kernel: item.kernel,
        stride: item.stride, padding: item.padding)
    var layout = ParameterLayout()
    let layer = try spec.layer(
      .init(size: input.count, image: input), start: .he, name: "layer", in: &layout
    ).layer
    #expect(layer.outputSize * item.batch == item.y.count)
    let weightCount = layout.parameters[0].count
    let x: Buffer<S> = numbers(item.batch * layer.inputSize, "x")
    let r: Buffer<S> = numbers(item.batch * layer.outputSize, "r")
    let theta = Buffer<S>(count: layout.count)
    let (weight, bias): (Buffer<S>, Buffer<S>) = (numbers(weightCount, "weight"), numbers(item.out_channels, "bias"))
    theta.values = weight.values + bias.values
    let (y, dx) = (Buffer<S>(count: r.count), Buffer<S>(count: x.count))
    let (gradient, work) = (Buffer<S>(count: layout.count), Buffer<S>(count: layer.memory.work))
    for buffer in [y, dx, gradient, work] { buffer.row.fill(.nan) }
    func pass(columns: Int) -> Pass<S> {
      Pass(
        parameters: theta.row.readOnly, gradient: gradient.row, noise: theta.row.readOnly.columns(0..<0),
        scratch: Buffer<S>(count: 0).view(rows: item.batch, columns: 0), work: work.row, batch: item.batch,
        columns: 0..<columns)
    }
    let samples = x.view(rows: item.batch, columns: layer.inputSize).readOnly
    let weighting = r.view(rows: item.batch, columns: layer.outputSize).readOnly
    _ = layer.forward(
      samples, into: y.view(rows: item.batch, columns: layer.outputSize), pass(columns: layer.outputSize))
    layer.backward(
      weighting, x: samples, into: dx.view(rows: item.batch, columns: layer.inputSize), pass(columns: layer.inputSize))
    layer.parameterGradient(weighting, x: samples, units: 0..<layer.cut.units, pass(columns: layer.inputSize))
    let found = gradient.values.map { Double($0) }
    for (name, wanted, values) in [
      ("y", item.y, y.values.map { Double($0) }), ("∂L/∂x", item.x_gradient, dx.values.map { Double($0) }),
      ("∂L/∂w", item.weight_gradient, Array(found[..<weightCount])),
      ("∂L/∂b", item.bias_gradient, Array(found[weightCount...])),
    ] {
      let largest = wanted.map(abs).max()!
      let worst = Swift.zip(wanted, values).map { abs($0 - $1) }.max()!
      #expect(wanted.count == values.count && worst < tolerance * max(1, largest), "\(item.name), \(S.self), \(name)")
    }
  }

  /// Returns the inputs that the golden numbers were computed from, rounded to Float.
  private func numbers<S: BLASScalar>(_ count: Int, _ name: String) -> Buffer<S> {
    let f = Self.golden.inputs[name]!
    let buffer = Buffer<S>(count: count)
    buffer.values = (0..<count).map { i in
      let i = Double(i)
      let value = f.scale * sin(1.7 * i + fmod(0.37 * i * i, 5) + f.seed) + f.shift
      return S(Float(value))
    }
    return buffer
  }
}
