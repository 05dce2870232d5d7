import AEZ
import ArgumentParser
import Autoencoders
import Datasets
import Files

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what a model or data file holds.",
    discussion: """
      EXAMPLE
        aetool info digits.safetensors
        aetool info train-images-idx3-ubyte.gz --json
        aetool info digits.aez
      """)

  @Argument(
    help: ArgumentHelp("A model, a checkpoint, a compressed file, or anything --data takes.", valueName: "file"))
  var file: String

  @OptionGroup var result: ResultOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var console: ConsoleOptions

  func run() throws {
    if try AEZFile.isAEZ(file) {
      let report = AEZReport(try AEZFile(file))
      if result.json { try Console.json(report) } else { report.lines.forEach(Console.result) }
    } else if try Model.isModelFile(file) {
      let report = ModelReport(try Model.load(file, note: Console.note))
      if result.json { try Console.json(report) } else { report.lines.forEach(Console.result) }
    } else {
      let report = DataReport(try Dataset.open(file))
      if result.json { try Console.json(report) } else { report.lines.forEach(Console.result) }
    }
  }
}

private struct DataReport: Encodable {
  let kind = "data"
  let samples: Int
  let shape: [Int]
  let type: String
  let minimum, maximum: Float
  let mean: Double
  let labels: [String: Int]?

  init(_ data: Dataset) {
    samples = data.count
    shape = data.shape
    type = data.isPixels ? "pixels (u8, a byte b is b/255)" : "numbers (float32)"
    minimum = data.range.lowerBound
    maximum = data.range.upperBound
    mean = data.mean
    labels = data.labels.map { labels in labels.reduce(into: [:]) { $0["\($1)", default: 0] += 1 } }
  }

  var lines: [String] {
    var lines = [
      "data         \(samples.grouped) samples of shape \(shape)",
      "type         \(type)",
      "values       \(Double(minimum).significant(4)) to \(Double(maximum).significant(4)), mean \(mean.significant(5))",
    ]
    if let labels {
      let known = labels.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }
      lines.append("labels       " + known.prefix(20).map { "\($0.key): \($0.value.grouped)" }.joined(separator: ", "))
    }
    return lines
  }
}

private struct AEZReport: Encodable {
  let kind = "aez"
  let version: String
  let samples: Int
  let shape: [Int]
  let type: String
  let code_size: Int
  let bytes, header_bytes, payload_bytes, model_bytes: Int
  let bytes_per_sample, bits_per_sample: Double
  let chunks, samples_per_chunk: Int
  let model, model_sha256: String
  let tables: String
  let steps: [Float]
  let max_error: Double?

  init(_ file: AEZFile) {
    let header = file.header
    version = "\(Header.version.major)"
    samples = header.samples
    shape = header.shape
    type = header.values == .pixels ? "pixels (u8, a byte b is b/255)" : "numbers (float32)"
    code_size = header.codeSize
    bytes = file.file.size
    header_bytes = file.headerSize
    model_bytes = header.embeddedModelSize
    payload_bytes = bytes - header_bytes - model_bytes
    bytes_per_sample = Double(bytes - model_bytes) / Double(samples)
    bits_per_sample = 8 * bytes_per_sample
    chunks = header.chunks.count
    samples_per_chunk = header.samplesPerChunk
    model = header.modelName
    model_sha256 = header.modelHash.hexadecimal
    tables = header.tableSource.text
    steps = header.steps.map { Float(bitPattern: $0) }
    max_error = header.maximumError
  }

  var lines: [String] {
    let within = model_bytes > 0 ? ", in the file (\(model_bytes.grouped) bytes)" : ""
    let range = "\(Double(steps.min()!).significant(3)) to \(Double(steps.max()!).significant(3))"
    var lines = [
      "compressed   \(samples.grouped) samples of shape \(shape), \(type)",
      "rate         \(bytes_per_sample.formatted(2)) bytes a sample, \(bits_per_sample.formatted(1)) bits",
      "bytes        \(bytes.grouped): header and tables \(header_bytes.grouped), chunks \(payload_bytes.grouped)",
      "chunks       \(chunks.grouped) of \(samples_per_chunk.grouped) samples",
      "model        \(model)\(within)",
      "  SHA-256    \(model_sha256)",
      "code         \(code_size) numbers, steps \(range), tables of \(tables)",
    ]
    if let max_error { lines.append("max. error   \(max_error.significant(5)) a sample") }
    return lines
  }
}
