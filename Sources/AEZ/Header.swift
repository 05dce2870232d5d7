/// Everything in an .aez file but the model and the chunks; docs/format-aez.md describes it.
public struct Header: Sendable, Equatable {
  /// Says what the numbers of the samples were.
  public enum Values: UInt8, Sendable {
    case numbers = 0
    /// The samples were bytes b that stand for b/255.
    case pixels = 1
  }

  /// Says what the tables were learned on: the training data, or the data in the file.
  public enum TableSource: UInt8, Sendable {
    case training = 0, data = 1
  }

  /// The size of a chunk in bytes, and their checksum.
  public struct Chunk: Sendable, Equatable {
    public let size: Int
    public let crc: UInt32
  }

  public static let signature: [UInt8] = [0x89] + Array("AEZ\r\n\u{1A}\n".utf8)
  public static let version: (major: UInt16, minor: UInt16) = (1, 0)

  /// The most numbers of a chunk, codes and samples together. This limit and those below bound what a file can make a
  /// reader allocate.
  public static let mostNumbersOfChunk = 1 << 26
  static let mostSamples = 1 << 40
  static let mostLevels = 16
  static let mostNameScalars = 256
  static let mostFeatures = 1 << 24

  /// The SHA-256 of the model's file, 32 bytes.
  public var modelHash: [UInt8]
  public var modelName: String
  /// How many bytes the model takes in the file; 0 means that the file holds no model.
  public var embeddedModelSize = 0
  public var samples: Int
  public var samplesPerChunk: Int
  /// The shape of one sample.
  public var shape: [Int]
  public var values: Values
  public var tableSource: TableSource
  /// The bound on the squared error of each sample, or nil where none was asked for.
  public var maximumError: Double?
  /// The bits of Δⱼ, a Float, for each number j of the code. The quantiser's step at level l is 2⁻ˡΔⱼ.
  public var steps: [UInt32]
  /// For each residual mode, the bits of the step, a Float, of what is added to the decoder's output.
  public var residualSteps: [UInt32]
  /// The table of the modes. A sample's mode is its level or, from the number of levels on, a residual mode.
  public var modes: FrequencyTable
  /// The table of the classes, for models that are told the class of a sample.
  public var classes: FrequencyTable?
  /// The tables of the code, by level and number of the code.
  public var codes: [[CodeTable]]
  /// The tables of the residuals, by residual mode.
  public var residuals: [FrequencyTable]
  public var chunks: [Chunk] = []

  /// How many numbers a code has.
  public var codeSize: Int { steps.count }
  /// How many numbers a sample has.
  public var features: Int { shape.reduce(1, *) }
  /// How many levels of steps there are.
  public var levels: Int { codes.count }

  /// Makes the header of a file that is to be written; the sizes must agree with one another.
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

  /// Returns the range of the samples in chunk `index`.
  public func samples(ofChunk index: Int) -> Range<Int> {
    index * samplesPerChunk..<min((index + 1) * samplesPerChunk, samples)
  }
}

/// The table of a number of the code, and where in the interval of each symbol the number is put.
public struct CodeTable: Sendable, Equatable {
  public let table: FrequencyTable
  /// The offset of each symbol: symbol q stands for (q + offset/256) · step.
  public let offsets: [Int8]

  public init(_ table: FrequencyTable, offsets: [Int8]) {
    precondition(offsets.count == table.count, "CodeTable: \(offsets.count) offsets for \(table.count) symbols")
    self.table = table
    self.offsets = offsets
  }
}
