import AEZ
import Linalg

/// The bits that symbols take in their tables, and the bits that they need at least.
public struct SymbolStatistics: Sendable, Equatable {
  /// The number of samples of each mode: the levels, then the residual modes.
  public let modes: [Int]
  public let escapes: Int
  /// Σ −log₂ of each symbol's share in its table, in bits, with the 32 bits of each escape.
  public let tableBits: Double
  /// The same sum with the symbols' shares in the data in place of those in the tables; no static tables can fall below
  /// it.
  public let entropyBits: Double

  init(_ chunks: [ChunkSymbols], _ header: Header) {
    var modes = Alphabet(header.modes)
    var classes = header.classes.map { Alphabet($0) }
    var codes = header.codes.joined().map { Alphabet($0.table) }
    var residuals = header.residuals.map { Alphabet($0) }
    for chunk in chunks {
      var residual = 0
      for (sample, mode) in chunk.modes.enumerated() {
        modes.add(mode)
        classes?.add(chunk.classes[sample])
        let level = Int(mode) < header.levels ? Int(mode) : 0
        for j in 0..<header.codeSize {
          codes[level * header.codeSize + j].add(chunk.codes[sample * header.codeSize + j])
        }
        if Int(mode) < header.levels { continue }
        for _ in 0..<header.features {
          residuals[Int(mode) - header.levels].add(chunk.residuals[residual])
          residual += 1
        }
      }
    }
    let all = [modes] + (classes.map { [$0] } ?? []) + codes + residuals
    self.modes = Array(modes.counts.dropLast())
    escapes = chunks.reduce(0) { $0 + $1.escapes.count }
    tableBits = all.reduce(0) { $0 + $1.tableBits } + Double(32 * escapes)
    entropyBits = all.reduce(0) { $0 + $1.entropyBits } + Double(32 * escapes)
  }

  /// The number of times that each entry of a table occurs.
  private struct Alphabet {
    let table: FrequencyTable
    private(set) var counts: [Int]

    init(_ table: FrequencyTable) {
      self.table = table
      counts = [Int](repeating: 0, count: table.frequencies.count)
    }

    mutating func add(_ symbol: Int32) {
      counts[symbol == ChunkSymbols.escape ? counts.count - 1 : Int(symbol - table.low)] += 1
    }

    var tableBits: Double {
      counts.indices.reduce(0) {
        $0 + Double(counts[$1]) * (Double(FrequencyTable.precision) - log2(Double(table.frequencies[$1])))
      }
    }

    var entropyBits: Double {
      let total = Double(counts.reduce(0, +))
      return counts.reduce(0) { $1 == 0 ? $0 : $0 - Double($1) * log2(Double($1) / total) }
    }
  }
}

func log2(_ x: Double) -> Double { Double.log(x) / Double.log(2) }
