import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Linalg

/// Measures training steps against their matrix products, encoding, and cold starts. `make bench` runs it.
@main
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aetool-bench",
    abstract: "Measures training steps against the time of their matrix products alone, encoding, and cold starts.",
    discussion: """
      What is compared runs in turn, round after round; printed are medians. Cases: \
      \(BenchmarkCase.all.map(\.name).joined(separator: ", ")).

      EXAMPLE
        aetool-bench --case dense --case deep --threads 2 --json
      """)

  @Option(name: .customLong("case"), help: "Only these cases, training steps alone.")
  var cases: [String] = []

  @Option(help: "Data to train on; MNIST where it is found, otherwise drawn digits.")
  var data: String?

  @Option(help: "Threads.")
  var threads = availableProcessors

  @Option(help: "Rounds of alternating runs.")
  var rounds = 7

  @Option(help: "Seconds for one run of a round.")
  var length = 0.3

  @Option(help: "The aetool program, for cold starts; beside this one by default.")
  var program: String?

  @Flag(help: "Measure the training step alone, without its bound: for comparisons with other programs.")
  var stepOnly = false

  @Flag(help: "Print the cases as JSON and stop.")
  var list = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    if list { return try print(jsonText(BenchmarkCase.all.map(Listed.init))) }
    let chosen = cases.isEmpty ? BenchmarkCase.all : BenchmarkCase.all.filter { cases.contains($0.name) }
    if let unknown = cases.first(where: { name in !BenchmarkCase.all.contains { $0.name == name } }) {
      throw ValidationError("--case \(unknown): known are \(BenchmarkCase.all.map(\.name).joined(separator: ", "))")
    }
    let source = self.data ?? Self.usualData
    var report = Report(data: source, processors: availableProcessors)
    if !json { print(report.heading) }
    // The program is measured first, while this process is small: a new process's peak memory counts from its parent's.
    if cases.isEmpty && !stepOnly { try measureProgram(source, &report) }
    let data = try Dataset.open(source)
    for (index, benchmark) in chosen.enumerated() {
      let result = try TrainingBenchmark(
        benchmark, data, threads: threads, rounds: rounds, length: length, products: !stepOnly)
      report.training.append(result)
      if !json { report.printTraining(result, heading: index == 0) }
    }
    if cases.isEmpty && !stepOnly { try measureInference(chosen, data, &report) }
    if json { print(try jsonText(report)) }
  }

  private func measureInference(_ cases: [BenchmarkCase], _ data: Dataset, _ report: inout Report) throws {
    for benchmark in cases where benchmark.measuresInference {
      for direction in [Inference.Direction.encode, .reconstruct] {
        let result = try InferenceBenchmark(
          benchmark, direction, data, threads: threads, rounds: rounds, length: length)
        report.inference.append(result)
        if !json { report.printInference(result, heading: report.inference.count == 1) }
      }
    }
  }

  private func measureProgram(_ source: String, _ report: inout Report) throws {
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    let program = program ?? beside.appendingPathComponent("aetool").path
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("aetool-bench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    let deep = BenchmarkCase.all[1]
    try deep.model(for: Digits.generate(count: 10)).save(to: path("m.safetensors"))
    let test = source.replacingOccurrences(of: "train-images", with: "t10k-images")
    let unseen = test == source ? "digits:10000:2" : test
    let commands: [(String, [String], Int)] = [
      ("info of a model", ["info", path("m.safetensors")], 9),
      (
        "encode 10,000 images",
        ["encode", "--model", path("m.safetensors"), "--data", unseen, "--out", path("c.npy")], 9
      ),
      (
        "train dense, one epoch",
        [
          "train", "--data", source, "--hidden", "128", "--latent", "32", "--batch", "256", "--epochs", "1",
          "--model", path("t.safetensors"),
        ], 3
      ),
    ]
    for (name, arguments, runs) in commands {
      let result = try ProgramBenchmark(name, program: program, arguments, runs: runs)
      report.program.append(result)
      if !json { report.printProgram(result, heading: report.program.count == 1) }
    }
  }

  /// The training images of MNIST, from the folder that AETOOL_DATA names, from data/mnist or from beside the project,
  /// whichever has them first; otherwise drawn digits.
  static var usualData: String {
    let named = ProcessInfo.processInfo.environment["AETOOL_DATA"].map { $0 + "/mnist" }
    let folders = [named, "data/mnist", "../shared/data/mnist"]
    let found = folders.compactMap { $0 }.map { $0 + "/train-images-idx3-ubyte.gz" }
      .first { FileManager.default.fileExists(atPath: $0) }
    return found ?? "digits:60000:1"
  }

  struct Listed: Encodable {
    let name: String
    let variant: String
    let widths: [Int]
    let channels: [Int]?
    let kernel, stride: Int?
    let latent: Int
    let batch: Int
    init(_ benchmark: BenchmarkCase) {
      name = benchmark.name
      variant = benchmark.variant
      widths = benchmark.isVariational ? [] : benchmark.chains.first ?? []
      channels = benchmark.options.channels
      kernel = benchmark.options.kernel
      stride = benchmark.options.stride
      latent = benchmark.encoder.last!
      batch = benchmark.batch
    }
  }
}

func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
