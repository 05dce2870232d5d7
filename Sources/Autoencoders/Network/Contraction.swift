import Linalg

/// The contractive penalty λ/B Σ ‖J‖²_F, where J = ∂h/∂x of the encoder for each sample (Rifai et al. 2011), and its
/// gradient.
///
/// For affine layers of any depth d, with D_l = diag φ′(z_l), a recursion gives J:
///
///     P_d = D_d,  V_{l−1} = P_l A_l,  P_l = V_l D_l,  J = V_0
///
/// Each matrix has one row for each of the code's units. On the way back, with G_0 = 2λ/B · V_0 and T_l = G_{l−1} A_lᵀ:
///
///     ∂/∂A_l = P_lᵀ G_{l−1},  ∂/∂z_l = φ″(z_l) ⊙ Σ over rows of T_l ⊙ V_l  (V_d = I),  G_l = T_l D_l
///
/// ∂/∂z_l then goes back through the network with the gradient of the loss. One dense layer needs no recursion:
/// ‖J‖² = Σⱼ φ′(zⱼ)² ‖Wⱼ‖².
final class Contraction<S: BLASScalar>: NetworkTerm {
  let name = "contraction"
  private let network: Autoencoder
  private let workspace: Workspace<S>
  private let parameters: Buffer<S>
  private let pool: WorkerPool
  /// The indices of the encoder's affine layers, from the input on.
  private let places: [Int]
  private let layers: [any AffineLayer]
  /// ∂/∂z of the penalty for each layer of `places`, batch × outputs.
  private let preactivations: [Buffer<S>]
  /// The gradient ∂/∂θ of the penalty.
  private let gradient: Buffer<S>
  /// ‖J‖²_F of each sample.
  private let norms: Buffer<Double>
  private let gradientTiles: [GradientTile]
  /// One number for each unit, where the encoder is a single layer.
  private let sums: Buffer<S>

  /// The number of samples that are worked on at a time. The matrices V, P and T have the rows of one sample after
  /// another, as many for each as the code has units.
  private let blockSize: Int
  private let v, p, t: [Buffer<S>]

  private var block: Range<Int> = 0..<0
  private var rows = 0
  private var needsGradient = false
  private var sampleBody = WorkerPool.Body { _, _ in }
  private var gradientBody = WorkerPool.Body { _, _ in }

  /// The largest number of numbers in a block that has more than one sample.
  private static var mostNumbers: Int { 1 << 22 }
  /// The largest number of numbers that one sample may take; it is a gigabyte.
  static var largestSample: Int { 1 << 28 }

  /// Returns the number of numbers that the recursion takes for a sample; 0 for one dense layer, which needs none.
  static func numbersPerSample(_ network: Autoencoder) -> Int {
    let layers = network.layers[..<network.encoderDepth].filter { $0 is any AffineLayer }
    if layers.count == 1 && layers[0].linearMaps.count == 1 { return 0 }
    return 3 * layers.reduce(layers[0].inputSize) { $0 + $1.outputSize } * network.codeSize
  }

  /// Returns the number of samples that are worked on at a time; 0 for one dense layer.
  static func blockSize(_ network: Autoencoder, capacity: Int) -> Int {
    let numbers = numbersPerSample(network)
    return numbers == 0 ? 0 : max(1, min(capacity, mostNumbers / numbers))
  }

  init(
    _ network: Autoencoder, _ workspace: Workspace<S>, _ parameters: Buffer<S>, gradientTiles: [GradientTile],
    pool: WorkerPool
  ) {
    self.network = network
    self.workspace = workspace
    self.parameters = parameters
    self.pool = pool
    places = (0..<network.encoderDepth).filter { network.layers[$0] is any AffineLayer }
    layers = places.map { network.layers[$0] as! any AffineLayer }
    preactivations = layers.map { Buffer(count: workspace.capacity * $0.outputSize) }
    gradient = Buffer(count: network.layout.count)
    norms = Buffer(count: workspace.capacity)
    sums = Buffer(count: layers[0].outputSize)
    self.gradientTiles = gradientTiles.filter { [places] in places.contains($0.layer) }
    // These are the lengths of a row before the first layer and behind each.
    let widths = [layers[0].inputSize] + layers.map(\.outputSize)
    blockSize = Self.blockSize(network, capacity: workspace.capacity)
    let rows = blockSize * network.codeSize
    (v, p, t) = (
      widths.map { Buffer(count: rows * $0) }, widths.map { Buffer(count: rows * $0) },
      widths.map { Buffer(count: rows * $0) }
    )
    sampleBody = WorkerPool.Body { [unowned(unsafe) self] sample, worker in unsafe self.sampleTask(sample, worker) }
    gradientBody = WorkerPool.Body { [unowned(unsafe) self] tile, worker in unsafe self.gradientTask(tile, worker) }
  }

  func share(samples rows: Int, parts: Int, dy: MutableMatrixView<S>, gradients: Bool) -> NetworkTermShare {
    NetworkTermShare(value: penalty(rows: rows, gradients: gradients))
  }

  private func penalty(rows: Int, gradients: Bool) -> Double {
    self.rows = rows
    needsGradient = gradients
    if blockSize == 0 { return ofOneLayer() }
    if gradients { gradient.row.fill(0) }
    for start in stride(from: 0, to: rows, by: blockSize) {
      block = start..<min(start + blockSize, rows)
      pool.run(tasks: block.count, sampleBody)
      if gradients { pool.run(tasks: gradientTiles.count, gradientBody) }
    }
    let norms = norms.row
    var total = 0.0
    for sample in 0..<rows { total += norms[0, sample] }
    return weight * total / Double(rows)
  }

  /// The factor λ.
  private var weight: Double { network.contraction ?? 0 }

  func parameterGradient(_ index: Int) -> Buffer<S>? { places.contains(index) ? gradient : nil }

  /// Returns what the penalty adds to ∂L/∂z of layer `index`, rows × outputs; nil for layers that it does not go
  /// through.
  func preactivationGradient(_ index: Int, rows: Int) -> MatrixView<S>? {
    guard let place = places.firstIndex(of: index) else { return nil }
    return preactivations[place].view(rows: rows, columns: layers[place].outputSize).readOnly
  }

  private func ofOneLayer() -> Double {
    let layer = layers[0]
    let map = layer.linearMaps[0]
    let scale = weight / Double(rows)
    let total = contractOneLayer(
      layer.activation, y: activation(0).rows(0..<rows), weight: values(of: map.weight), scale: scale,
      preactivation: preactivations[0].view(rows: rows, columns: layer.outputSize),
      gradient: gradient.row.matrix(at: map.weight.offset, rows: map.weight.rows, columns: map.weight.columns),
      sums: sums.row)
    return scale * total
  }

  private func sampleTask(_ number: Int, _ worker: Int) {
    let sample = block.lowerBound + number
    let last = layers.count
    let units = network.codeSize
    let rows = number * units..<(number + 1) * units
    func window(_ buffers: [Buffer<S>], _ place: Int) -> MutableMatrixView<S> {
      let width = place == 0 ? layers[0].inputSize : layers[place - 1].outputSize
      return buffers[place].view(rows: blockSize * units, columns: width).rows(rows)
    }
    func output(_ place: Int) -> MatrixView<S> { activation(place).rows(sample..<sample + 1) }

    // P_d = D_d
    setIdentity(window(p, last))
    multiplyDerivative(layers[last - 1].activation, window(p, last), y: output(last - 1))
    for place in (1...last).reversed() {
      // V_{l−1} = P_l A_l,  P_{l−1} = V_{l−1} D_{l−1}
      let before = window(v, place - 1)
      layers[place - 1].backward(
        window(p, place).readOnly, x: before.readOnly, into: before, pass(place - 1, sample, worker))
      if place > 1 {
        window(p, place - 1).copy(before.readOnly)
        multiplyDerivative(layers[place - 2].activation, window(p, place - 1), y: output(place - 2))
      }
    }
    norms.row[0, sample] = sumOfSquares(window(v, 0).readOnly)
    if !needsGradient { return }
    // G_0 = 2λ/B · V_0
    scale(window(v, 0), by: S(2 * weight / Double(self.rows)), into: window(t, 0))
    for place in 1...last {
      // T_l = G_{l−1} A_lᵀ
      layers[place - 1].linear(window(t, place - 1).readOnly, into: window(t, place), pass(place - 1, sample, worker))
      // ∂/∂z_l = φ″(z_l) ⊙ Σ over rows of T_l ⊙ V_l
      let z = preactivations[place - 1].view(rows: self.rows, columns: layers[place - 1].outputSize)
        .rows(sample..<sample + 1)
      if place == last { setIdentity(window(v, place)) }
      sumOfProducts(window(v, place), window(t, place).readOnly, into: z)
      layers[place - 1].activation.multiplySecondDerivative(z, y: output(place - 1))
      // G_l = T_l D_l
      if place < last { multiplyDerivative(layers[place - 1].activation, window(t, place), y: output(place - 1)) }
    }
  }

  /// Adds ∂/∂A_l = P_lᵀ G_{l−1} of this block to that of the blocks before.
  private func gradientTask(_ task: Int, _ worker: Int) {
    let tile = gradientTiles[task]
    let place = places.firstIndex(of: tile.layer)! + 1
    let layer = layers[place - 1]
    let count = block.count * network.codeSize
    layer.parameterGradient(
      p[place].view(rows: count, columns: layer.outputSize).readOnly,
      x: t[place - 1].view(rows: count, columns: layer.inputSize).readOnly, units: tile.units,
      pass(place - 1, block.lowerBound, worker))
  }

  private func pass(_ place: Int, _ sample: Int, _ worker: Int) -> Pass<S> {
    let layer = layers[place]
    let scratch = workspace.scratch[places[place]].view(rows: workspace.capacity, columns: layer.memory.scratch)
    return Pass(
      parameters: parameters.row.readOnly, gradient: gradient.row,
      noise: parameters.row.readOnly.columns(0..<0),
      // All these rows belong to one sample, so they share the sample's scratch.
      scratch: scratch.rows(sample..<sample + 1).repeated(network.codeSize), work: workspace.work[worker].row,
      batch: rows, columns: 0..<layer.inputSize, addsLinearPart: true)
  }

  private func activation(_ place: Int) -> MatrixView<S> {
    workspace.activations[places[place] + 1].view(rows: workspace.capacity, columns: layers[place].outputSize).readOnly
  }

  private func values(of weight: Parameter) -> MatrixView<S> {
    parameters.row.readOnly.matrix(at: weight.offset, rows: weight.rows, columns: weight.columns)
  }
}

/// Sets the diagonal of x to 1 and the rest to 0.
@specialized(where S == Float)
@specialized(where S == Double)
private func setIdentity<S: BLASScalar>(_ x: MutableMatrixView<S>) {
  x.fill(0)
  for i in 0..<x.rows { x[i, i] = 1 }
}

/// Multiplies every row of d by φ′, which follows from the one row y.
@specialized(where S == Float)
@specialized(where S == Double)
private func multiplyDerivative<S: BLASScalar>(_ activation: Activation, _ d: MutableMatrixView<S>, y: MatrixView<S>) {
  activation.multiplyDerivative(d, y: y.repeated(d.rows), derivative: y)
}

/// Computes y ← factor · x.
@specialized(where S == Float)
@specialized(where S == Double)
private func scale<S: BLASScalar>(_ x: MutableMatrixView<S>, by factor: S, into y: MutableMatrixView<S>) {
  let factor = S.Vector(factor)
  map(x.readOnly, into: y) { factor * $0 }
}

/// Computes s ← Σ over rows of a ⊙ b, and overwrites a.
@specialized(where S == Float)
@specialized(where S == Double)
private func sumOfProducts<S: BLASScalar>(_ a: MutableMatrixView<S>, _ b: MatrixView<S>, into s: MutableMatrixView<S>) {
  transform(a, with: b) { $0 * $1 }
  columnSums(a.readOnly, into: s)
}

/// Returns Σ over samples and units of φ′(z)² ‖Wⱼ‖². It writes `scale` times the derivatives to `preactivation` (∂/∂z)
/// and `gradient` (∂/∂W): 2 φ′ φ″ ‖Wⱼ‖² and 2 Wⱼ Σ over samples of φ′².
@specialized(where S == Float)
@specialized(where S == Double)
private func contractOneLayer<S: BLASScalar>(
  _ activation: Activation, y: MatrixView<S>, weight: MatrixView<S>, scale: Double,
  preactivation: MutableMatrixView<S>, gradient: MutableMatrixView<S>, sums: MutableMatrixView<S>
) -> Double {
  let factor = S.Vector(S(2 * scale))
  // The memory of ∂/∂z first holds φ′, then its square.
  preactivation.fill(1)
  activation.multiplyDerivative(preactivation, y: y, derivative: y)
  transform(preactivation) { $0 * $0 }
  columnSums(preactivation.readOnly, into: sums)
  var total = 0.0
  for j in 0..<weight.rows {
    let row = weight.rows(j..<j + 1)
    let norm = sumOfSquares(row)
    total += Double(sums[0, j]) * norm
    let sum = S.Vector(sums[0, j]) * factor
    map(row, into: gradient.rows(j..<j + 1)) { sum * $0 }
    sums[0, j] = S(norm)
  }
  transformRows(preactivation, with: sums.readOnly) { _, norm in factor * norm }
  activation.multiplyDerivative(preactivation, y: y, derivative: y)
  activation.multiplySecondDerivative(preactivation, y: y)
  return total
}
