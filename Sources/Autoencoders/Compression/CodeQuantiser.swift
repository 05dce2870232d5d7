import AEZ
import Linalg

/// The quantisers of all numbers of a code, by level: level l has steps of 2⁻ˡΔⱼ.
struct CodeQuantiser: Sendable {
  /// The steps Δⱼ of level 0.
  let steps: [Float]
  let levels: [[ScalarQuantiser]]

  init(steps: [Float], levels count: Int, tables distribution: CodeDistribution, pool: WorkerPool) {
    self.steps = steps
    let all = pool.map(count * steps.count) { task in
      let (level, j) = (task / steps.count, task % steps.count)
      return ScalarQuantiser(
        step: steps[j] * Float(sign: .plus, exponent: -level, significand: 1), distribution.marginal(j),
        samples: distribution.samples)
    }
    levels = (0..<count).map { level in Array(all[level * steps.count..<(level + 1) * steps.count]) }
  }

  /// Returns steps such that squared error falls equally fast with the bits of every number: Sⱼ Δⱼ² is the same for all
  /// (Gersho and Gray 1992, section 8.3, for fine steps).
  ///
  /// Over the numbers that matter, the geometric mean of the steps in units of the deviations is `scale`. The other
  /// numbers, whose whole variance costs less than the error of a step, take the steps that follow for them.
  static func steps(_ distribution: CodeDistribution, scale: Double) -> [Float] {
    let worth = Swift.zip(distribution.deviations, distribution.sensitivities).map {
      Double($0) * Double($0) * Double($1)
    }
    let most = worth.max() ?? 0
    let chosen = worth.indices.filter { worth[$0] > 1e-3 * most }
    // With this choice Δⱼ/σⱼ = c/√worthⱼ.
    let mean = chosen.reduce(0.0) { $0 - Double.log(worth[$1]) / 2 } / Double(max(chosen.count, 1))
    let common = scale / Double.exp(mean)
    return distribution.sensitivities.indices.map { j in
      // A number that nothing depends on needs one symbol; a constant number needs a symbol that is nearly the
      // constant.
      let quantiles = distribution.marginal(j).quantiles
      let size = max(quantiles.first!.magnitude, quantiles.last!.magnitude)
      // The products of symbols and steps must stay within Float.
      let widest = min(max(1e3 * Double(distribution.deviations[j]), 0x1p-10 * Double(size), 1e-20), 1e30)
      let s = Double(distribution.sensitivities[j])
      return Float(min(max(s > 0 ? common / s.squareRoot() : widest, 1e-30), widest))
    }
  }

  /// Returns the symbol of number j at a level, or an escape where the number lies outside the table.
  @inline(__always)
  func symbol(_ z: Float, _ j: Int, level: Int) -> Int32 { levels[level][j].symbol(z) ?? ChunkSymbols.escape }

  /// Returns `codes` (samples × code size) as the decoder will have them, at a level.
  func quantised(_ codes: Matrix<Float>, level: Int, pool: WorkerPool) -> Matrix<Float> {
    let d = codes.columns
    var result = codes
    let rows = 256
    result.withMutableView { view in
      pool.run(tasks: (codes.rows + rows - 1) / rows) { task, _ in
        for i in task * rows..<min((task + 1) * rows, codes.rows) {
          for j in 0..<d {
            let quantiser = levels[level][j]
            if let symbol = quantiser.symbol(view[i, j]) {
              view[i, j] = ScalarQuantiser.value(symbol, quantiser.code, step: quantiser.step)
            }
          }
        }
      }
    }
    return result
  }

  /// Returns the ideal length of each of `codes` at a level, in bits.
  func bits(_ codes: Matrix<Float>, level: Int, pool: WorkerPool) -> [Double] {
    let d = codes.columns
    let costs = levels[level].map(\.costs)
    let result = Buffer<Double>(count: codes.rows)
    let column = result.view(rows: codes.rows, columns: 1)
    let rows = 256
    pool.run(tasks: (codes.rows + rows - 1) / rows) { task, _ in
      for i in task * rows..<min((task + 1) * rows, codes.rows) {
        var sum = 0.0
        for j in 0..<d {
          let symbol = levels[level][j].symbol(codes.values[i * d + j])
          sum += symbol.map { costs[j][Int($0 - levels[level][j].code.table.low)] } ?? costs[j].last!
        }
        column[i, 0] = sum
      }
    }
    return result.values
  }

  /// Returns the bytes that the tables of one level take in a file.
  func tableBytes(level: Int) -> Int { levels[level].reduce(0) { $0 + 8 + 3 * $1.code.table.count } }
}
