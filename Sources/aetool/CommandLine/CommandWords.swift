import ArgumentParser

/// The words of a command line, as `aetool train --epochs 3` has two behind the subcommand.
struct CommandWords {
  let words: [String]
  /// The subcommand and its place, or nil where no word names one.
  private let command: (type: any ParsableCommand.Type, place: Int)?

  init(_ words: [String]) {
    self.words = words
    let types = Aetool.configuration.subcommands
    command =
      words.enumerated().lazy.compactMap { place, word in
        types.first { $0._commandName == word }.map { ($0, place) }
      }.first
  }

  /// The subcommand's name; nil where there is none.
  var name: String? { command.map { $0.type._commandName } }

  /// Returns the command that the words ask for.
  func parsed() throws -> any ParsableCommand {
    if words.first == "help", words.count > 1, name == nil { throw unknownCommand(words[1]) }
    return try Aetool.parseAsRoot(withNumbersBound)
  }

  /// The words, in which `--epochs -3` is `--epochs=-3`: without the sign of equality the parser takes a negative
  /// number for an option.
  private var withNumbersBound: [String] {
    guard let command, words.dropFirst().contains(where: Self.isNegative) else { return words }
    let table = OptionTable(of: command.type)
    var result: [String] = []
    for word in words {
      if Self.isNegative(word), let last = result.last, !last.contains("="), table.option(last)?.takesValue == true {
        result[result.count - 1] = last + "=" + word
      } else {
        result.append(word)
      }
    }
    return result
  }

  /// Returns whether a word begins like a negative number: -3, -.5, -inf, or a list of such.
  private static func isNegative(_ word: String) -> Bool {
    let rest = word.dropFirst().lowercased()
    return word.first == "-" && (rest.first.map { $0.isNumber || $0 == "." } ?? false || ["inf", "nan"].contains(rest))
  }

  /// Returns the line for an error of the parser, with what was probably meant.
  func explained(_ error: any Error) -> String {
    if let found { return found.description }
    let table = command.map { OptionTable(of: $0.type) }
    let message = UsageMessage.text(Aetool.message(for: error)) { name in
      table?.options.first { $0.text == name }?.abstract
    }
    return message + hint
  }

  /// Where the user can read what is right.
  private var help: String { "see aetool \(name.map { $0 + " " } ?? "")--help" }
  private var hint: String { "; " + help }

  /// Returns the end of a line: the name that was probably meant, and where the user can read what is right.
  private func end(_ meant: String?) -> String { meant.map { "; did you mean \($0)? \(help)" } ?? hint }

  /// The first word that no option, command or value of a list explains.
  private var found: ProgramError? {
    if words.contains(where: { $0.hasPrefix("--generate-completion-script") }) { return nil }
    guard let command else {
      return words.first { !$0.hasPrefix("-") }.map(unknownCommand)
        ?? words.first { $0.hasPrefix("-") }.map { unknown($0, OptionTable(of: Aetool.self)) }
    }
    if command.place > 0, let early = words.first, early.hasPrefix("-") {
      return ProgramError(.usage, "\(early): options stand behind the command, as in aetool \(name!) \(early)\(hint)")
    }
    let table = OptionTable(of: command.type)
    var rest = withNumbersBound.dropFirst(command.place + 1)
    let takesWords = table.options.contains { $0.kind == "positional" }
    while let word = rest.popFirst(), word != "--" {
      guard word.hasPrefix("-"), word != "-" else {
        if takesWords { continue }
        return ProgramError(.usage, "'\(word)': expected an option, which begins with --\(hint)")
      }
      guard let option = table.option(word) else { return unknown(word, table) }
      guard option.takesValue else { continue }
      var value = word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) }
      if value == nil, let next = rest.first, next == "-" || !next.hasPrefix("-") { value = rest.popFirst() }
      if let value, let known = option.allValues, !known.contains(where: { $0.lowercased() == value.lowercased() }) {
        return wrong(value, of: option.text, known)
      }
    }
    return nil
  }

  private func unknown(_ word: String, _ table: OptionTable) -> ProgramError {
    let name = String(word.prefix { $0 != "=" })
    let isDevice = ["--device", "--gpu", "--cuda"].contains(name)
    let what = isDevice ? "there is no such option, since everything is computed on the CPU" : "there is no such option"
    return ProgramError(.usage, "\(name): \(what)\(end(Suggestion.option(for: name, among: table.names)))")
  }

  private func wrong(_ value: String, of option: String, _ known: [String]) -> ProgramError {
    let list = known.dropLast().joined(separator: ", ") + " or " + (known.last ?? "")
    return ProgramError(.usage, "\(option) \(value): expected \(list)\(end(Suggestion.nearest(value, among: known)))")
  }

  private func unknownCommand(_ word: String) -> ProgramError {
    let names = Aetool.configuration.subcommands.map { $0._commandName }
    return ProgramError(
      .usage, "'\(word)': there is no such command\(end(Suggestion.command(for: word, among: names)))")
  }
}

extension CommandWords {
  /// The words of this run.
  static let given = CommandWords(Array(CommandLine.arguments.dropFirst()))

  /// Returns the options among `names`, as in --latent, that the command line has, as a list for a message.
  static func options(among names: [String]) -> String {
    let all = given.words.map { String($0.prefix { $0 != "=" }) }
    let found = names.filter(all.contains)
    return found.count < 2
      ? found.first ?? "" : found.dropLast().joined(separator: ", ") + " and " + found.last!
  }

  /// Returns the options of a group that the command line has, as a list for a message.
  static func options(of group: any ParsableArguments.Type, but exception: String? = nil) -> String {
    options(among: OptionTable(of: group).names.filter { $0 != exception })
  }
}
