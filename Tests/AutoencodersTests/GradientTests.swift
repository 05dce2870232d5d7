import Autoencoders
import Linalg
import Testing

/// Every layer alone under 1e-8, every variant whole under 1e-7, against central differences in Double.
@Suite struct GradientTests {
  /// All layers that there are: a new layer gets a line here.
  static let layers: [(spec: LayerSpec, inputs: Int)] =
    Activation.allCases.map { (.dense(5, $0), 7) } + [(.dense(1), 1), (.dense(3, .tanh), 1), (.dense(1, .silu), 4)]

  @Test(arguments: layers.indices)
  func layerMatchesFiniteDifferences(index: Int) {
    var layout = ParameterLayout()
    // Something in front, so that a layer that forgets its offset shows.
    _ = layout.add("other", shape: [3], startBound: 1, decays: false)
    let (spec, inputs) = Self.layers[index]
    let layer = spec.layer(inputs: inputs, start: .he, name: "layer", in: &layout)
    for row in GradientCheck.layer(layer, layout: layout) {
      #expect(row.relativeError < 1e-8, "\(layer.summary), \(row.name)")
      #expect(row.largestDerivative > 0.01, "\(layer.summary), \(row.name): nothing was tested")
    }
  }

  @Test(arguments: Variant.all.map(\.name), LossKind.allCases)
  func variantMatchesFiniteDifferences(variant: String, loss: LossKind) throws {
    let activations = Variant.named(variant)!.takesActivation ? Activation.allCases : [.identity]
    for activation in activations {
      let hidden = Variant.named(variant)!.defaultHidden == nil ? nil : [9, 5]
      let architecture = try Architecture(
        variant: variant, inputShape: [12], hidden: hidden, latent: 3, activation: activation, loss: loss)
      for row in GradientCheck.network(architecture.network()) {
        #expect(row.relativeError < 1e-7, "\(activation) \(row.name)")
        #expect(row.largestDerivative > 0, "\(activation) \(row.name): nothing was tested")
      }
    }
  }

  @Test func aWrongGradientIsSeen() {
    var layout = ParameterLayout()
    let layer = Dense(inputs: 4, outputs: 3, activation: .tanh, start: .he, name: "wrong", in: &layout)
    let rows = GradientCheck.layer(Doubled(inner: layer), layout: layout)
    #expect(rows[0].relativeError > 0.1)
    #expect(rows.count == 3)
  }
}

/// A layer whose backward pass forgets a factor.
private struct Doubled: Layer {
  let inner: Dense
  var summary: String { "doubled" }
  var inputSize: Int { inner.inputSize }
  var outputSize: Int { inner.outputSize }
  var parameters: [Parameter] { inner.parameters }
  var splitsColumns: Bool { true }
  var units: Int { inner.units }

  func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    let share = inner.forward(x, into: y, pass)
    transform(y) { 2 * $0 }
    return share
  }

  func backwardThroughActivation<S: BLASScalar>(_ dy: MutableMatrixView<S>, y: MatrixView<S>, _ pass: Pass<S>) {}

  func backward<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>) {
    inner.backward(dz, x: x, into: dx, pass)
  }

  func parameterGradient<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>) {
    inner.parameterGradient(dz, x: x, units: units, pass)
  }
}
