import Files
import Linalg
import Testing

@testable import AEZ

@Suite struct AEZFileTests {
  /// Makes a small file of everything: it has two levels, two residual modes, classes, escapes, a model and three
  /// chunks.
  static func example() throws -> (bytes: [UInt8], chunks: [ChunkSymbols]) {
    var random = RandomStream(seed: 5, purpose: .other)
    func table(_ symbols: Int, low: Int32) -> FrequencyTable {
      FrequencyTable(low: low, weights: (0..<symbols).map { _ in 1 + Double(random.index(below: 9)) } + [0.5])
    }
    let model = [UInt8]("no model, but bytes".utf8)
    let header = Header(
      modelHash: sha256(model), modelName: "mödel.safetensors", samples: 7, samplesPerChunk: 3, shape: [2, 2],
      values: .pixels, tableSource: .data, maximumError: 0.5, steps: [0x3F80_0000, 0x3F00_0000, 0x4000_0000],
      residualSteps: [0x3F00_0000, 0x3E80_0000], modes: table(4, low: 0), classes: table(10, low: 0),
      codes: (0..<2).map { level in
        (0..<3).map { _ in
          CodeTable(table(5 + level, low: -2), offsets: [1, -2, 3, 0, 5, 6].prefix(5 + level).map { $0 })
        }
      }, residuals: [table(3, low: -1), table(5, low: -2)])
    var chunks: [ChunkSymbols] = []
    for chunk in 0..<3 {
      var symbols = ChunkSymbols()
      for sample in header.samples(ofChunk: chunk) {
        let mode = Int32(sample % 4)
        symbols.modes.append(mode)
        symbols.classes.append(Int32(sample))
        for j in 0..<3 as Range<Int32> { symbols.codes.append(sample == 4 && j == 1 ? ChunkSymbols.escape : j - 1) }
        if sample == 4 { symbols.escapes.append(0xDEAD_BEEF) }
        if mode >= 2 { symbols.residuals += [-1, 0, 1, sample == 6 ? ChunkSymbols.escape : 0] }
        if sample == 6 { symbols.escapes.append(0x0102_0304) }
      }
      chunks.append(symbols)
    }
    return (AEZFile.bytes(header, model: model, chunks: chunks.map { header.encode($0) }), chunks)
  }

  /// Returns all that a reader makes of a file.
  static func readAll(_ bytes: [UInt8]) throws -> [ChunkSymbols] {
    let file = try AEZFile(RandomAccessFile(bytes, path: "x.aez"))
    _ = try file.embeddedModel()
    return try (0..<file.header.chunks.count).map { try file.symbols(ofChunk: $0) }
  }

  @Test func whatIsWrittenIsRead() throws {
    let (bytes, chunks) = try Self.example()
    #expect(try Self.readAll(bytes) == chunks)
    let file = try AEZFile(RandomAccessFile(bytes, path: "x.aez"))
    #expect(file.header.encoded() == Array(bytes[..<file.headerSize]))
    #expect(file.header.modelName == "mödel.safetensors" && file.header.maximumError == 0.5)
    #expect(try file.symbols(ofChunk: 2) == chunks[2])
  }

  @Test func aChunkInBlocksIsTheSame() throws {
    let (bytes, chunks) = try Self.example()
    let file = try AEZFile(RandomAccessFile(bytes, path: "x.aez"))
    for (chunk, whole) in chunks.enumerated() {
      var (reader, modes, codes) = (try file.reader(ofChunk: chunk), [Int32](), [Int32]())
      while reader.left > 0 {
        let one = try reader.next(1)
        #expect(one.modes.count == 1)
        modes += one.modes
        codes += one.codes
      }
      #expect(modes == whole.modes && codes == whole.codes)
    }
  }

  /// A header that claims 2²² samples of sure symbols in one chunk: of the first sample no more is decoded than that.
  @Test func aFewBytesForMillionsOfSamplesAreReadSampleBySample() throws {
    let sure = try #require(FrequencyTable(low: 0, frequencies: [32_767, 1]))
    let samples = 1 << 22
    let header = Header(
      modelHash: sha256([]), modelName: "m", samples: samples, samplesPerChunk: samples, shape: [2], values: .numbers,
      tableSource: .data, maximumError: nil, steps: [0x3F80_0000], residualSteps: [], modes: sure, classes: nil,
      codes: [[CodeTable(sure, offsets: [0])]], residuals: [])
    var few = ChunkSymbols()
    (few.modes, few.codes) = ([0, 0], [0, 0])
    let bytes = AEZFile.bytes(header, model: nil, chunks: [header.encode(few)])
    let file = try AEZFile(RandomAccessFile(bytes, path: "x.aez"))
    var reader = try file.reader(ofChunk: 0)
    #expect(try reader.next(2) == few && reader.left == samples - 2)
    // What follows is not there, which shows only to those who ask for it.
    #expect(throws: FileError.self) { try reader.next(samples - 2) }
  }

  /// Changing any bit of any byte, or cutting the file at any length, gives an error and never another answer.
  @Test func everyFlippedAndEveryCutByteIsNoticed() throws {
    let (bytes, _) = try Self.example()
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << bit
        #expect(throws: FileError.self, "byte \(place), bit \(bit)") { try Self.readAll(changed) }
      }
      #expect(throws: FileError.self, "cut at \(place)") { try Self.readAll(Array(bytes[..<place])) }
    }
    #expect(throws: FileError.self) { try Self.readAll(bytes + [0]) }
  }

  /// Without checksums, a changed byte gives an error or other numbers, but no crash.
  @Test func whatIsBehindChecksumsIsCheckedToo() throws {
    let (bytes, _) = try Self.example()
    for place in bytes.indices {
      for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
        var changed = bytes
        changed[place] = value
        guard let file = try? AEZFile(RandomAccessFile(changed, path: "x.aez"), checked: false) else { continue }
        for chunk in file.header.chunks.indices { _ = try? file.symbols(ofChunk: chunk) }
      }
    }
  }

  @Test func aDamagedChunkIsNamedAndTheOthersAreRead() throws {
    var (bytes, chunks) = try Self.example()
    let file = try AEZFile(RandomAccessFile(bytes, path: "x.aez"))
    let place = file.headerSize + file.header.embeddedModelSize + file.header.chunks[0].size
    bytes[place + 5] ^= 1
    let damaged = try AEZFile(RandomAccessFile(bytes, path: "x.aez"))
    #expect(try damaged.symbols(ofChunk: 0) == chunks[0])
    #expect(
      throws: FileError(
        .malformed, "x.aez", at: place, "chunk 1 of 3 (samples 3..<6) is damaged: its checksum does not fit")
    ) { try damaged.symbols(ofChunk: 1) }
    #expect(try damaged.symbols(ofChunk: 2) == chunks[2])
  }

  @Test func aNewerMajorVersionIsRefused() throws {
    var (bytes, _) = try Self.example()
    bytes[8] = 2
    #expect(
      throws: FileError(
        .malformed, "x.aez", at: 8, "version 2.0 of the format, but this program reads 1; use a newer aetool")
    ) { try Self.readAll(bytes) }
  }

  @Test func otherFilesAreNoAEZ() throws {
    #expect(
      throws: FileError(.malformed, "x.aez", at: 0, "not an .aez file: expected the bytes 8941455a0d0a1a0a")
    ) { try Self.readAll([UInt8](repeating: 7, count: 300)) }
  }

  /// The expected sums are from RFC 3720, appendix B.4, and from FIPS 180-4 for "abc".
  @Test func checksumsAreTheStandards() {
    #expect(crc32c(Array("123456789".utf8)) == 0xE306_9283)
    #expect(crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(
      sha256(Array("abc".utf8)).hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
