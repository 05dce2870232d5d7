import Autoencoders
import Datasets
import Figures
import Files
import Linalg

#if canImport(Glibc)
  import Glibc
#endif

/// The formats that arrays are written in. The file's name tells the format.
enum ArrayFormat: Sendable {
  case npy, csv, png

  /// The kind of the file that the array becomes.
  var kind: FileKind {
    switch self {
    case .npy: .npy
    case .csv: .csv
    case .png: .png
    }
  }

  /// Returns the format that --format asks for, or else the file's name; a terminal gets CSV, and where else standard
  /// output goes NPY.
  ///
  /// - Parameter allowsPictures: whether the array can be drawn, so that .png is allowed.
  static func of(
    _ path: String, _ chosen: FormatOptions.Format? = nil, allowsPictures: Bool
  ) throws -> ArrayFormat {
    let name = path.lowercased()
    if let chosen {
      if [".npy", ".csv", ".png"].contains(where: { name.hasSuffix($0) && $0 != ".\(chosen)" }) {
        throw ProgramError(.usage, "--format \(chosen): the name of --out \(path) says another format")
      }
      return chosen == .npy ? .npy : .csv
    }
    if path == "-" { return isatty(STDOUT_FILENO) == 1 ? .csv : .npy }
    if name.hasSuffix(".npy") { return .npy }
    if name.hasSuffix(".csv") { return .csv }
    if name.hasSuffix(".png") && allowsPictures { return .png }
    let known = allowsPictures ? ".npy, .csv and .png" : ".npy and .csv"
    throw ProgramError(.usage, "--out \(path): known are names that end in \(known), and - for standard output")
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
  if path != "-" { Console.say("\(path): \(what)") }
}
