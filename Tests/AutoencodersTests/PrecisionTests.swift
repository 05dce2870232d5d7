import Autoencoders
import Linalg
import Testing

/// The kernels that train in Float agree with the same code in Double, which the gradient checks examine.
@Suite struct PrecisionTests {
  @Test(arguments: Activation.allCases, everyLoss)
  func floatAgreesWithDouble(activation: Activation, loss: LossSpec) throws {
    // The sizes are odd, so every loop has a rest behind its vectors, and large enough for several tiles.
    let recipe = Recipe.deep(hidden: [203, 45], latent: 9, activation: activation).with { $0.loss = loss }
    let network = try recipe.blueprint(inputShape: [301]).network()
    let (rows, threads) = (67, 2)
    let double = Propagation<Double>(network, capacity: rows, training: true, pool: WorkerPool(threads: threads))
    let float = Propagation<Float>(network, capacity: rows, training: true, pool: WorkerPool(threads: threads))
    let theta = network.layout.initialValues(seed: 3)
    float.parameters.values = theta
    double.parameters.values = theta.map { Double($0) }
    var random = RandomStream(seed: 4, purpose: .other)
    random.fillUniform(float.input(rows: rows), 0, 1)
    for i in 0..<rows {
      for j in 0..<network.inputSize { double.input(rows: rows)[i, j] = Double(float.input(rows: rows)[i, j]) }
    }
    let (wanted, found) = (double.loss(rows: rows), float.loss(rows: rows))
    #expect(abs(found - wanted) < 2e-6 * abs(wanted))
    double.backward(rows: rows)
    double.parameterGradients(rows: rows)
    float.backward(rows: rows)
    float.parameterGradients(rows: rows)
    for parameter in network.layout.parameters {
      let places = parameter.offset..<parameter.offset + parameter.count
      let largest = places.reduce(0.0) { max($0, abs(double.gradient.row[0, $1])) }
      let worst = places.reduce(0.0) {
        max($0, abs(Double(float.gradient.row[0, $1]) - double.gradient.row[0, $1]))
      }
      #expect(worst < 2e-5 * largest, "\(parameter.name): \(worst / largest)")
      #expect(largest > 0)
    }
  }
}
