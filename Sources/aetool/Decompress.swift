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
      Writes samples × the model's input shape: NPY (float32) or CSV, or the first --count samples as a PNG grid where \
      they are images, by the name of --out.

      EXAMPLE
        aetool decompress --model digits.safetensors --data digits.aez --out digits.npy
        aetool decompress --data x.aez --samples "100..<200" --out part.csv
      """)

  @Option(help: ArgumentHelp("The model that the file was made with; not for files that hold it.", valueName: "file"))
  var model: String?

  @Option(help: ArgumentHelp("What compress has written; - for standard input.", valueName: "file"))
  var data: String

  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp("Only these, counted from 0; only their chunks are read.", valueName: "a..<b"),
    transform: parseRange)
  var samples: Range<Int>?

  @Flag(help: "Write the codes, samples × code size, instead of what the model decodes from them.")
  var codes = false

  @Flag(help: "Go on past damaged chunks: their samples become nan, and the exit status is 65.")
  var keepGoing = false

  @OptionGroup var picture: PictureOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let format = try ArrayFormat.of(output.out, allowsPictures: !codes)
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
    if format == .png { wanted = wanted.prefix(picture.count) }
    var damaged: [FileError] = []
    let write = try writer(format, shape, count: wanted.count)
    try decompressor.run(decompressor.chunks(of: wanted), codes ? .codes : .samples) { chunk, result in
      let all = file.header.samples(ofChunk: chunk)
      var rows: Matrix<Float>
      switch result {
      case .success(let decoded): rows = decoded
      case .failure(let error):
        if !keepGoing { throw error }
        damaged.append(error)
        rows = Matrix(
          rows: all.count, columns: width, values: [Float](repeating: .nan, count: all.count * width))
      }
      let part = wanted.clamped(to: all)
      if part.count < all.count {
        let values = rows.values[
          (part.lowerBound - all.lowerBound) * width..<(part.upperBound - all.lowerBound) * width]
        rows = Matrix(rows: part.count, columns: width, values: Array(values))
      }
      try write.append(rows)
    }
    try write.commit()
    reportWritten(output.out, "\(wanted.count.grouped) samples of shape \(shape)")
    if damaged.isEmpty { return }
    damaged.forEach { Console.error("damaged: \($0)") }
    throw ProgramError(
      .badData, "\(data): \(damaged.count) of \(file.header.chunks.count) chunks are damaged; their samples are nan")
  }

  private func writer(
    _ format: ArrayFormat, _ shape: [Int], count: Int
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
          try picture.write([rows], images, to: output.out)
        }
      )
    }
  }

  private final class Collected {
    var values: [Float] = []
  }
}

/// Reads text like "100..<200" as a range that is not empty.
private func parseRange(_ text: String) throws -> Range<Int> {
  let parts = text.split(separator: "..<", omittingEmptySubsequences: false)
  guard parts.count == 2, let low = Int(parts[0]), let high = Int(parts[1]), low >= 0, low < high else {
    throw ValidationError("'\(text)': expected a range that is not empty, as in 100..<200")
  }
  return low..<high
}
