import Autoencoders
import Files
import FoundationEssentials

/// The folder of a page: its models and numbers, which a later run does not make again.
struct NotesStore {
  let folder: String

  private static let settingName = "notes.json"
  private static let ours = "{\"form\":"

  /// Opens the folder for a page of `setting`, or makes it.
  ///
  /// - Throws: `ProgramError` with status 73 where the folder holds something else, unless `force` is given.
  init(_ folder: String, _ setting: NotesSetting, force: Bool) throws {
    self.folder = folder
    let path = "\(folder)/\(Self.settingName)"
    if fileExists(path) {
      let before = try? JSONDecoder().decode(NotesSetting.self, from: Data(try readFile(path)))
      if before != setting {
        if !force {
          throw ProgramError(
            .cannotCreate,
            "--out \(folder): holds a page \(Self.difference(before, setting)); choose another folder, or give --force "
              + "to begin anew")
        }
        for part in ["models", "numbers"] { try? FileManager.default.removeItem(atPath: "\(folder)/\(part)") }
      }
    } else if fileExists("\(folder)/index.html") && !force {
      throw ProgramError(
        .cannotCreate, "--out \(folder): has an index.html of something else; choose another folder, or give --force")
    }
    for part in ["", "/models", "/numbers"] { try makeFolder(folder + part) }
    try AtomicFile.write(Array((try Console.text(ofJSON: setting) + "\n").utf8), to: path)
  }

  private static func difference(_ before: NotesSetting?, _ now: NotesSetting) -> String {
    guard let before, before.form == now.form else { return "of another version of aetool" }
    if before.isQuick != now.isQuick { return before.isQuick ? "that was made with --quick" : "made without --quick" }
    if before.seed != now.seed { return "of seed \(before.seed)" }
    return "of other data (\(before.train.source), \(before.test.source), \(before.foreign.source))"
  }

  /// Returns numbers that are in the folder, or else measures them and puts them there.
  ///
  /// What was measured is read back from its file, so that a page does not depend on which run measured it.
  func numbers<Numbers: Codable>(_ name: String, _ measure: () throws -> Numbers) throws -> Numbers {
    let path = "\(folder)/numbers/\(name).json"
    if let known = try read(Numbers.self, path) { return known }
    try AtomicFile.write(Array((try Console.text(ofJSON: try measure()) + "\n").utf8), to: path)
    guard let known = try read(Numbers.self, path) else {
      throw FileError(.inputOutput, path, "the numbers cannot be read back")
    }
    return known
  }

  private func read<Numbers: Decodable>(_: Numbers.Type, _ path: String) throws -> Numbers? {
    if !fileExists(path) { return nil }
    return try? JSONDecoder().decode(Numbers.self, from: Data(try readFile(path)))
  }

  /// Returns the path of a model in the folder.
  func path(ofModel name: String) -> String { "\(folder)/models/\(name).safetensors" }

  /// Returns a model that is in the folder, or else makes it and puts it there.
  func model(_ name: String, _ make: () throws -> Model) throws -> Model {
    let path = path(ofModel: name)
    if fileExists(path), let known = try? Model.load(path) { return known }
    try KeptOutput.save("the model", to: path) { [made = try make()] in try made.save(to: $0) }
    return try Model.load(path)
  }
}
