import Datasets
import Linalg

extension Autoencoder {
  /// Returns one place of every unit of a layer. The units of a convolution are its channels, with their place in the
  /// middle of the image.
  func units(ofLayer index: Int) -> [Int] {
    // The units of a variational encoder's heads are the means.
    if case .heads(let latent) = layers[index].role { return Array(0..<latent) }
    guard let image = layers[index].outputImage else { return Array(0..<layers[index].outputSize) }
    let middle = (image.height / 2 * image.width + image.width / 2) * image.channels
    return Array(middle..<middle + image.channels)
  }

  /// Returns the index in `layers` of the encoder's layer `number`, counted from 1; nil stands for the last, the code.
  /// - Throws: `InvalidArgument` where the encoder has no such layer.
  public func encoderStage(_ number: Int?) throws(InvalidArgument) -> Int {
    let stages = encoderStages
    let number = number ?? stages.count
    guard number >= 1, number <= stages.count else {
      throw InvalidArgument(
        "layer", "\(number)", expected: "the encoder has \(stages.count) layers with weights, the last is the code")
    }
    return stages[number - 1]
  }
}

extension Model {
  /// Returns, for each of the first `most` units of a layer, or for those of `chosen` in that order, the input x that
  /// excites the unit most among all with ‖x‖ = `norm`: units × features, in the units that the network sees. For a
  /// convolution it is the unit of each channel in the middle of the image.
  ///
  /// The iteration is x ← norm · (x/‖x‖ + g/‖g‖) / ‖…‖ from a small random start, where g is the gradient of the unit's
  /// sum before its activation. For a first dense layer it leads to the unit's weights w, scaled, as in Ng's CS294A,
  /// for other layers to a local maximum.
  public func excitingInputs(
    layer: Int, chosen: [Int]? = nil, most: Int = .max, norm: Double, steps: Int = 60,
    threads: Int = availableProcessors
  ) -> Matrix<Float> {
    let all = network.units(ofLayer: layer)
    let units = Array((chosen.map { $0.map { all[$0] } } ?? all).prefix(most))
    var result = Matrix<Float>(rows: units.count, columns: network.inputSize)
    // A batch has one sample for each of its units.
    for start in stride(from: 0, to: units.count, by: Inference.blockSize) {
      let block = start..<min(start + Inference.blockSize, units.count)
      let run = Propagation<Float>(
        network, capacity: block.count, layers: 0..<layer + 1, training: true, penalties: false,
        pool: WorkerPool(threads: threads))
      run.parameters.values = parameters
      let x = run.input(rows: block.count)
      var random = RandomStream(seed: 0, purpose: .other, epoch: start)
      random.fillNormal(x)
      BLASLibrary.withThreads(1) {
        for step in 0..<steps {
          run.forward(rows: block.count)
          let g = run.inputGradient(rows: block.count, of: layer, units: units[block])
          for row in 0..<block.count {
            let window = x.rows(row..<row + 1)
            // The first step all but drops the random start, so that this has no say where the units of a first layer
            // lead.
            mix(window, g.rows(row..<row + 1).readOnly, keeping: step == 0 ? 0.1 : 1, norm: norm)
          }
        }
      }
      result.withMutableView { $0.rows(block).copy(x.readOnly) }
    }
    return result
  }

  /// Computes x ← norm · (share · x/‖x‖ + g/‖g‖), scaled to `norm`; x stays where g is 0.
  private func mix(_ x: MutableMatrixView<Float>, _ g: MatrixView<Float>, keeping share: Double, norm: Double) {
    let length = sumOfSquares(g).squareRoot()
    if length == 0 { return }
    let own = Float(share / max(sumOfSquares(x.readOnly).squareRoot(), .leastNormalMagnitude))
    let added = Float(1 / length)
    x.withRow(0) { row in for j in row.indices { row[j] = own * row[j] + added * g[0, j] } }
    let scale = Float(norm / max(sumOfSquares(x.readOnly).squareRoot(), .leastNormalMagnitude))
    x.withRow(0) { row in for j in row.indices { row[j] *= scale } }
  }
}
