import AEZ
import ArgumentParser
import Autoencoders
import Datasets
import Files

struct Compress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compresses data by a model, with loss.",
    discussion: """
      Codes are quantised and entropy-coded; decompress needs the same model, or a file made with --embed-model. The rate is \
      chosen by --step, --bits-per-sample or --max-error; --step 0.5 where none is named. Errors are squared errors per \
      sample, as evaluate has them. The format is specified in docs/format-aez.md.

      EXAMPLE
        aetool compress --model digits.safetensors --data digits:1000:2 --out digits.aez
        aetool compress --model m.safetensors --data x.npy --max-error 2 --embed-model --out x.aez --verify
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "The quantiser's step in standard deviations of the code's numbers, their geometric mean.", valueName: "s"),
    transform: number(from: 1e-6, to: 1e6))
  var step: Double?

  @Option(
    help: ArgumentHelp("At most so many bits a sample, the whole file but the model counted.", valueName: "bits"),
    transform: number(from: 1e-3, to: 1e9))
  var bitsPerSample: Double?

  @Option(
    help: ArgumentHelp(
      "At most this squared error for every sample: what the model cannot draw is corrected by its residual.",
      valueName: "e"), transform: number(from: 1e-12, to: 1e12))
  var maxError: Double?

  @Option(
    help: ArgumentHelp("Samples of a chunk, which is the least that can be decoded.", valueName: "n"),
    transform: whole(1...1 << 20))
  var chunk = 1000

  @Flag(help: "Put the model into the file, so that it stands alone.")
  var embedModel = false

  @Flag(help: "Decode what was written and report its errors.")
  var verify = false

  @OptionGroup var result: ResultOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  func validate() throws {
    if [step, bitsPerSample, maxError].count(where: { $0 != nil }) > 1 {
      let given = CommandWords.options(among: ["--step", "--bits-per-sample", "--max-error"])
      throw ValidationError("\(given) exclude each other: each of them chooses the rate")
    }
  }

  private var rate: Codec.Rate {
    if let bitsPerSample { return .bitsPerSample(bitsPerSample) }
    if let maxError { return .maximumError(maxError) }
    return .step(step ?? 0.5)
  }

  func run() throws {
    var files = FileRoles(reading: model, data)
    try files.check(output, .aez)
    let identified = try IdentifiedModel(model.model)
    let data = try data.open()
    let codec = Codec(identified, threads: threads.threads)
    let compressed = try codec.compress(
      data, Codec.Options(rate: rate, samplesPerChunk: chunk, embedsModel: embedModel))
    let errors = verify ? try codec.errors(of: compressed, against: data) : nil
    let report = CompressReport(compressed, data, errors)
    let lines = result.json ? [try Console.text(ofJSON: report)] : report.lines(output.out)
    try AtomicFile.write(compressed.bytes, to: output.out)
    lines.forEach(output.out == "-" ? Console.error : Console.result)
  }
}

/// The report that `compress` prints.
private struct CompressReport: Encodable {
  let samples, bytes, header_bytes, payload_bytes, model_bytes: Int
  let bytes_per_sample, bits_per_sample, ratio: Double
  /// The ratios of the symbols' length in the file to their ideal length by the tables and to their own entropy; nil
  /// where these are nearly 0, since all symbols are sure.
  let length_over_ideal, length_over_entropy: Double?
  let tables: String
  let levels, residual_modes: [Int]
  let escapes: Int
  let squared_error_per_sample, largest_squared_error: Double?

  init(_ file: CompressedData, _ data: Dataset, _ errors: [Double]?) {
    let statistics = file.statistics
    samples = file.header.samples
    bytes = file.bytes.count
    model_bytes = file.modelBytes
    payload_bytes = file.payloadBytes
    header_bytes = bytes - model_bytes - payload_bytes
    bytes_per_sample = file.bytesPerSample
    bits_per_sample = 8 * file.bytesPerSample
    let original = data.count * data.featureCount * (data.isPixels ? 1 : 4)
    ratio = Double(original) / Double(bytes - model_bytes)
    let payload = Double(8 * file.payloadBytes)
    func times(_ bits: Double) -> Double? { bits > 1 ? payload / bits : nil }
    length_over_ideal = times(statistics.tableBits)
    length_over_entropy = times(statistics.entropyBits)
    tables = file.header.tableSource.text
    levels = Array(statistics.modes[..<file.header.levels])
    residual_modes = Array(statistics.modes[file.header.levels...])
    escapes = statistics.escapes
    squared_error_per_sample = errors.map { $0.reduce(0, +) / Double($0.count) }
    largest_squared_error = errors?.max()
  }

  func lines(_ path: String) -> [String] {
    let apart = model_bytes > 0 ? ", and the model's \(model_bytes.grouped)" : ""
    var lines = [
      "\(path): \(samples.grouped) samples in \((bytes - model_bytes).grouped) bytes\(apart)",
      "  a sample           \(bytes_per_sample.formatted(2)) bytes, \(ratio.formatted(1)) times less than as it was",
      "  header and tables  \(header_bytes.grouped) bytes, tables of \(tables)",
      "  symbols            \(payload_bytes.grouped) bytes, \(length_over_ideal?.formatted(4) ?? "–") times their ideal length",
    ]
    if escapes > 0 { lines.append("  escapes            \(escapes.grouped)") }
    if levels.count > 1 {
      let finer = levels.dropFirst().reduce(0, +)
      lines.append(
        "  finer steps        in \(finer.grouped) samples, residuals in \(residual_modes.reduce(0, +).grouped)")
    }
    if let squared_error_per_sample, let largest_squared_error {
      lines.append(
        "  squared error      \(squared_error_per_sample.significant(5)) a sample, at most "
          + "\(largest_squared_error.significant(5))")
    }
    return lines
  }
}

extension Header.TableSource {
  /// The source of the tables, as messages name it.
  var text: String {
    switch self {
    case .training: "the training data"
    case .data: "these data"
    }
  }
}
