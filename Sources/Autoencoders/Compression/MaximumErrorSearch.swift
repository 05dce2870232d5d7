import AEZ
import Datasets
import Files
import Linalg

/// Finds steps and modes with which no sample's squared error exceeds a bound e.
///
/// A sample takes the coarsest level that meets the bound. Where none does, since the model cannot draw the sample, its
/// residual x − x̂ is quantised too: with steps of δ = 2√(e/n) no residual is off by more than δ/2, so that the error
/// is at most nδ²/4 = e. Numbers for which rounding leaves more stand in the file as they are. The first steps tried
/// are 2δ and √2δ, whose usual error is below the bound as well.
struct MaximumErrorSearch {
  private let codec: Codec
  private let subject: Codec.Subject
  /// The bound (√e − √n·τ)² that the encoder keeps to, since the decoder's numbers may differ by τ = 5·10⁻⁶ on another
  /// machine. At most a hundredth of √e is given away.
  private let limit: Double
  private let residualSteps: [Float]

  static let scales: [Double] = [2, 1.4, 1, 0.7, 0.5, 0.35, 0.25]
  static let levelCounts = 1...3

  init(_ codec: Codec, _ subject: Codec.Subject, _ error: Double) {
    self.codec = codec
    self.subject = subject
    let (root, n) = (error.squareRoot(), Double(subject.data.featureCount))
    let kept = root - min(5e-6 * n.squareRoot(), 0.01 * root)
    limit = kept * kept
    let safe = 2 * (0.99 * limit / n).squareRoot()
    residualSteps = [2 * safe, 1.4142 * safe, safe].map { Float(min(max($0, 1e-30), 1e30)) }
  }

  /// Returns the plan that needs the fewest bits, tables included; the choice is made on up to 500 of the samples.
  func plan() throws(FileError) -> QuantisationPlan {
    let part = subject.spread(500)
    let search = MaximumErrorSearch(codec: codec, subject: part, limit: limit, residualSteps: residualSteps)
    let share = Double(subject.data.count) / Double(part.data.count)
    var best = (bits: Double.infinity, scale: 1.0, levels: 1)
    for scale in Self.scales {
      for levels in Self.levelCounts {
        let tried = try search.assignment(scale: scale, levels: levels)
        let tables = (0..<levels).reduce(0) { $0 + 8 * tried.plan.quantiser.tableBytes(level: $1) }
        let bits = tried.bits * share + Double(tables)
        if bits < best.bits { best = (bits, scale, levels) }
      }
    }
    return try assignment(scale: best.scale, levels: best.levels).plan
  }

  private init(codec: Codec, subject: Codec.Subject, limit: Double, residualSteps: [Float]) {
    (self.codec, self.subject, self.limit, self.residualSteps) = (codec, subject, limit, residualSteps)
  }

  /// Returns the modes of all samples with steps of a scale and levels, and their bits without the tables.
  private func assignment(scale: Double, levels: Int) throws(FileError) -> (plan: QuantisationPlan, bits: Double) {
    var plan = codec.plan(scale: scale, levels: levels, subject)
    var modes = [Int32](repeating: -1, count: subject.data.count)
    var bits = 0.0
    var left = Array(modes.indices)
    for level in 0..<levels where !left.isEmpty {
      let codes = subject.codes.rows(left)
      let errors = try codec.squaredErrors(
        plan.quantiser.quantised(codes, level: level, pool: codec.pool), of: subject.data, left)
      let costs = plan.quantiser.bits(codes, level: level, pool: codec.pool)
      for (place, sample) in left.enumerated() where errors[place] <= limit {
        modes[sample] = Int32(level)
        bits += costs[place]
      }
      left = left.filter { modes[$0] < 0 }
    }
    if !left.isEmpty { bits += try addResiduals(left, &plan, &modes) }
    plan.modes = modes
    return (plan, bits)
  }

  /// Gives residuals to the samples `left`.
  /// - Returns: the bits of the residuals and of the samples' codes.
  private func addResiduals(
    _ left: [Int], _ plan: inout QuantisationPlan, _ modes: inout [Int32]
  ) throws(FileError) -> Double {
    let codes = subject.codes.rows(left)
    let quantised = plan.quantiser.quantised(codes, level: 0, pool: codec.pool)
    let decoded = try codec.decode(quantised, of: subject.data, left)
    let originals = subject.data.matrix(left)
    let factors = (0..<decoded.columns).map { codec.model.scaling.factor($0) }
    var bits = plan.quantiser.bits(codes, level: 0, pool: codec.pool).reduce(0, +)
    plan.residuals.steps = residualSteps
    var counts = [[Int32: Int]](repeating: [:], count: residualSteps.count)
    let n = decoded.columns
    for (place, sample) in left.enumerated() {
      let row = place * n..<(place + 1) * n
      for (k, step) in residualSteps.enumerated() {
        let coded = ResidualQuantiser.quantise(
          originals.values[row], from: decoded.values[row], factors: factors, step: step)
        // The residuals of the last step are within the bound by their width.
        guard coded.error <= limit || k == residualSteps.count - 1 else { continue }
        modes[sample] = Int32(plan.levels + k)
        plan.residuals.symbols[sample] = coded.symbols
        plan.residuals.escapes[sample] = coded.escapes
        for symbol in coded.symbols { counts[k][symbol, default: 0] += 1 }
        break
      }
    }
    for counts in counts {
      let (table, cost) = ResidualQuantiser.table(counts)
      plan.residuals.tables.append(table)
      bits += cost
    }
    return bits
  }
}
