import Foundation

/// Returns a path in a new folder of its own in the system's temporary folder.
func temporaryPath(_ name: String) -> String {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("aetool-\(UUID().uuidString)")
  try! FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder.appendingPathComponent(name).path
}
