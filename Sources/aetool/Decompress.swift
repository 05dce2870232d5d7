import AEZ
import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import Linalg

struct Decompress: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings back what compress has written.",
    discussion: """
      Writes samples × the model's input shape: NPY (float32) or CSV, or a PNG grid where they are images, by the name \
      of --out.

      EXAMPLE
        aetool decompress --model digits.safetensors --data digits.aez --out digits.npy
        aetool decompress --model digits.safetensors --data digits.aez --originals digits:1000:2 --out seen.png
        aetool decompress --data x.aez --samples "100..<200" --out part.csv
      """)

  @Option(help: ArgumentHelp("The model that the file was made with; not for files that hold it.", valueName: "file"))
  var model: String?

  @Option(help: ArgumentHelp("What compress has written; - for standard input.", valueName: "file"))
  var data: String

  @OptionGroup var output: OutputOptions
  @OptionGroup var form: FormatOptions

  @Option(
    help: ArgumentHelp("Only these, counted from 0; only their chunks are read.", valueName: "a..<b"),
    transform: parseRange)
  var samples: Range<Int>?

  @Flag(help: "Write the codes, samples × code size, instead of what the model decodes from them.")
  var codes = false

  @Flag(help: "Go on past damaged chunks: their samples become nan, and the exit status is 65.")
  var keepGoing = false

  @Option(
    help: ArgumentHelp("The data that were compressed, to be drawn over what came back (.png).", valueName: "file"))
  var originals: String?

  @OptionGroup var picture: PictureOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var console: ConsoleOptions

  /// Lost samples are written in blocks of this many numbers.
  private static let numbersOfBlock = 1 << 20

  func run() throws {
    let format = try ArrayFormat.of(output.out, form.format, allowsPictures: !codes)
    var files = FileRoles()
    files.reads("--model", model)
    files.reads("--data", data)
    files.readsData("--originals", originals)
    try files.check(output, format.kind)
    let file = try AEZFile(data)
    let decompressor = try Decompressor(
      file, model: try model.map { try IdentifiedModel($0) }, threads: threads.threads)
    let shape = codes ? [file.header.codeSize] : file.header.shape
    let width = shape.reduce(1, *)
    var wanted = samples ?? 0..<file.header.samples
    guard wanted.upperBound <= file.header.samples else {
      throw ProgramError(
        .usage,
        "--samples \(wanted.lowerBound)..<\(wanted.upperBound): \(data) has \(file.header.samples.grouped) samples")
    }
    wanted = wanted.prefix(try picture.count(of: wanted.count, isPicture: format == .png))
    if originals != nil, format != .png {
      throw ProgramError(.usage, "--originals: is for pictures; let --out end in .png")
    }
    let originals = try originals.map { try matrix(of: $0, wanted, shape: file.header.shape) }
    var damaged: [FileError] = []
    let write = try writer(format, shape, count: wanted.count, originals)
    try decompressor.run(wanted, codes ? .codes : .samples) { samples, result in
      switch result {
      case .success(let rows): try write.append(rows)
      case .failure(let error):
        if !keepGoing { throw error }
        damaged.append(error)
        let block = max(1, Self.numbersOfBlock / width)
        for start in stride(from: samples.lowerBound, to: samples.upperBound, by: block) {
          let count = min(block, samples.upperBound - start)
          try write.append(
            Matrix(rows: count, columns: width, values: [Float](repeating: .nan, count: count * width)))
        }
      }
    }
    try write.commit()
    reportWritten(output.out, "\(wanted.count.grouped) samples of shape \(shape)")
    if damaged.isEmpty { return }
    damaged.forEach { Console.error("damaged: \($0)") }
    throw ProgramError(
      .badData, "\(data): \(damaged.count) of \(file.header.chunks.count) chunks are damaged; their samples are nan")
  }

  private func writer(
    _ format: ArrayFormat, _ shape: [Int], count: Int, _ originals: Matrix<Float>?
  ) throws -> (append: (Matrix<Float>) throws -> Void, commit: () throws -> Void) {
    switch format {
    case .npy:
      let writer = try NPYWriter(output.out, shape: [count] + shape)
      return ({ try writer.append($0.values) }, { try writer.commit() })
    case .csv:
      let writer = try CSVWriter(output.out)
      return ({ try writer.append($0) }, { try writer.commit() })
    case .png:
      let images = try picture.imageShape(of: shape, for: output.out)
      let all = Collected()
      return (
        { all.values += $0.values },
        {
          let width = shape.reduce(1, *)
          let rows = Matrix(
            rows: all.values.count / width, columns: width, values: all.values.map { $0.isFinite ? $0 : 0 })
          let layers = originals.map { [$0, rows] } ?? [rows]
          try picture.write(
            layers, labels: originals == nil ? [] : ["original", "decompressed"], images, to: output.out)
        }
      )
    }
  }

  /// Returns the samples `wanted` of the data that were compressed.
  private func matrix(of path: String, _ wanted: Range<Int>, shape: [Int]) throws -> Matrix<Float> {
    let all = try Dataset.open(path)
    guard all.featureCount == shape.reduce(1, *), all.count >= wanted.upperBound else {
      throw FileError(
        .malformed, path,
        "\(all.count.grouped) samples of shape \(all.shape); expected at least \(wanted.upperBound.grouped) of shape "
          + "\(shape), as \(data) holds them")
    }
    return all.subset(wanted).matrix
  }

  private final class Collected {
    var values: [Float] = []
  }
}

/// Reads text like "100..<200" as a range that is not empty.
private func parseRange(_ text: String) throws -> Range<Int> {
  let parts = text.split(separator: "..<", omittingEmptySubsequences: false)
  guard parts.count == 2, let low = Int(parts[0]), let high = Int(parts[1]), low >= 0, low < high else {
    throw ValidationError("expected a range that is not empty, as in 100..<200")
  }
  return low..<high
}
