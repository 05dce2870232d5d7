import ArgumentParser
import Autoencoders
import Linalg

struct GradientCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradient-check",
    abstract: "Compares a network's analytic gradient with a numeric one, in Double.",
    discussion: """
      Central differences on a small random network: max |analytic − numeric| of each tensor, relative to its largest \
      derivative. Exits with 70 where an error is above 1e-7.

      EXAMPLE
        aetool gradient-check --variant deep --activation silu --loss squared-error
        aetool gradient-check --variant conv --shape 7,6,2 --noise masking:0.3 --l1 0.01
        aetool gradient-check --encoder "dense:9:tanh, dense:3" --decoder "dense:9:tanh, dense"
        aetool gradient-check --variant vae --importance-samples 5 --likelihood gaussian:learned --conditional
      """)

  @Option(
    help: ArgumentHelp("Shape of a sample: 12, or 7,6,2 for convolutions by default.", valueName: "sizes"),
    transform: parseSizes)
  var shape: [Int]?

  @OptionGroup(title: "Network") var network: NetworkOptions

  @Option(help: ArgumentHelp("Samples in the batch.", valueName: "n"), transform: whole(1...1000))
  var batch = 7

  @Option(help: ArgumentHelp("Seed of weights and samples.", valueName: "number"))
  var seed: UInt64 = 1

  @OptionGroup var result: ResultOptions
  @OptionGroup var memory: MemoryOptions
  @OptionGroup var console: ConsoleOptions

  static let limit = 1e-7

  func validate() throws {
    if let shape, shape.reduce(1.0, { $0 * Double($1) }) > Double(mostUnits) {
      throw ValidationError("--shape: at most \(mostUnits) numbers in a sample")
    }
  }

  func run() throws {
    let kind = RecipeKind.named(self.network.recipeName)
    var options = try self.network.options(
      latent: try self.network.latent?.units(of: self.network.recipeName), classes: 3)
    // Where the user names no sizes, small ones keep the check short.
    if let kind {
      if kind.takes.contains(.latent), options.latent == nil { options.latent = 3 }
      if kind.defaults.hidden != nil, options.hidden == nil { options.hidden = [9, 5] }
      if kind.takes.contains(.convolution), options.channels == nil { options.channels = [3, 4] }
    }
    let isConvolutional = kind?.takes.contains(.convolution) ?? false
    let network = try Recipe(named: self.network.recipeName, options)
      .blueprint(inputShape: shape ?? (isConvolutional ? [7, 6, 2] : [12])).network()
    if network.layout.count > 20_000 {
      throw InvalidArgument("\(network.layout.count) parameters would take long; choose smaller sizes (20000 at most)")
    }
    let rows = GradientCheck.network(network, batch: batch, seed: seed)
    let passed = rows.allSatisfy { $0.relativeError <= Self.limit }
    if result.json {
      try Console.json(Report(variant: self.network.recipeName, passed: passed, limit: Self.limit, tensors: rows))
    } else {
      Console.result("tensor               numbers   largest derivative   relative error")
      for row in rows {
        Console.result(
          pad(row.name, 20) + pad("\(row.count)", 8, left: true)
            + pad(row.largestDerivative.significant(4), 21, left: true)
            + pad(scientific(row.relativeError), 17, left: true))
      }
      Console.result(passed ? "all within 1e-7" : "NOT all within 1e-7")
    }
    if passed { return }
    let wrong = rows.filter { !($0.relativeError <= Self.limit) }
    if let lost = wrong.first(where: { !$0.isDecided }), wrong.allSatisfy({ !$0.isDecided }) {
      throw ProgramError(
        .usage,
        "\(lost.name): the numeric derivative is lost in rounding, since the loss is so much larger than it; choose "
          + "weights of penalties and noise nearer to 1")
    }
    throw ProgramError(.ownBug, "the analytic gradient differs from the numeric one")
  }

  private struct Report: Encodable {
    let variant: String
    let passed: Bool
    let limit: Double
    let tensors: [GradientCheck.Row]
  }
}

/// Returns `text` with blanks that fill it up to `width`: before it where `left` is true, behind it otherwise.
func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
  let blanks = String(repeating: " ", count: max(0, width - text.count))
  return left ? blanks + text : text + blanks
}

/// Returns `value` with two digits and an exponent, as in 3.1e-11.
func scientific(_ value: Double) -> String {
  if value == 0 || !value.isFinite { return "\(value)" }
  var exponent = 0
  var mantissa = value.magnitude
  while mantissa >= 9.95 { mantissa /= 10; exponent += 1 }
  while mantissa < 0.995 { mantissa *= 10; exponent -= 1 }
  return (value < 0 ? "-" : "") + mantissa.formatted(1) + "e\(exponent)"
}
