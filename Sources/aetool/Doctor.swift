import ArgumentParser
import Autoencoders
import CPUCheck
import Linalg

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what the program computes with here, and how fast that is.",
    discussion: """
      EXAMPLE
        aetool doctor --json
      """)

  @OptionGroup var result: ResultOptions
  @OptionGroup var console: ConsoleOptions

  func run() throws {
    let report = Report()
    if result.json { return try Console.json(report) }
    Console.result("aetool          \(report.version), built for \(report.built_for)")
    Console.result("BLAS            \(report.blas)")
    Console.result("BLAS kernels    \(report.blas_core)")
    Console.result("processors      \(report.processors)")
    Console.result("sgemm           \(report.gemm_gflops_one_thread.formatted(0)) GFLOP/s on one thread")
    Console.result("                \(report.gemm_gflops_workers.formatted(0)) GFLOP/s on \(report.processors) workers")
    Console.result("exp             \(report.exp_nanoseconds.formatted(2)) ns a number, one thread")
  }

  private struct Report: Encodable {
    let version = toolVersion
    let built_for = unsafe String(cString: aetool_built_for())
    let blas = BLASLibrary.configuration
    let blas_core = BLASLibrary.core
    let processors = availableProcessors
    let gemm_gflops_one_thread: Double
    let gemm_gflops_workers: Double
    let exp_nanoseconds: Double

    init() {
      let size = 1024
      let parts = 4
      let a = Buffer<Float>(count: size * size)
      let c = Buffer<Float>(count: size * size)
      var random = RandomStream(seed: 1, purpose: .other)
      random.fillUniform(a.row, -1, 1)
      let (x, y) = (a.view(rows: size, columns: size), c.view(rows: size, columns: size))
      let operations = 2 * Double(size * size * size)
      let pool = WorkerPool()
      (gemm_gflops_one_thread, gemm_gflops_workers) = BLASLibrary.withThreads(1) {
        let alone = medianSeconds { gemm(x.readOnly, .no, x.readOnly, .no, into: y) }
        let shared = medianSeconds {
          pool.run(tasks: parts) { part, _ in
            let rows = part * size / parts..<(part + 1) * size / parts
            gemm(x.rows(rows).readOnly, .no, x.readOnly, .no, into: y.rows(rows))
          }
        }
        return (operations / alone * 1e-9, operations / shared * 1e-9)
      }
      let seconds = medianSeconds { map(x.readOnly, into: y) { .exp($0) } }
      exp_nanoseconds = seconds / Double(size * size) * 1e9
    }
  }
}

/// Returns the median time of seven calls of `body` in seconds, after one call that is not counted.
private func medianSeconds(_ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  body()
  let times = (0..<7).map { _ in clock.measure(body) }.sorted()
  let (seconds, attoseconds) = times[3].components
  return Double(seconds) + Double(attoseconds) * 1e-18
}
