import AEZ
import Datasets
import Linalg

/// Says how a set of samples is quantised.
struct QuantisationPlan {
  let quantiser: CodeQuantiser
  let tables: Header.TableSource
  /// The mode of each sample: its level, or behind the levels its residual mode. It is nil where all samples have level
  /// 0.
  var modes: [Int32]?
  var residuals = Residuals()

  /// The numbers that are added to the decoder's output of samples whose code alone is not near enough.
  struct Residuals {
    /// The step of each residual mode; `tables` has the table of each.
    var steps: [Float] = []
    var tables: [FrequencyTable] = []
    /// The symbols of each sample that has a residual.
    var symbols: [Int: [Int32]] = [:]
    /// The escapes among the symbols of each sample, in order.
    var escapes: [Int: [UInt32]] = [:]
  }

  var levels: Int { quantiser.levels.count }

  /// Returns the header without the chunks.
  func header(
    _ file: IdentifiedModel, _ data: Dataset, samplesPerChunk: Int, maximumError: Double?
  ) -> Header {
    var counts = [Double](repeating: 0, count: levels + residuals.steps.count)
    for sample in 0..<data.count { counts[Int(modes?[sample] ?? 0)] += 1 }
    var classes: FrequencyTable?
    if let count = file.model.network.classes, let labels = data.labels {
      var classCounts = [Double](repeating: 0, count: count)
      for label in labels { classCounts[Int(label)] += 1 }
      classes = FrequencyTable(low: 0, weights: classCounts + [0])
    }
    return Header(
      modelHash: file.hash, modelName: file.name, samples: data.count, samplesPerChunk: samplesPerChunk,
      shape: file.model.inputShape, values: data.isPixels ? .pixels : .numbers, tableSource: tables,
      maximumError: maximumError, steps: quantiser.steps.map(\.bitPattern),
      residualSteps: residuals.steps.map(\.bitPattern), modes: FrequencyTable(low: 0, weights: counts + [0]),
      classes: classes, codes: quantiser.levels.map { $0.map(\.code) }, residuals: residuals.tables)
  }

  /// Returns the symbols of some samples.
  func symbols(_ samples: Range<Int>, _ codes: Matrix<Float>, labels: [Int32]?) -> ChunkSymbols {
    var result = ChunkSymbols()
    let d = codes.columns
    result.codes.reserveCapacity(samples.count * d)
    for sample in samples {
      let mode = modes?[sample] ?? 0
      result.modes.append(mode)
      if let labels { result.classes.append(labels[sample]) }
      let level = Int(mode) < levels ? Int(mode) : 0
      for j in 0..<d {
        let z = codes.values[sample * d + j]
        let symbol = quantiser.symbol(z, j, level: level)
        if symbol == ChunkSymbols.escape { result.escapes.append(z.bitPattern) }
        result.codes.append(symbol)
      }
      if Int(mode) >= levels {
        result.residuals += residuals.symbols[sample]!
        result.escapes += residuals.escapes[sample] ?? []
      }
    }
    return result
  }
}
