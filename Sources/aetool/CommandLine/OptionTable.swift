import ArgumentParser
import FoundationEssentials

/// The options of a command, as the parser of arguments knows them.
struct OptionTable {
  struct Option: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
      var text: String { (kind == "long" ? "--" : "-") + name }
    }
    let kind: String
    let names: [Name]?
    let valueName: String?
    let allValues: [String]?
    let abstract: String?

    var takesValue: Bool { kind == "option" }
    /// The name as the user writes it, as in --data; that of the value, as in <file>, where there is no name.
    var text: String { names?.first { $0.kind == "long" }?.text ?? "<\(valueName ?? "argument")>" }
  }

  let options: [Option]

  init(of type: any ParsableArguments.Type) {
    let dump = try? JSONDecoder().decode(Dump.self, from: Data(type._dumpHelp().utf8))
    options = dump?.command.arguments ?? []
  }

  /// Returns the option that `word`, as in --data or --data=x, names.
  func option(_ word: some StringProtocol) -> Option? {
    let name = word.prefix { $0 != "=" }
    return options.first { $0.names?.contains { $0.text == name } ?? false }
  }

  /// The names of the options, as in --data.
  var names: [String] { options.flatMap { $0.names ?? [] }.filter { $0.kind == "long" }.map(\.text) }

  private struct Dump: Decodable {
    struct Command: Decodable {
      let arguments: [Option]?
    }
    let command: Command
  }
}
