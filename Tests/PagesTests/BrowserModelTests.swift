import Autoencoders
import Datasets
import Foundation
import Linalg
import Testing

@testable import Pages

@Suite struct BrowserModelTests {
  private let data = Dataset(
    pixels: (0..<4 * 64).map { UInt8($0 * 37 % 256) }, count: 4, shape: [8, 8], labels: [0, 1, 2, 1], source: "bytes")

  private func object(_ data: PageData?) -> [String: PageData] {
    if case .object(let fields)? = data { fields } else { [:] }
  }

  private func kinds(_ data: PageData?) -> [PageData] {
    if case .list(let layers)? = data { layers.compactMap { object($0)["kind"] } } else { [] }
  }

  /// Every kind of layer that is a function of its input has a script; noise, penalties and draws are left out.
  @Test func everyKindOfLayerRuns() throws {
    let model = try Model(
      encoder: [
        LayerSpec("noise:gaussian:0.1"), LayerSpec("conv:2:elu"), LayerSpec("max-pool:2"), LayerSpec("dropout:0.1"),
        .layerNorm,
        .classCondition(3), LayerSpec("gaussian-heads:2"), LayerSpec("gaussian-sample"),
      ],
      decoder: [
        .classCondition(3), LayerSpec("dense:4x4x2:silu"), LayerSpec("upsample:8x8"), LayerSpec("conv-transpose:1:8x8"),
      ], loss: .init("gaussian:1")!, for: data, seed: 1)
    let fields = object(try BrowserModel(model).data)
    #expect(kinds(fields["encoder"]) == ["conv", "max-pool", "layer-norm", "class", "heads"])
    #expect(kinds(fields["decoder"]) == ["class", "dense", "upsample", "conv-transpose"])
    #expect(fields["classes"] == 3)
    #expect(fields["variational"] == true)
    let script = PageAssets.text("network.js")
    for kind in kinds(fields["encoder"]) + kinds(fields["decoder"]) {
      guard case .text(let name) = kind else { continue }
      #expect(script.contains("\(name)(d") || script.contains("\(name): (d)") || script.contains("\"\(name)\""))
    }
    for activation in Activation.allCases { #expect(script.contains(activation.rawValue)) }
  }

  /// A layer of another package has no script; the message says which layer it is.
  @Test func aLayerWithoutScriptIsNamed() throws {
    let model = try Model(encoder: [.dense(3), LayerSpec(NegationKind())], decoder: [.dense()], for: data, seed: 1)
    let error = #expect(throws: InvalidArgument.self) { _ = try BrowserModel(model) }
    #expect(error?.description == "encoder (negation): pages have no script that runs this layer")
  }

  /// A row's largest weight is 127 or −127 times its factor, and no weight is further off than half of the factor.
  @Test func int8RoundsEachRowToItsLargestWeight() throws {
    let model = try Model(encoder: [.dense(3)], decoder: [.dense()], for: data, seed: 1)
    let fields = object(try BrowserModel(model, precision: .int8).data)
    guard case .list(let layers)? = fields["encoder"], let layer = layers.first else {
      Issue.record("no layers")
      return
    }
    let weight = object(object(layer)["weight"])
    let quanta = try bytes(weight["i8"]).map { Int8(bitPattern: $0) }
    let factors = try bytes(object(weight["factor"])["f32"])
    let exact = try #require(model.tensor("encoder.0.weight"))
    #expect(quanta.count == exact.values.count && factors.count == 4 * exact.rows)
    for row in 0..<exact.rows {
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(factors[4 * row + $1]) << UInt32(8 * $1) }
      let factor = Float(bitPattern: bits)
      let own = quanta[row * exact.columns..<(row + 1) * exact.columns]
      #expect(own.map(\.magnitude).max() == 127)
      for (column, quantum) in own.enumerated() {
        #expect((Float(quantum) * factor - exact[row, column]).magnitude <= 0.501 * factor)
      }
    }
  }

  private func bytes(_ data: PageData?) throws -> [UInt8] {
    guard case .text(let text)? = data else { return [] }
    return try Array(#require(Data(base64Encoded: text)))
  }

  @Test func samplesStayBytes() {
    let fields = object(SampleSet(data, samples: [2, 0]).data)
    #expect(fields["count"] == 2)
    #expect(fields["labels"] == [2, 0])
    #expect(fields["shape"] == [8, 8])
    #expect(Set(object(fields["values"]).keys) == ["u8"])
  }
}

/// y = −x, a layer that pages know nothing of.
private struct Negation: Layer {
  let inputSize: Int
  var outputSize: Int { inputSize }
  var role: LayerRole { .map }
  var summary: String { "negation" }

  func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    for i in 0..<x.rows { for j in 0..<x.columns { y[i, j] = -x[i, j] } }
    return 0
  }

  func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    for i in 0..<dz.rows { for j in 0..<dz.columns { dx[i, j] = -dz[i, j] } }
  }
}

private struct NegationKind: LayerKind {
  static let form = LayerForm(name: "negation", arguments: "", summary: "−x")
  init() {}
  init(_ arguments: inout LayerArguments) throws(InvalidArgument) {}
  var arguments: [String] { [] }
  func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    Negation(inputSize: site.input.size)
  }
}
