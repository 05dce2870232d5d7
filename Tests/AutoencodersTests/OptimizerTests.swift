import Autoencoders
import Linalg
import Testing

/// Three steps of each rule on two parameters are compared with its formula in Double.
@Suite struct OptimizerTests {
  static let gradients: [[Double]] = [[0.5, -2], [0.25, 1], [-1, 3]]
  static let start = [1.0, -0.5]

  /// Returns θ after three steps at rate 0.1, with weight decay λ = `decay` on both parameters.
  private func run(_ optimizer: any ElementwiseRule, decay: Double = 0.01) -> [Double] {
    let theta = Buffer<Double>(count: 2)
    let gradient = Buffer<Double>(count: 2)
    let state = Buffer<Double>(count: 2 * optimizer.stateVectors)
    theta.values = Self.start
    for (index, values) in Self.gradients.enumerated() {
      gradient.values = values
      optimizer.update(
        theta.row, gradient: gradient.row.readOnly, state: state.view(rows: optimizer.stateVectors, columns: 2),
        OptimizerStep(number: index + 1, learningRate: 0.1, gradientScale: 0.5), decay: decay)
    }
    return theta.values
  }

  private func expect(_ found: [Double], _ rule: (Double, [Double]) -> Double) {
    for k in 0..<2 {
      let wanted = rule(Self.start[k], Self.gradients.map { 0.5 * $0[k] })
      #expect(abs(found[k] - wanted) < 1e-12, "\(found[k]), expected \(wanted)")
    }
  }

  @Test func sgd() {
    expect(run(SGD())) { start, gradients in
      gradients.reduce(start) { theta, g in theta - 0.1 * (g + 0.01 * theta) }
    }
  }

  @Test func momentum() {
    expect(run(Momentum())) { start, gradients in
      var (theta, v) = (start, 0.0)
      for g in gradients {
        v = 0.9 * v + g + 0.01 * theta
        theta -= 0.1 * v
      }
      return theta
    }
  }

  @Test func rmsprop() {
    expect(run(RMSProp())) { start, gradients in
      var (theta, v) = (start, 0.0)
      for plain in gradients {
        let g = plain + 0.01 * theta
        v = 0.99 * v + 0.01 * g * g
        theta -= 0.1 * g / (v.squareRoot() + 1e-8)
      }
      return theta
    }
  }

  @Test(arguments: [false, true])
  func adam(decoupled: Bool) {
    expect(run(Adam(decoupledDecay: decoupled))) { start, gradients in
      var (theta, m, v) = (start, 0.0, 0.0)
      var (power1, power2) = (1.0, 1.0)
      for plain in gradients {
        let g = decoupled ? plain : plain + 0.01 * theta
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        power1 *= 0.9
        power2 *= 0.999
        if decoupled { theta *= 1 - 0.1 * 0.01 }
        theta -= 0.1 * (m / (1 - power1)) / ((v / (1 - power2)).squareRoot() + 1e-8)
      }
      return theta
    }
  }

  @Test func schedules() {
    let constant = LearningRateSchedule(.constant, rate: 2, warmup: 3, steps: 10)
    #expect((0..<5).map { constant.rate(at: $0) } == [0.5, 1, 1.5, 2, 2])
    let cosine = LearningRateSchedule(.cosine, rate: 1, steps: 8)
    #expect(cosine.rate(at: 0) == 1)
    #expect(abs(cosine.rate(at: 4) - 0.5) < 1e-15)
    #expect(cosine.rate(at: 7) > 0 && cosine.rate(at: 7) < 0.05)
    // Stage i lasts 3ⁱ epochs, at the rate η·10^(−i/7).
    let stages = LearningRateSchedule(.stages, rate: 1, steps: 6560)
    for (epoch, stage) in [(0, 0), (1, 1), (3, 1), (4, 2), (12, 2), (13, 3), (364, 6), (1092, 6), (1093, 7), (3279, 7)]
    {
      for step in [2 * epoch, 2 * epoch + 1] {
        #expect(abs(stages.rate(at: step) * Double.exp(Double(stage) / 7 * Double.log(10)) - 1) < 1e-12, "\(epoch)")
      }
    }
  }

  @Test func startsHaveTheBoundsOfTheirPapers() throws {
    func bounds(_ start: Start) throws -> [Double] {
      try Recipe.deep(hidden: [6], latent: 3).with { $0.start = start }.blueprint(inputShape: [12]).network()
        .layout.parameters.map(\.startBound)
    }
    let (six, twelve, three) = (6.0, 12.0, 3.0)
    #expect(
      try bounds(.he) == [
        (six / twelve).squareRoot(), 0, 1 / six.squareRoot(), 0, (six / three).squareRoot(), 0, 1 / six.squareRoot(), 0,
      ])
    #expect(
      try bounds(.glorot) == [
        (six / 18).squareRoot(), 0, (six / 9).squareRoot(), 0, (six / 9).squareRoot(), 0, (six / 18).squareRoot(), 0,
      ])
    let values = try Model(Recipe.linear(latent: 100).blueprint(inputShape: [400]), seed: 4).parameters
    let weights = values[..<40_000]
    #expect(weights.allSatisfy { abs($0) <= 0.05 })
    let variance = weights.reduce(0.0) { $0 + Double($1 * $1) } / 40_000
    #expect(abs(variance - 0.05 * 0.05 / 3) < 0.03 * 0.05 * 0.05 / 3)
    #expect(values[40_000..<40_100].allSatisfy { $0 == 0 })
  }
}
