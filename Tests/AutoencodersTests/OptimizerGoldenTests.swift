import Foundation
import Linalg
import Testing

@testable import Autoencoders

/// Three steps of each optimizer's rules give what NumPy gives. Golden/numpy_optimizers.py made the golden numbers.
@Suite struct OptimizerGoldenTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  static let golden: [String: [Double]] = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Golden/numpy_optimizers.json")
    return try! JSONDecoder().decode([String: [Double]].self, from: Data(contentsOf: url))
  }()

  /// Returns the numbers that the function `numbers` of Golden/numpy_optimizers.py makes.
  static func numbers(_ count: Int, _ seed: Int) -> [Double] {
    (0..<count).map {
      let i = Double($0)
      return sin(0.7 * i * i / (1 + 0.1 * i) + 1.3 * Double(seed)) + 0.5 * cos(0.31 * i * Double(seed))
    }
  }

  static func network(_ sizes: [Int]) throws -> Autoencoder {
    try Autoencoder(
      inputs: sizes[0], encoder: sizes[1..<sizes.count - 1].map { .dense($0) }, decoder: [.dense(sizes.last!)],
      loss: SquaredError(), start: .he)
  }

  /// Returns θ after three steps in which the optimizer gets the gradient in stretches of `stretch` numbers.
  static func run(_ rules: StepRules, sizes: [Int], threads: Int = 1, stretch: Int = 7) throws -> [Double] {
    try BLASLibrary.withThreads(1) {
      try runOnOneBLASThread(rules, sizes: sizes, threads: threads, stretch: stretch)
    }
  }

  private static func runOnOneBLASThread(
    _ rules: StepRules, sizes: [Int], threads: Int, stretch: Int
  ) throws -> [Double] {
    let network = try network(sizes)
    let count = network.layout.count
    let (theta, gradient) = (Buffer<Double>(count: count), Buffer<Double>(count: count))
    theta.values = numbers(count, 0).map { 0.1 * $0 }
    let pool = WorkerPool(threads: threads)
    let run = OptimizerRun(rules, network, theta: theta, gradient: gradient, weightDecay: 0.1, pool: pool)
    let batch = 12
    var factors: [(x: Buffer<Double>, dz: Buffer<Double>)] = []
    run.statistics = { layer in
      (
        factors[layer].x.view(rows: batch, columns: sizes[layer]).readOnly,
        factors[layer].dz.view(rows: batch, columns: sizes[layer + 1]).readOnly
      )
    }
    for step in 1...3 {
      gradient.values = numbers(count, step)
      factors = (0..<sizes.count - 1).map { layer in
        let x = Buffer<Double>(count: batch * sizes[layer])
        let dz = Buffer<Double>(count: batch * sizes[layer + 1])
        x.values = numbers(x.count, 10 + 7 * step + layer)
        dz.values = numbers(dz.count, 50 + 7 * step + layer).map { 0.1 * $0 }
        return (x, dz)
      }
      run.step = OptimizerStep(number: step, learningRate: 0.02)
      for parameter in network.layout.parameters {
        for start in Swift.stride(from: 0, to: parameter.count, by: stretch) {
          let end = min(start + stretch, parameter.count)
          run.absorb(
            ParameterRange(range: parameter.offset + start..<parameter.offset + end, decays: parameter.decays))
        }
      }
      run.finish()
    }
    return theta.values
  }

  private func expect(_ found: [Double], _ name: String, tolerance: Double = 1e-10) throws {
    let wanted = try #require(Self.golden[name])
    #expect(found.count == wanted.count)
    for (place, (found, wanted)) in Swift.zip(found, wanted).enumerated() {
      #expect(abs(found - wanted) < tolerance, "\(name), parameter \(place): \(found), NumPy \(wanted)")
    }
  }

  @Test(arguments: Orthogonalisation.allCases)
  func muon(orthogonalisation: Orthogonalisation) throws {
    let rules = try #require(Optimizer.muon(Muon(orthogonalisation)).rules)
    try expect(try Self.run(rules, sizes: [6, 9, 4, 9, 6]), orthogonalisation.rawValue)
  }

  @Test func soap() throws {
    let rules = StepRules(
      Adam(beta1: 0.95, beta2: 0.95, decoupledDecay: true), matrices: SOAP(interval: 1))
    try expect(try Self.run(rules, sizes: [5, 5, 5]), "soap")
  }

  /// Where SOAP reorders the vectors of a basis, it reorders the second moments V alike: the rows of V for the left
  /// basis, the columns for the right one.
  @Test(arguments: [(30, 250), (250, 30), (20, 20)])
  func soapReordersItsMoments(rows: Int, columns: Int) throws {
    let rule = SOAP()
    let work = Buffer<Double>(count: rule.workCount(rows: rows, columns: columns))
    for (side, transpose) in [(rows, Transposed.no), (columns, .yes)] {
      let (a, basis) = (Buffer<Double>(count: side * side), Buffer<Double>(count: side * side))
      let v = Buffer<Double>(count: rows * columns)
      v.values = Self.numbers(rows * columns, 3)
      let before = v.values
      // The matrix is diagonal in the basis of the axes, but its entries are not in order.
      for i in 0..<side {
        a.row[0, i * side + i] = 1 + Double(i * 7 % side)
        basis.row[0, i * side + i] = 1
      }
      rule.iterate(
        basis.view(rows: side, columns: side), of: a.view(rows: side, columns: side).readOnly,
        reordering: v.view(rows: rows, columns: columns), transpose, work: work.row)
      let order = (0..<side).sorted { $0 * 7 % side > $1 * 7 % side }
      for i in 0..<rows {
        for j in 0..<columns {
          let place = transpose == .no ? order[i] * columns + j : i * columns + order[j]
          #expect(v.values[i * columns + j] == before[place], "\(i), \(j)")
        }
      }
    }
  }

  @Test func kfac() throws {
    let rules = StepRules(
      Adam(decoupledDecay: true), matrices: KFAC(damping: 0.1, interval: 1, warmup: 1, trust: 1e-3))
    try expect(try Self.run(rules, sizes: [6, 9, 4, 9, 6]), "kfac")
  }

  /// Every optimizer whose rules take each number by itself gives NumPy's result under its own name.
  @Test(arguments: Optimizer.all.map(\.name))
  func elementwise(name: String) throws {
    let optimizer = try #require(Optimizer.named(name)).optimizer()
    guard let rules = optimizer.rules, rules.matrices == nil else {
      // The rules for matrices have their own tests above, and `LBFGSTests` examines L-BFGS.
      return #expect(["muon", "soap", "kfac", "lbfgs"].contains(name))
    }
    try expect(try Self.run(rules, sizes: [6, 9, 4, 9, 6]), name)
  }

  /// Neither the number of threads nor the stretches in which the gradient comes change the bits.
  @Test(arguments: Optimizer.all.map(\.name))
  func sameBitsForAnyNumberOfThreads(name: String) throws {
    let optimizer = try #require(Optimizer.named(name)).optimizer()
    // Methods on all samples have no rules. `LBFGSTests` examines them.
    guard let rules = optimizer.rules else { return #expect(optimizer.isFullBatch) }
    let sizes = [33, 60, 17, 60, 33]
    let one = try Self.run(rules, sizes: sizes)
    for threads in [2, 3] {
      #expect(try Self.run(rules, sizes: sizes, threads: threads, stretch: 50) == one)
    }
  }
}
