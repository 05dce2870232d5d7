import Autoencoders
import Linalg

/// y = x ⊙ s: every feature is multiplied by a number of its own, which is learned.
struct Scale: Layer {
  let inputSize: Int
  /// s, as many numbers as there are features.
  let scale: Parameter

  var outputSize: Int { inputSize }
  var role: LayerRole { .map }
  var summary: String { "scale of \(inputSize) features" }
  var parameters: [Parameter] { [scale] }
  /// Some columns can be computed without the others, and so can the gradient of a part of s.
  var cut: LayerCut { LayerCut(columns: true, units: inputSize) }
  /// `parameterGradient` needs one row of memory for its products.
  var memory: LayerMemory { LayerMemory(work: inputSize) }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func forward<S: BLASScalar>(
    _ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>
  ) -> Double {
    y.copy(x.columns(pass.columns))
    transformRows(y, with: pass.values(of: scale).columns(pass.columns)) { x, s in x * s }
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // ∂L/∂x (B × n) = ∂L/∂y (B × n) ⊙ s, row by row
    dx.copy(dz.columns(pass.columns))
    transformRows(dx, with: pass.values(of: scale).columns(pass.columns)) { d, s in d * s }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  func parameterGradient<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>
  ) {
    // ∂L/∂s (1 × n) = Σ over the batch of ∂L/∂y ⊙ x
    let gradient = pass.gradient(of: scale).columns(units)
    let products = pass.work.columns(units)
    gradient.fill(0)
    for sample in 0..<x.rows {
      let row = sample..<sample + 1
      let (d, x) = (dz.window(rows: row, columns: units), x.window(rows: row, columns: units))
      zip(d, x, into: products) { d, x in d * x }
      accumulate(products.readOnly, into: gradient)
    }
  }
}

/// The text form: `scale`, or `scale:start=0.5` for numbers that start at 0.5, not at 1.
struct ScaleKind: LayerKind {
  static let form = LayerForm(
    name: "scale", arguments: "[:start=1]",
    summary: "every feature times a number of its own, which is learned")
  let start: Double

  init(start: Double) { self.start = start }

  init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    start = try arguments.number("start", orElse: 1, in: -1e6...1e6)
  }

  var arguments: [String] { start == 1 ? [] : ["start=\(start)"] }

  func layer(
    at site: LayerSite, in layout: inout ParameterLayout
  ) throws(InvalidArgument) -> any Layer {
    let size = site.input.size
    let scale = layout.add(
      "\(site.name).scale", shape: [size], startBound: 0, startCentre: start, decays: false)
    return Scale(inputSize: size, scale: scale)
  }
}

extension LayerSpec {
  /// Every feature times a number of its own, which is learned.
  static func scale(start: Double = 1) -> LayerSpec { LayerSpec(ScaleKind(start: start)) }
}
