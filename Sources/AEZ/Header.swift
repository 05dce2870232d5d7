/// All of an .aez file but the model and the chunks: docs/format-aez.md.
public struct Header: Sendable, Equatable {
  /// What the samples' numbers were.
  public enum Values: UInt8, Sendable {
    case numbers = 0
    /// Bytes b that stand for b/255.
    case pixels = 1
  }

  /// What the tables were learned on.
  public enum TableSource: UInt8, Sendable {
    case training = 0, data = 1
  }

  /// A chunk's bytes and their checksum.
  public struct Chunk: Sendable, Equatable {
    public let size: Int
    public let crc: UInt32
  }

  public static let signature: [UInt8] = [0x89] + Array("AEZ\r\n\u{1A}\n".utf8)
  public static let version: (major: UInt16, minor: UInt16) = (1, 0)

  /// Limits that bound what a file can make a reader allocate: numbers of a chunk, samples of a file.
  public static let mostNumbersOfChunk = 1 << 26
  static let mostSamples = 1 << 40
  static let mostLevels = 16
  static let mostNameScalars = 256
  static let mostFeatures = 1 << 24

  /// SHA-256 of the model's file, 32 bytes.
  public var modelHash: [UInt8]
  public var modelName: String
  /// Bytes of the model that the file holds; 0: none.
  public var embeddedModelSize = 0
  public var samples: Int
  public var samplesPerChunk: Int
  /// Of one sample.
  public var shape: [Int]
  public var values: Values
  public var tableSource: TableSource
  /// The bound on each sample's squared error that was asked for.
  public var maximumError: Double?
  /// Bits of the quantiser's steps, Float by Float, of each number of the code; level l has 2⁻ˡ of them.
  public var steps: [UInt32]
  /// Bits of the steps of what is added to the decoder's output, by residual mode.
  public var residualSteps: [UInt32]
  /// What is said of a sample: its level, or behind the levels its residual mode.
  public var modes: FrequencyTable
  /// The sample's class, for models that are told it.
  public var classes: FrequencyTable?
  /// By level and number of the code.
  public var codes: [[CodeTable]]
  /// By residual mode.
  public var residuals: [FrequencyTable]
  public var chunks: [Chunk] = []

  /// Numbers of a code.
  public var codeSize: Int { steps.count }
  /// Numbers of a sample.
  public var features: Int { shape.reduce(1, *) }
  /// Levels of steps.
  public var levels: Int { codes.count }

  /// Of a file that is to be written; the sizes must go together.
  public init(
    modelHash: [UInt8], modelName: String, samples: Int, samplesPerChunk: Int, shape: [Int], values: Values,
    tableSource: TableSource, maximumError: Double?, steps: [UInt32], residualSteps: [UInt32], modes: FrequencyTable,
    classes: FrequencyTable?, codes: [[CodeTable]], residuals: [FrequencyTable]
  ) {
    precondition(modelHash.count == 32 && codes.allSatisfy { $0.count == steps.count }, "Header: sizes")
    self.modelHash = modelHash
    self.modelName = modelName
    self.samples = samples
    self.samplesPerChunk = samplesPerChunk
    self.shape = shape
    self.values = values
    self.tableSource = tableSource
    self.maximumError = maximumError
    self.steps = steps
    self.residualSteps = residualSteps
    self.modes = modes
    self.classes = classes
    self.codes = codes
    self.residuals = residuals
  }

  /// The samples of chunk `index`.
  public func samples(ofChunk index: Int) -> Range<Int> {
    index * samplesPerChunk..<min((index + 1) * samplesPerChunk, samples)
  }
}

/// A table of a number of the code, and where in a symbol's interval the number is put.
public struct CodeTable: Sendable, Equatable {
  public let table: FrequencyTable
  /// Symbol q stands for (q + offset/256) · step; by symbol.
  public let offsets: [Int8]

  public init(_ table: FrequencyTable, offsets: [Int8]) {
    precondition(offsets.count == table.count, "CodeTable: \(offsets.count) offsets for \(table.count) symbols")
    self.table = table
    self.offsets = offsets
  }
}
