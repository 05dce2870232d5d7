import AEZ
import Files

/// Reads an .aez file. Checksums are left aside: they would end almost every run at the first change.
///
/// What is read must be what the writer would have written: the bytes of each chunk follow from its symbols. In blocks
/// a chunk must be the same.
func readAEZ(_ bytes: [UInt8]) -> Bool {
  guard let file = try? AEZFile(RandomAccessFile(bytes, path: "input"), checked: false) else {
    return false
  }
  let header = file.header
  // A few bytes may stand for millions of sure symbols. Reading them is right, but slow, so such a file is skipped.
  if min(header.samples, header.samplesPerChunk) * (header.codeSize + header.features) > 1 << 14 {
    return true
  }
  precondition(
    header.chunks.reduce(file.headerSize + header.embeddedModelSize) { $0 + $1.size } == bytes.count
  )
  var accepted = true
  for chunk in header.chunks.indices.prefix(64) {
    let symbols = try? file.symbols(ofChunk: chunk)
    precondition(symbols == inBlocks(file, chunk), "a chunk is another one in blocks")
    guard let symbols else {
      accepted = false
      continue
    }
    let place =
      file.headerSize + header.embeddedModelSize
      + header.chunks[..<chunk].reduce(0) { $0 + $1.size }
    let size = header.chunks[chunk].size
    precondition(
      header.encode(symbols) == Array(bytes[place..<place + size]), "another chunk than was read")
  }
  return accepted
}

private func inBlocks(_ file: AEZFile, _ chunk: Int) -> ChunkSymbols? {
  guard var reader = try? file.reader(ofChunk: chunk) else { return nil }
  var all = ChunkSymbols()
  repeat {
    guard let more = try? reader.next(min(3, reader.left)) else { return nil }
    all.modes += more.modes
    all.classes += more.classes
    all.codes += more.codes
    all.residuals += more.residuals
    all.escapes += more.escapes
  } while reader.left > 0
  return all
}
