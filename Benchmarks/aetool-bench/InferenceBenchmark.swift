import Autoencoders
import Datasets
import Linalg

/// Measures encoding and reconstructing a data set that is in memory, against the products of the layers alone.
struct InferenceBenchmark: Encodable {
  let name: String
  let direction: String
  let samples: Int
  let threads: Int
  let samples_per_second: Double
  let milliseconds: Double
  /// The time of the layers' products alone, on the same blocks and our workers.
  let products_ms: Double
  /// The time of reading the stored samples and writing the result once, on our workers.
  let memory_ms: Double
  /// The longer of these two times ÷ the time taken.
  let efficiency: Double

  init(
    _ benchmark: BenchmarkCase, _ direction: Inference.Direction, _ data: Dataset, threads: Int, rounds: Int,
    length: Double
  ) throws {
    let model = try benchmark.model(for: data)
    let inference = Inference(model, direction, threads: threads)
    let layers = direction == .encode ? benchmark.encoder : benchmark.chains[0]
    let products = Products(widths: layers, samples: data.count, threads: threads)
    let memory = MemoryTraffic(data, outputs: layers.last!, threads: threads)
    let times = alternately(
      rounds: rounds, length: length,
      [
        { try! inference.run(on: data) { _ in } },
        { BLASLibrary.withThreads(1) { products.run() } },
        { memory.run() },
      ])
    name = benchmark.name
    self.direction = direction == .encode ? "encode" : "reconstruct"
    samples = data.count
    self.threads = threads
    milliseconds = times[0] * 1e3
    samples_per_second = Double(data.count) / times[0]
    products_ms = times[1] * 1e3
    memory_ms = times[2] * 1e3
    efficiency = max(products_ms, memory_ms) / milliseconds
  }
}

/// Computes the forward products of all blocks, and nothing else.
private final class Products {
  private let weights: [Buffer<Float>]
  private let activations: [[Buffer<Float>]]
  private let widths: [Int]
  private let samples: Int
  private let pool: WorkerPool

  init(widths: [Int], samples: Int, threads: Int) {
    self.widths = widths
    self.samples = samples
    pool = WorkerPool(threads: threads)
    var random = RandomStream(seed: 1, purpose: .other)
    weights = widths.indices.dropLast().map { l in
      let buffer = Buffer<Float>(count: widths[l] * widths[l + 1])
      random.fillUniform(buffer.row, -0.1, 0.1)
      return buffer
    }
    activations = (0..<threads).map { _ in widths.map { Buffer<Float>(count: Inference.blockSize * $0) } }
  }

  func run() {
    let size = Inference.blockSize
    pool.run(tasks: (samples + size - 1) / size) { block, worker in
      let rows = min(size, samples - block * size)
      for l in weights.indices {
        gemm(
          activations[worker][l].view(rows: rows, columns: widths[l]).readOnly, .no,
          weights[l].view(rows: widths[l + 1], columns: widths[l]).readOnly, .yes,
          into: activations[worker][l + 1].view(rows: rows, columns: widths[l + 1]))
      }
    }
  }
}

/// Reads every stored byte once and writes every result once, and does nothing else.
private final class MemoryTraffic {
  private let data: Dataset
  private let pool: WorkerPool
  private let result: Buffer<Float>
  private let outputs: Int

  init(_ data: Dataset, outputs: Int, threads: Int) {
    self.data = data
    self.outputs = outputs
    pool = WorkerPool(threads: threads)
    result = Buffer(count: data.count * outputs)
  }

  func run() {
    let parts = 64
    let width = data.featureCount
    pool.run(tasks: parts) { part, _ in
      let samples = part * data.count / parts..<(part + 1) * data.count / parts
      var total = 0
      switch data.storage {
      case .bytes(let bytes):
        for index in samples.lowerBound * width..<samples.upperBound * width { total &+= Int(bytes[index]) }
      case .numbers(let numbers):
        for index in samples.lowerBound * width..<samples.upperBound * width {
          total &+= Int(numbers[index].bitPattern)
        }
      }
      result.view(rows: data.count, columns: outputs).rows(samples).fill(Float(total & 1))
    }
  }
}
