import AllocationCounter
import Autoencoders
import Datasets
import Linalg

/// Measures a training step in steady state and, in turn with it, the step's matrix products alone. Convolutions are no
/// products of whole matrices; for them the step alone is measured.
struct TrainingBenchmark: Encodable {
  let name: String
  let sizes: String
  let batch: Int
  let threads: Int
  let samples_per_second: Double
  let step_ms: Double
  /// The times of the products on OpenBLAS's threads and on our workers; the lower one is the bound.
  let products_blas_threads_ms: Double
  let products_workers_ms: Double
  let bound_ms: Double
  let ratio_to_bound: Double
  let bound_gflops: Double
  let allocations_per_step: Double
  let bytes_allocated_per_step: Double
  let phases_percent: [String: Double]

  static let phaseNames = ["gather", "forward", "loss", "backward", "weight_gradient", "optimizer"]

  init(_ benchmark: BenchmarkCase, _ data: Dataset, threads: Int, rounds: Int, length: Double, products: Bool) throws {
    let pool = WorkerPool(threads: threads)
    let model = try benchmark.model(for: data)
    let bench = StepBench(model, data, benchmark, pool: pool)
    let hasProducts = products && benchmark.hasProducts
    let bound = ProductBound(chains: benchmark.chains, batch: benchmark.batch, threads: threads, pool: pool)
    name = benchmark.name
    sizes = benchmark.sizes
    batch = benchmark.batch
    self.threads = threads
    (allocations_per_step, bytes_allocated_per_step) = BLASLibrary.withThreads(1) { bench.allocationsPerStep() }
    let single = { (body: @escaping () -> Void) in { BLASLibrary.withThreads(1, body) } }
    let bodies: [() -> Void] =
      [single(bench.step)]
      + (hasProducts ? [{ bound.step(.blasThreads) }, { bound.step(.workers) }] : [])
    let times = alternately(rounds: rounds, length: length, bodies)
    step_ms = times[0] * 1e3
    samples_per_second = Double(benchmark.batch) / times[0]
    products_blas_threads_ms = hasProducts ? times[1] * 1e3 : .nan
    products_workers_ms = hasProducts ? times[2] * 1e3 : .nan
    bound_ms = min(products_blas_threads_ms, products_workers_ms)
    ratio_to_bound = step_ms / bound_ms
    bound_gflops = bound.operations / bound_ms * 1e-6
    phases_percent =
      products ? BLASLibrary.withThreads(1) { bench.phases(rounds: rounds, length: length / 3) } : [:]
  }
}

/// Runs training steps one at a time, or the parts of a step.
private final class StepBench {
  let run: TrainingRun
  let data: Dataset
  let batch: Int
  let order: [Int32]
  var position = 0
  var number = 0
  let noise = NoiseStream(seed: 1, epoch: 1)

  init(_ model: Model, _ data: Dataset, _ benchmark: BenchmarkCase, pool: WorkerPool) {
    self.data = data
    batch = benchmark.batch
    let state = TrainingState(parameters: model.parameters)
    run = TrainingRun(
      model, TrainingOptions(batch: batch, optimizer: benchmark.optimizer), samples: data.count, state: state,
      pool: pool)
    var random = RandomStream(seed: 1, purpose: .shuffle)
    order = random.permutation(data.count)
  }

  private func nextBatch() -> ArraySlice<Int32> {
    if position + batch > order.count { position = 0 }
    defer { position += batch }
    return order[position..<position + batch]
  }

  func step() {
    number += 1
    let loss = run.loss(of: nextBatch(), in: data, noise: (noise, position), gradients: true)
    precondition(loss.isFinite, "the benchmark diverged")
    run.step(number: number, rate: 1e-4, rows: batch)
  }

  func allocationsPerStep() -> (Double, Double) {
    for _ in 0..<3 { step() }
    let (calls, bytes) = (aetool_allocations(), aetool_allocated_bytes())
    let steps = 100
    for _ in 0..<steps { step() }
    return (
      Double(aetool_allocations() - calls) / Double(steps), Double(aetool_allocated_bytes() - bytes) / Double(steps)
    )
  }

  /// Returns the share of a step that each phase takes. Loss and optimizer ride on other stages, so their share is the
  /// difference of those stages with and without them.
  func phases(rounds: Int, length: Double) -> [String: Double] {
    let propagation = run.propagation
    let rows = batch
    let optimizer = propagation.onGradient
    let times = alternately(
      rounds: rounds, length: length,
      [
        { self.run.gather(self.nextBatch(), from: self.data) },
        { propagation.forward(rows: rows) },
        { _ = propagation.loss(rows: rows) },
        { propagation.backward(rows: rows) },
        {
          propagation.onGradient = nil
          propagation.parameterGradients(rows: rows)
          propagation.onGradient = optimizer
        },
        {
          self.number += 1
          self.run.updateParameters(number: self.number, rate: 1e-9, rows: rows)
        },
      ])
    let parts = [
      times[0], times[1], times[2] - times[1], times[3], times[4], times[5] - times[4],
    ]
    let total = parts.reduce(0, +)
    return Dictionary(
      uniqueKeysWithValues: Swift.zip(TrainingBenchmark.phaseNames, parts.map { $0 / total * 100 }))
  }
}
