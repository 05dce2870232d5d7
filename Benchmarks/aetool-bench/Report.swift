import Foundation
import Linalg

/// All that was measured, as JSON and as tables in Markdown that are ready for docs/benchmarks.md.
struct Report: Encodable {
  let date = ISO8601DateFormatter().string(from: Date())
  let cpu = Report.cpuName
  let processors: Int
  let blas = BLASLibrary.configuration
  let data: String
  var training: [TrainingBenchmark] = []
  var inference: [InferenceBenchmark] = []
  var program: [ProgramBenchmark] = []

  init(data: String, processors: Int) {
    self.data = data
    self.processors = processors
  }

  var heading: String { "\(date), \(cpu), \(processors) processors, \(blas), data \(data)" }

  func printTraining(_ r: TrainingBenchmark, heading: Bool) {
    if heading {
      print(
        "\n| case | sizes | batch | samples/s | step ms | products ms (BLAS threads / workers) | step ÷ bound | "
          + "GFLOP/s of the bound | allocations a step | "
          + "gather / forward / loss / backward / weight gradient / optimizer % |")
      print("|---|---|---|---|---|---|---|---|---|---|")
    }
    let phases = TrainingBenchmark.phaseNames.map { text(r.phases_percent[$0] ?? .nan, 0) }.joined(separator: " / ")
    print(
      "| \(r.name) | \(r.sizes) | \(r.batch) | \(text(r.samples_per_second, 0)) | \(text(r.step_ms, 3)) | "
        + "\(text(r.products_blas_threads_ms, 3)) / \(text(r.products_workers_ms, 3)) | \(text(r.ratio_to_bound, 2)) | "
        + "\(text(r.bound_gflops, 0)) | \(text(r.allocations_per_step, 2)) | \(phases) |")
  }

  func printInference(_ r: InferenceBenchmark, heading: Bool) {
    if heading {
      print("\n| case | direction | samples | ms | samples/s | products ms | memory ms | share of the larger bound |")
      print("|---|---|---|---|---|---|---|---|")
    }
    print(
      "| \(r.name) | \(r.direction) | \(r.samples) | \(text(r.milliseconds, 1)) | \(text(r.samples_per_second, 0)) | "
        + "\(text(r.products_ms, 1)) | \(text(r.memory_ms, 1)) | \(text(r.efficiency * 100, 0)) % |")
  }

  func printProgram(_ r: ProgramBenchmark, heading: Bool) {
    if heading {
      print("\n| command, from cold start | ms | peak memory MB |")
      print("|---|---|---|")
    }
    print("| \(r.command) | \(text(r.milliseconds, 0)) | \(text(r.peak_memory_mb, 0)) |")
  }

  private func text(_ value: Double, _ digits: Int) -> String {
    value.isFinite ? String(format: "%.\(digits)f", value) : "–"
  }

  private static var cpuName: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line.flatMap { $0.split(separator: ":").last }.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }
}
