import Datasets
import Files
import Linalg

/// A model at work on data of any length, in blocks of samples that are shared out over the workers.
///
/// Each worker takes whole blocks through all layers in memory of its own. Blocks have a fixed size, so the numbers do
/// not depend on the number of threads. The memory is that of a few blocks, whatever the data's length.
public final class Inference {
  /// Says which part of the model works: data → codes, codes → data, data → data, or data → what a layer gives.
  public enum Direction: Sendable, Equatable {
    case encode, decode, reconstruct
    case layer(Int)
  }

  public static let blockSize = 250

  public let model: Model
  public let direction: Direction
  private let pool: WorkerPool
  /// One for each thread at work, made for as many samples as there are, at most `blockSize` at a time.
  private var workers: [Propagation<Float>] = []
  private var capacity = 0
  private let layers: Range<Int>
  private let noise: SeededCorruption?
  private let draw: NoiseStream?

  public convenience init(_ model: Model, _ direction: Direction, threads: Int = availableProcessors) {
    self.init(model, direction, noise: nil, threads: threads)
  }

  /// Creates an inference with noise on the data, which is the same for the same seed.
  public convenience init(
    _ model: Model, _ direction: Direction, corruptedBy corruption: Corruption?, seed: UInt64 = 0,
    threads: Int = availableProcessors
  ) {
    let noise = corruption.map { SeededCorruption(corruption: $0, seed: seed) }
    self.init(model, direction, noise: noise, threads: threads)
  }

  /// Creates an inference.
  ///
  /// - `noise`: the noise on the data before the network sees them.
  /// - `draw`: the name of the random numbers of stochastic binarisation; nil leaves the data as they are.
  init(
    _ model: Model, _ direction: Direction, noise: SeededCorruption? = nil, draw: NoiseStream? = nil, threads: Int
  ) {
    self.model = model
    self.draw = draw
    self.noise = noise
    self.direction = direction
    let network = model.network
    layers =
      switch direction {
      case .encode: 0..<network.encoderDepth
      case .decode: network.encoderDepth..<network.layers.count
      case .reconstruct: 0..<network.layers.count
      case .layer(let layer): 0..<layer + 1
      }
    pool = WorkerPool(threads: threads)
  }

  /// The number of threads at work.
  var threads: Int { pool.threads }

  /// Makes the workers for data of `count` samples, unless there are enough for them already.
  private func prepare(for count: Int) {
    let wanted = (samples: max(1, min(count, Self.blockSize)), workers: count <= Self.blockSize ? 1 : threads)
    if wanted.samples <= capacity && wanted.workers <= workers.count { return }
    workers = model.workers(layers, threads: wanted.workers, capacity: wanted.samples)
    capacity = wanted.samples
  }

  /// The number of numbers per sample that come in; `outputSize` is the number that comes out.
  public var inputSize: Int { model.network.layers[layers.lowerBound].inputSize }
  public var outputSize: Int { model.network.layers[layers.upperBound - 1].outputSize }

  /// Returns the whole result, samples × outputSize.
  /// - Throws: `FileError` for data that the model cannot take.
  public func callAsFunction(_ data: Dataset) throws(FileError) -> Matrix<Float> {
    var values: [Float] = []
    values.reserveCapacity(data.count * outputSize)
    do {
      try run(on: data) { rows in values.append(contentsOf: rows.values) }
    } catch let error as FileError { throw error } catch { preconditionFailure("Inference: \(error)") }
    return Matrix(rows: data.count, columns: outputSize, values: values)
  }

  /// Hands the result to `consume` in order, in stretches of up to `chunk` samples, each samples × outputSize.
  /// - Throws: `FileError` for data that the model cannot take, and the errors of `consume`.
  public func run(on data: Dataset, chunk: Int = 4000, _ consume: (Matrix<Float>) throws -> Void) throws {
    try check(data)
    for start in stride(from: 0, to: data.count, by: chunk) {
      let rows = start..<min(start + chunk, data.count)
      var result = Matrix<Float>(rows: rows.count, columns: outputSize)
      result.withMutableView { output in
        forEachBlock(of: data, rows) { block in
          let place = block.rows.lowerBound - start..<block.rows.upperBound - start
          output.rows(place).copy(finished(block).readOnly)
        }
      }
      try consume(result)
    }
  }

  /// Refuses data of another width than this part of the model takes.
  func check(_ data: Dataset) throws(FileError) {
    try requireMemory(for: data)
    if direction != .decode { return try model.check(data) }
    try Preparation.checkClasses(of: data, for: model.network)
    if data.featureCount != inputSize {
      throw FileError(
        .malformed, data.source, "codes of \(data.featureCount) numbers, but the model's have \(inputSize)")
    }
  }

  private func requireMemory(for data: Dataset) throws(FileError) {
    let count = min(data.count, Self.blockSize)
    let workers = data.count <= Self.blockSize ? 1 : threads
    var estimate = MemoryEstimate()
    estimate.add(model.network.layout.count, of: Float.self)
    for _ in 0..<workers {
      estimate.add(
        Workspace<Float>.memory(model.network, capacity: count, layers: layers, training: false, workers: 1))
    }
    try MemoryBudget.require(
      estimate.bytes, for: "the activations of \(count) samples on \(workers) threads", in: data.source)
  }

  /// A stretch of samples whose activations are in memory.
  struct Block {
    /// The number of the block among the samples that were asked for, from 0.
    let number: Int
    let rows: Range<Int>
    /// The number of the worker, below `threads`; no two blocks that are at work at the same time have the same one.
    let worker: Int
    let propagation: Propagation<Float>
  }

  /// Runs the layers over `rows` block by block and hands each block to `body` on the worker that computed it.
  func forEachBlock(of data: Dataset, _ rows: Range<Int>, _ body: (Block) -> Void) {
    prepare(for: rows.count)
    BLASLibrary.withThreads(1) {
      let size = Self.blockSize
      pool.run(tasks: (rows.count + size - 1) / size) { block, worker in
        let start = rows.lowerBound + block * size
        let range = start..<min(start + size, rows.upperBound)
        let propagation = workers[worker]
        let x = propagation.input(rows: range.count)
        if direction == .decode {
          data.gather(rows: range, into: x)
        } else {
          model.preparation.gather(data, rows: range, into: x, draw: draw)
        }
        if model.network.classes != nil {
          data.gatherLabels(range.map { Int32($0) }[...], into: propagation.labels(rows: range.count))
        }
        noise?.apply(to: x, rows: range)
        propagation.forward(rows: range.count)
        body(Block(number: block, rows: range, worker: worker, propagation: propagation))
      }
    }
  }

  /// Returns the last layer's output in the units of the result: codes as they are, data through the loss's link and
  /// back from the scaling.
  func finished(_ block: Block) -> MutableMatrixView<Float> {
    let y = block.propagation.output(of: layers.upperBound - 1, rows: block.rows.count)
    if direction == .decode || direction == .reconstruct {
      model.network.loss.reconstruct(y)
      model.preparation.undo(y)
    }
    return y
  }
}

extension Model {
  /// Returns propagations of some of the layers on up to `capacity` samples, one for each thread, all with the same
  /// parameters.
  func workers(
    _ layers: Range<Int>, threads: Int, capacity: Int = Inference.blockSize
  ) -> [Propagation<Float>] {
    let shared = Buffer<Float>(count: network.layout.count)
    shared.values = parameters
    let alone = WorkerPool(threads: 1)
    return (0..<threads).map { _ in
      Propagation(
        network, capacity: capacity, layers: layers, training: false, pool: alone, parameters: shared)
    }
  }

  /// Returns the codes of `data`, samples × code size.
  /// - Throws: `FileError` for data that the model cannot take.
  public func encode(_ data: Dataset, threads: Int = availableProcessors) throws(FileError) -> Matrix<Float> {
    try Inference(self, .encode, threads: threads)(data)
  }

  /// Returns the data that `codes` (samples × code size) stand for, samples × features.
  /// - Throws: `FileError` for codes that the model cannot take.
  public func decode(_ codes: Dataset, threads: Int = availableProcessors) throws(FileError) -> Matrix<Float> {
    try Inference(self, .decode, threads: threads)(codes)
  }

  /// Returns the reconstructions of `data`, samples × features, in the data's units.
  /// - Throws: `FileError` for data that the model cannot take.
  public func reconstruct(_ data: Dataset, threads: Int = availableProcessors) throws(FileError) -> Matrix<Float> {
    try Inference(self, .reconstruct, threads: threads)(data)
  }
}
