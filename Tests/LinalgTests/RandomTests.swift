import Linalg
import Testing

@Suite struct RandomTests {
  /// The answers are the kat_vectors of Random123 1.09 for philox4x32 with 10 rounds.
  @Test func philoxGivesItsKnownAnswers() {
    let ones = UInt32.max
    let answers: [(counter: Philox.Block, key: (UInt32, UInt32), result: Philox.Block)] = [
      ((0, 0, 0, 0), (0, 0), (0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)),
      ((ones, ones, ones, ones), (ones, ones), (0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)),
      (
        (0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), (0xA409_3822, 0x299F_31D0),
        (0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
      ),
    ]
    for answer in answers { #expect(Philox.block(counter: answer.counter, key: answer.key) == answer.result) }
  }

  @Test func streamsHaveNames() {
    func words(_ seed: UInt64, _ purpose: RandomStream.Purpose, _ epoch: Int) -> [UInt32] {
      var stream = RandomStream(seed: seed, purpose: purpose, epoch: epoch)
      return (0..<8).map { _ in stream.word() }
    }
    let base = words(1, .noise, 1)
    #expect(words(1, .noise, 1) == base)
    for other in [words(2, .noise, 1), words(1 << 32 | 1, .noise, 1), words(1, .shuffle, 1), words(1, .noise, 2)] {
      #expect(other != base)
    }
    var later = RandomStream(seed: 1, purpose: .noise, epoch: 1, position: 1)
    #expect((0..<4).map { _ in later.word() } == Array(base[4...]))
  }

  /// Checks the first four moments of normal deviates and the fraction of them below each decile of the normal
  /// distribution.
  @Test func normalDeviatesAreNormal() {
    let count = 400_001
    let x = Buffer<Double>(count: count)
    var random = RandomStream(seed: 11, purpose: .latent)
    random.fillNormal(x.row)
    let values = x.values
    func moment(_ power: Int) -> Double {
      values.reduce(0.0) { sum, v in sum + (0..<power).reduce(1.0) { product, _ in product * v } } / Double(count)
    }
    // Four standard errors are allowed: √(1, 2, 15, 96)/√N.
    let root = Double(count).squareRoot()
    #expect(abs(moment(1)) < 4 / root)
    #expect(abs(moment(2) - 1) < 4 * 1.42 / root)
    #expect(abs(moment(3)) < 4 * 3.88 / root)
    #expect(abs(moment(4) - 3) < 4 * 9.8 / root)
    let deciles = [
      -1.2815515655, -0.8416212336, -0.5244005127, -0.2533471031, 0, 0.2533471031, 0.5244005127, 0.8416212336,
      1.2815515655,
    ]
    for (index, decile) in deciles.enumerated() {
      let below = Double(values.filter { $0 < decile }.count) / Double(count)
      #expect(abs(below - Double(index + 1) / 10) < 4 * 0.5 / root)
    }
  }

  /// Checks the deviates by the quantile function: their moments, the fractions below three quantiles, their signs, and
  /// where rows begin.
  @Test func deviatesByQuantileAreNormal() {
    let count = 400_000
    let x = Buffer<Float>(count: count)
    RandomStream.fillNormalByQuantile(x.row, seed: 12, purpose: .likelihood, epoch: 3)
    let values = x.values.map { Double($0) }
    let root = Double(count).squareRoot()
    // Four standard errors are allowed: √(1, 2, 15, 96)/√N.
    for (power, wanted, deviation) in [(1, 0.0, 1.0), (2, 1, 1.42), (3, 0, 3.88), (4, 3, 9.8)] {
      let moment = values.reduce(0.0) { sum, v in sum + (0..<power).reduce(1.0) { product, _ in product * v } }
      #expect(abs(moment / Double(count) - wanted) < 4 * deviation / root)
    }
    // The fractions expected are Φ(−3), Φ(−1.2815515655) and Φ(0.2533471031).
    for (quantile, wanted) in [(-3, 0.0013498980), (-1.2815515655, 0.1), (0.2533471031, 0.6)] {
      let below = Double(values.count { $0 < quantile }) / Double(count)
      #expect(abs(below - wanted) < 4 * (wanted * (1 - wanted)).squareRoot() / root)
    }
    // Each deviate takes one word, whose last bit is the sign.
    var words = RandomStream(seed: 12, purpose: .likelihood, epoch: 3)
    for value in values.prefix(1000) {
      let word = words.word()
      #expect((value < 0) == (word & 1 == 1))
    }
    // A row of five columns takes two blocks of words.
    let rows = Buffer<Float>(count: 15)
    RandomStream.fillNormalByQuantile(rows.view(rows: 3, columns: 5), seed: 13, purpose: .likelihood, epoch: 0)
    let row = Buffer<Float>(count: 5)
    RandomStream.fillNormalByQuantile(row.row, seed: 13, purpose: .likelihood, epoch: 0, position: 4)
    #expect(row.values == Array(rows.values[10...]))
  }

  @Test func uniformNumbersFillTheirRange() {
    var random = RandomStream(seed: 3, purpose: .other)
    let values = (0..<100_000).map { _ in random.uniform(-1, 3) }
    #expect(values.allSatisfy { $0 >= -1 && $0 < 3 })
    // The mean is 1 with a standard deviation of 4/√12 for one number; four standard errors are allowed.
    let mean = values.reduce(0, +) / 100_000
    #expect(abs(mean - 1) < 0.0147)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.index(below: 7)] += 1 }
    // χ² with 6 degrees of freedom is above 22.5 once in a thousand.
    let deviations = counts.map { Double($0 - 10_000) }
    let chiSquared = deviations.reduce(0.0) { $0 + $1 * $1 / 10_000 }
    #expect(chiSquared < 22.5)
  }

  @Test func permutationsAreThat() {
    var first = RandomStream(seed: 1, purpose: .shuffle, epoch: 1)
    var second = RandomStream(seed: 1, purpose: .shuffle, epoch: 2)
    let a = first.permutation(1000)
    #expect(a.sorted() == (0..<1000).map { Int32($0) })
    #expect(a != second.permutation(1000))
    let unmoved = a.indices.filter { Int(a[$0]) == $0 }
    #expect(unmoved.count < 10)
  }
}
