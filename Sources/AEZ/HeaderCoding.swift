import Files

/// The places of fields in the fixed part of the header. Numbers are little-endian.
enum Field {
  static let version = 8
  static let headerSize = 12
  static let headerCRC = 16
  static let end = 112
}

extension Header {
  /// Returns the bytes of the header, which contain its own size and checksum.
  public func encoded() -> [UInt8] {
    var bytes = Self.signature
    bytes.append(little: Self.version.major)
    bytes.append(little: Self.version.minor)
    bytes += [UInt8](repeating: 0, count: 12)  // The size and checksum are set below; the rest is reserved.
    bytes.append(little: UInt64(embeddedModelSize + chunks.reduce(0) { $0 + $1.size }))
    bytes += modelHash
    bytes.append(little: UInt64(embeddedModelSize))
    bytes.append(little: UInt64(samples))
    bytes.append(little: UInt32(samplesPerChunk))
    bytes.append(little: UInt32(chunks.count))
    bytes.append(little: UInt32(codeSize))
    bytes += [values.rawValue, tableSource.rawValue, UInt8(levels), UInt8(residuals.count)]
    bytes += [UInt8(shape.count), classes == nil ? 0 : 1]
    let name = Array(String(String.UnicodeScalarView(Self.printable(modelName).prefix(Self.mostNameScalars))).utf8)
    bytes.append(little: UInt16(name.count))
    bytes.append(little: UInt32(0))  // These bytes are reserved.
    bytes.append(little: (maximumError ?? 0).bitPattern)
    precondition(bytes.count == Field.end, "Header: \(bytes.count) bytes of fields")
    bytes += name
    for size in shape { bytes.append(little: UInt32(size)) }
    for step in steps + residualSteps { bytes.append(little: step) }
    Self.append(modes, to: &bytes)
    if let classes { Self.append(classes, to: &bytes) }
    for code in codes.joined() {
      Self.append(code.table, to: &bytes)
      bytes += code.offsets.map { UInt8(bitPattern: $0) }
    }
    for table in residuals { Self.append(table, to: &bytes) }
    for chunk in chunks {
      bytes.append(little: UInt32(chunk.size))
      bytes.append(little: chunk.crc)
    }
    bytes.replaceSubrange(Field.headerSize..<Field.headerSize + 4, with: Self.little(UInt32(bytes.count)))
    bytes.replaceSubrange(Field.headerCRC..<Field.headerCRC + 4, with: Self.little(crc32c(bytes)))
    return bytes
  }

  private static func little(_ value: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(little: value)
    return bytes
  }

  /// Returns the scalars of a name that are safe to print on a terminal.
  private static func printable(_ name: String) -> [Unicode.Scalar] {
    name.unicodeScalars.filter { $0.properties.generalCategory != .control }
  }

  private static func append(_ table: FrequencyTable, to bytes: inout [UInt8]) {
    bytes.append(little: table.low)
    bytes.append(little: UInt16(table.count))
    for frequency in table.frequencies { bytes.append(little: frequency) }
  }

  /// Reads the header of `file`. But for the signature, the version and the size, nothing is used before the checksum
  /// is found right, and no memory is taken for more than the file has. Where `checked` is false, checksums are left
  /// aside, for tests that look for what else may go wrong.
  static func read(_ file: RandomAccessFile, checked: Bool = true) throws(FileError) -> (header: Header, size: Int) {
    func malformed(_ place: Int, _ message: String) -> FileError {
      FileError(.malformed, file.path, at: place, message)
    }
    let start = try file.read(0..<min(Field.headerCRC, file.size))
    guard start.starts(with: signature) else {
      let what =
        signature.starts(with: start) && !start.isEmpty ? "the file ends within the signature" : "not an .aez file"
      throw malformed(0, "\(what): expected the bytes \(signature.hexadecimal)")
    }
    guard start.count == Field.headerCRC else { throw malformed(start.count, "the file ends within the header") }
    var fixed = ByteCursor(start, path: file.path, from: Field.version)
    let major = try fixed.integer(UInt16.self)
    if major == 0 { throw malformed(Field.version, "version 0 of the format, which there is none of") }
    guard major <= version.major else {
      throw malformed(
        Field.version,
        "version \(major).\(try fixed.integer(UInt16.self)) of the format, but this program reads \(version.major); "
          + "use a newer aetool")
    }
    _ = try fixed.integer(UInt16.self)
    let size = Int(try fixed.integer(UInt32.self))
    guard size >= Field.end, size <= file.size else {
      throw malformed(
        Field.headerSize, "a header of \(size) bytes in a file of \(file.size): the file is cut or damaged")
    }
    // A table of one symbol takes 11 bytes in the file, and a good hundred in memory.
    try MemoryBudget.require(16 * size, for: "its header of \(size) bytes", in: file.path)
    var bytes = try file.read(0..<size)
    var cursor = ByteCursor(bytes, path: file.path, from: Field.headerCRC)
    let crc = try cursor.integer(UInt32.self)
    bytes.replaceSubrange(Field.headerCRC..<Field.headerCRC + 4, with: [0, 0, 0, 0])
    if checked && crc32c(bytes) != crc {
      throw malformed(Field.headerCRC, "the header is damaged: its checksum does not fit")
    }
    return (try Header(&cursor, file: file), size)
  }

  private init(_ cursor: inout ByteCursor, file: RandomAccessFile) throws(FileError) {
    try cursor.zeros(4)
    let rest = try cursor.integer(UInt64.self)
    guard rest == UInt64(file.size - cursor.bytes.count) else {
      throw cursor.malformed(
        "\(rest) bytes behind the header, but the file has \(file.size - cursor.bytes.count): it is cut or damaged")
    }
    modelHash = Array(try cursor.take(32))
    embeddedModelSize = try cursor.count(UInt64.self, in: 0...Int(rest), "a model of bytes:")
    samples = try cursor.count(UInt64.self, in: 1...Self.mostSamples, "samples:")
    samplesPerChunk = try cursor.count(UInt32.self, in: 1...Self.mostNumbersOfChunk, "samples per chunk:")
    let chunkCount = Int(try cursor.integer(UInt32.self))
    let codeSize = try cursor.count(UInt32.self, in: 1...Self.mostFeatures, "numbers of the code:")
    guard let values = Values(rawValue: try cursor.integer()), let source = TableSource(rawValue: try cursor.integer())
    else { throw cursor.malformed("a kind of values or tables that version 1 does not have") }
    (self.values, tableSource) = (values, source)
    let levels = try cursor.count(UInt8.self, in: 1...Self.mostLevels, "levels:")
    let residualModes = try cursor.count(UInt8.self, in: 0...Self.mostLevels, "residual modes:")
    let rank = try cursor.count(UInt8.self, in: 1...8, "dimensions of a sample:")
    let hasClasses = try cursor.count(UInt8.self, in: 0...1, "flag of classes:") == 1
    let nameLength = try cursor.count(UInt16.self, in: 0...4 * Self.mostNameScalars, "bytes of the model's name:")
    try cursor.zeros(4)
    let error = Double(bitPattern: try cursor.integer())
    guard error >= 0, error.isFinite else { throw cursor.malformed("a bound on the error of \(error)") }
    maximumError = error > 0 ? error : nil
    guard let name = String(validating: try cursor.take(nameLength), as: UTF8.self),
      Self.printable(name).count == name.unicodeScalars.count
    else { throw cursor.malformed("the model's name is not UTF-8, or has control characters") }
    modelName = name
    (shape, steps, residualSteps, codes, residuals) = ([], [], [], [], [])
    var features = 1
    for _ in 0..<rank {
      shape.append(try cursor.count(UInt32.self, in: 1...Self.mostFeatures, "a dimension of"))
      features *= shape.last!
      if features > Self.mostFeatures { throw cursor.malformed("samples of shape \(shape) have too many numbers") }
    }
    guard min(samples, samplesPerChunk) <= Self.mostNumbersOfChunk / (codeSize + features) else {
      throw cursor.malformed("chunks of \(samplesPerChunk) samples of \(codeSize + features) numbers are too large")
    }
    try cursor.require(4 * (codeSize + residualModes), for: "steps")
    for _ in 0..<codeSize { steps.append(try Self.step(&cursor)) }
    for _ in 0..<residualModes { residualSteps.append(try Self.step(&cursor)) }
    modes = try Self.table(&cursor)
    guard modes.low == 0, modes.count == levels + residualModes else {
      throw cursor.malformed("a table of \(modes.count) modes for \(levels) levels and \(residualModes) residual modes")
    }
    classes = hasClasses ? try Self.table(&cursor) : nil
    for _ in 0..<levels {
      var row: [CodeTable] = []
      for _ in 0..<codeSize {
        let table = try Self.table(&cursor)
        row.append(CodeTable(table, offsets: try cursor.take(table.count).map { Int8(bitPattern: $0) }))
      }
      codes.append(row)
    }
    for _ in 0..<residualModes { residuals.append(try Self.table(&cursor)) }
    try readChunks(&cursor, chunkCount, bytes: Int(rest) - embeddedModelSize)
  }

  private mutating func readChunks(_ cursor: inout ByteCursor, _ count: Int, bytes: Int) throws(FileError) {
    guard count == (samples - 1) / samplesPerChunk + 1 else {
      throw cursor.malformed("\(count) chunks of \(samplesPerChunk) samples for \(samples) samples")
    }
    guard cursor.left == 8 * count else {
      throw cursor.malformed("\(cursor.left) bytes for the table of \(count) chunks; expected \(8 * count)")
    }
    var total = 0
    for _ in 0..<count {
      let size = Int(try cursor.integer(UInt32.self))
      chunks.append(Chunk(size: size, crc: try cursor.integer()))
      total += size
    }
    if total != bytes { throw cursor.malformed("chunks of \(total) bytes in all, but the file has \(bytes) for them") }
  }

  /// Takes the bits of a step, which must be a positive and finite Float.
  private static func step(_ cursor: inout ByteCursor) throws(FileError) -> UInt32 {
    let bits = try cursor.integer(UInt32.self)
    let exponent = bits >> 23
    // The bound makes the step of the finest level a normal number too.
    guard exponent > UInt32(mostLevels), exponent < 255 else { throw cursor.malformed("a step that is not positive") }
    return bits
  }

  private static func table(_ cursor: inout ByteCursor) throws(FileError) -> FrequencyTable {
    let low = try cursor.integer(Int32.self)
    let count = try cursor.count(UInt16.self, in: 1...FrequencyTable.mostSymbols, "symbols of a table:")
    try cursor.require(2 * (count + 1), for: "\(count + 1) frequencies")
    var frequencies: [UInt16] = []
    frequencies.reserveCapacity(count + 1)
    for _ in 0...count { frequencies.append(try cursor.integer()) }
    guard let table = FrequencyTable(low: low, frequencies: frequencies) else {
      throw cursor.malformed("a table whose frequencies are 0 somewhere or not \(FrequencyTable.total) in all")
    }
    return table
  }
}
