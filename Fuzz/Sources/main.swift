import AEZ
import Files

#if canImport(Glibc)
  import Glibc
#endif

/// Reads any bytes as an .aez file. Checksums are left aside: they would end almost every run at the first change.
///
/// What is read must be what the writer would have written: the bytes of each chunk follow from its symbols.
private func readAEZ(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let file = try? AEZFile(RandomAccessFile(bytes, path: "input"), checked: false) else { return 0 }
  let header = file.header
  // A few bytes may stand for millions of sure symbols. Reading them is right, but slow, so such a file is skipped.
  if min(header.samples, header.samplesPerChunk) * (header.codeSize + header.features) > 1 << 14 { return 0 }
  precondition(header.chunks.reduce(file.headerSize + header.embeddedModelSize) { $0 + $1.size } == count)
  for chunk in header.chunks.indices.prefix(64) {
    guard let symbols = try? file.symbols(ofChunk: chunk) else { continue }
    let again = header.encode(symbols)
    let place =
      file.headerSize + header.embeddedModelSize + header.chunks[..<chunk].reduce(0) { $0 + $1.size }
    let size = header.chunks[chunk].size
    precondition(again == Array(bytes[place..<place + size]), "another chunk than was read")
  }
  return 0
}

/// libFuzzer's own loop. It is called from here, since libFuzzer's `main` gives way to the one of this file.
@_silgen_name("LLVMFuzzerRunDriver")
private func fuzz(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(fuzz(&count, &arguments) { readAEZ($0, $1) })
