import Autoencoders
import Datasets
import Figures
import Linalg

/// The formats that arrays are written in. The file's name tells the format.
enum ArrayFormat: Sendable {
  case npy, csv, png

  /// Returns the format that a file's name asks for.
  ///
  /// - Parameter allowsPictures: whether the array can be drawn, so that .png is allowed.
  static func of(_ path: String, allowsPictures: Bool) throws -> ArrayFormat {
    let name = path.lowercased()
    if path == "-" || name.hasSuffix(".npy") { return .npy }
    if name.hasSuffix(".csv") { return .csv }
    if name.hasSuffix(".png") && allowsPictures { return .png }
    let known = allowsPictures ? ".npy, .csv and .png" : ".npy and .csv"
    throw ProgramError(.usage, "--out \(path): known are names that end in \(known), and - for NPY on standard output")
  }
}

/// Writes `inference`'s result on `data` to `path`, stretch by stretch, as `samples` × `shape`.
func writeArray(
  _ inference: Inference, on data: Dataset, to path: String, _ format: ArrayFormat, shape: [Int]
) throws {
  switch format {
  case .npy:
    let writer = try NPYWriter(path, shape: [data.count] + shape)
    try inference.run(on: data) { rows in try writer.append(rows.values) }
    try writer.commit()
  case .csv:
    let writer = try CSVWriter(path)
    try inference.run(on: data) { rows in try writer.append(rows) }
    try writer.commit()
  case .png: preconditionFailure("pictures are not arrays")
  }
}

/// Says on standard error what was written to `path`, unless that is standard output.
func reportWritten(_ path: String, _ what: String) {
  if path != "-" { Console.error("\(path): \(what)") }
}
