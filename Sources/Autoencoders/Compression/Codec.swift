import AEZ
import Datasets
import Files
import Linalg

/// A model as a compressor: it quantises codes, codes them by entropy, and decodes them again (docs/compression.md).
///
/// Steps are allotted by `CodeQuantiser.steps`. Tables are learned on the codes of the training data, which the model
/// file holds, or on the data's own codes where that makes the file smaller.
public struct Codec {
  /// Says what chooses the rate.
  public enum Rate: Sendable, Equatable {
    /// The rate follows from the geometric mean of the steps, in units of each number's standard deviation over the
    /// training data.
    case step(Double)
    /// The whole file's bits ÷ samples, without the model, must not exceed this number.
    case bitsPerSample(Double)
    /// The squared error of a sample must not exceed this number, in the units of `Evaluation`.
    case maximumError(Double)
  }

  public struct Options: Sendable {
    public var rate: Rate
    public var samplesPerChunk: Int
    /// Whether the file holds the model.
    public var embedsModel: Bool

    public init(rate: Rate, samplesPerChunk: Int = 1000, embedsModel: Bool = false) {
      self.rate = rate
      self.samplesPerChunk = samplesPerChunk
      self.embedsModel = embedsModel
    }
  }

  let file: IdentifiedModel
  let threads: Int
  let pool: WorkerPool
  var model: Model { file.model }

  /// Creates a codec of a model.
  public init(_ file: IdentifiedModel, threads: Int = availableProcessors) {
    self.file = file
    self.threads = threads
    pool = WorkerPool(threads: threads)
  }

  /// Returns `data` as an .aez file.
  /// - Throws: `InvalidArgument` for a rate that cannot be, `FileError` for data that the model does not take.
  public func compress(_ data: Dataset, _ options: Options) throws -> CompressedData {
    try Self.check(options)
    try model.check(data)
    if let classes = model.network.classes, classes > FrequencyTable.mostSymbols {
      throw InvalidArgument(
        "a model of \(classes) classes; compressed files have at most \(FrequencyTable.mostSymbols)")
    }
    let codes = try model.encode(data, threads: threads)
    if let place = codes.values.firstIndex(where: { !$0.isFinite }) {
      throw FileError(.malformed, data.source, "the code of sample \(place / codes.columns) is not finite")
    }
    let subject = try Subject(data, codes, model, threads: threads, pool)
    let plan: QuantisationPlan
    switch options.rate {
    case .step(let scale): plan = self.plan(scale: scale, subject)
    case .bitsPerSample(let bits): plan = try self.plan(bitsPerSample: bits, subject, options)
    case .maximumError(let error): plan = try MaximumErrorSearch(self, subject, error).plan()
    }
    let compressed = try write(plan, codes, data, options)
    if let bound = options.rate.bound { try checkBound(bound, compressed, data) }
    return compressed
  }

  /// Refuses a file whose errors, measured on what the decoder makes of it, exceed the promised bound.
  private func checkBound(_ bound: Double, _ compressed: CompressedData, _ data: Dataset) throws {
    let errors = try errors(of: compressed, against: data)
    guard let place = errors.firstIndex(where: { !($0 <= bound) }) else { return }
    throw FileError(
      .malformed, data.source, "sample \(place) comes back with a squared error of \(errors[place]), above \(bound)")
  }

  private static func check(_ options: Options) throws(InvalidArgument) {
    let (name, value) =
      switch options.rate {
      case .step(let step): ("step", step)
      case .bitsPerSample(let bits): ("bitsPerSample", bits)
      case .maximumError(let error): ("maxError", error)
      }
    try require(value > 0 && value.isFinite, name, "\(value)", "must be positive")
    try require(
      1...1 << 20 ~= options.samplesPerChunk, "chunk", "\(options.samplesPerChunk)", "must be from 1 to \(1 << 20)")
  }

  // MARK: - Plans

  /// The data to compress, and what is known of them.
  struct Subject {
    let data: Dataset
    let codes: Matrix<Float>
    /// The distribution of the codes of the training data, or of the data where the model does not know that.
    let training: CodeDistribution
    /// The distribution of the codes of the data.
    let own: CodeDistribution
    let knowsTraining: Bool
  }

  /// Returns a plan with steps of a scale and with the tables that make the smaller file.
  func plan(scale: Double, levels: Int = 1, _ subject: Subject) -> QuantisationPlan {
    let steps = CodeQuantiser.steps(subject.training, scale: scale)
    func quantiser(_ tables: CodeDistribution) -> CodeQuantiser {
      CodeQuantiser(steps: steps, levels: levels, tables: tables, pool: pool)
    }
    func cost(_ quantiser: CodeQuantiser) -> Double {
      quantiser.bits(subject.codes, level: 0, pool: pool).reduce(0, +) + Double(8 * quantiser.tableBytes(level: 0))
    }
    let own = quantiser(subject.own)
    if !subject.knowsTraining { return QuantisationPlan(quantiser: own, tables: .data) }
    let trained = quantiser(subject.training)
    return cost(own) < Self.worthwhile * cost(trained)
      ? QuantisationPlan(quantiser: own, tables: .data) : QuantisationPlan(quantiser: trained, tables: .training)
  }

  /// Returns the plan with the finest steps whose file does not exceed `target`, found by bisection on whole files.
  private func plan(bitsPerSample target: Double, _ subject: Subject, _ options: Options) throws -> QuantisationPlan {
    // The model is left out, since it does not count.
    let plain = Options(rate: options.rate, samplesPerChunk: options.samplesPerChunk)
    func result(_ logScale: Double) throws -> (plan: QuantisationPlan, bits: Double) {
      let plan = self.plan(scale: Double.exp(logScale), subject)
      let file = try write(plan, subject.codes, subject.data, plain)
      return (plan, Double(8 * file.bytes.count) / Double(subject.data.count))
    }
    var (low, high) = (Double.log(1e-3), Double.log(64))
    var best = try result(high)
    if best.bits > target {
      throw InvalidArgument(
        "bitsPerSample", "\(target)",
        expected: "\(subject.data.count) samples take \((best.bits * 100).rounded() / 100) bits each at the coarsest "
          + "steps, header and tables included")
    }
    for _ in 0..<14 where best.bits < 0.998 * target {
      let middle = (low + high) / 2
      let tried = try result(middle)
      if tried.bits <= target { (best, high) = (tried, middle) } else { low = middle }
    }
    return best.plan
  }

  /// The share of a file's size below which the data's own tables are taken, so that the same model has the same tables
  /// but for data of another kind.
  static let worthwhile = 0.98

  // MARK: - Writing

  /// Computes the symbols of all samples, chunk by chunk, and returns the file of them.
  func write(
    _ plan: QuantisationPlan, _ codes: Matrix<Float>, _ data: Dataset, _ options: Options
  ) throws -> CompressedData {
    let most = max(1, Header.mostNumbersOfChunk / (codes.columns + data.featureCount))
    let header = plan.header(
      file, data, samplesPerChunk: min(options.samplesPerChunk, most, data.count), maximumError: options.rate.bound)
    let chunks = (data.count - 1) / header.samplesPerChunk + 1
    let labels = header.classes == nil ? nil : data.labels
    let symbols = pool.map(chunks) { plan.symbols(header.samples(ofChunk: $0), codes, labels: labels) }
    let bytes = pool.map(chunks) { header.encode(symbols[$0]) }
    let whole = AEZFile.bytes(header, model: options.embedsModel ? file.bytes : nil, chunks: bytes)
    return CompressedData(
      bytes: whole, header: header, modelBytes: options.embedsModel ? file.bytes.count : 0,
      payloadBytes: bytes.reduce(0) { $0 + $1.count }, statistics: SymbolStatistics(symbols, header))
  }
}

extension Codec.Rate {
  var bound: Double? {
    if case .maximumError(let error) = self { error } else { nil }
  }
}

/// The content of a file, and how well it is coded.
public struct CompressedData: Sendable {
  /// The bytes of the whole file.
  public let bytes: [UInt8]
  /// The header of the file, without the table of chunks.
  public let header: Header
  /// The number of `bytes` that belong to the model.
  public let modelBytes: Int
  /// The number of `bytes` that belong to the chunks.
  public let payloadBytes: Int
  /// The lengths of the file's symbols.
  public let statistics: SymbolStatistics

  /// The bytes of the file ÷ samples, without the model.
  public var bytesPerSample: Double { Double(bytes.count - modelBytes) / Double(header.samples) }
}
