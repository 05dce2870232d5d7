import CZlibShim
import Datasets
import Foundation
import Linalg

/// Writes a file of these bytes in a folder of its own and returns its path.
func temporaryFile(_ name: String, _ bytes: [UInt8]) throws -> String {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("aetool-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let url = folder.appendingPathComponent(name)
  try Data(bytes).write(to: url)
  return url.path
}

/// Returns the error that opening `path` gives, with FILE for the path.
func complaint(_ path: String) -> String {
  do {
    _ = try Dataset.open(path)
    return "accepted"
  } catch { return error.description.replacingOccurrences(of: path, with: "FILE") }
}

func complaint(_ name: String, _ bytes: [UInt8]) throws -> String { complaint(try temporaryFile(name, bytes)) }

/// Returns all values, sample after sample.
func values(_ data: Dataset) -> [Float] {
  var matrix = Matrix<Float>(rows: data.count, columns: data.featureCount)
  matrix.withMutableView { data.gather(rows: 0..<data.count, into: $0) }
  return matrix.values
}

/// The folder that holds the data of tests: AETOOL_DATA names it, or it lies beside the project.
let sharedData: String = {
  if let path = ProcessInfo.processInfo.environment["AETOOL_DATA"] { return path }
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return root.deletingLastPathComponent().appendingPathComponent("shared/data").path
}()

func sharedDataHas(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(sharedData)/\(file)") }

func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  precondition(aetool_deflate_init(&stream, 6) == Z_OK)
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + 1000)
  let size = output.count
  input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(size)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
    }
  }
  deflateEnd(&stream)
  return Array(output.prefix(size - Int(stream.avail_out)))
}
