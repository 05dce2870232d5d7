import CZlibShim

/// zlib's inflate for gzip streams of one or more members.
@safe
final class Inflater {
  struct Failure: Error {
    let message: String
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  private var inputStart = 0
  /// Whether the input so far ends with a whole member.
  private(set) var isComplete = false
  /// Whether the last output filled its place, so that zlib may hold more without more input.
  private var mayHoldMore = false

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe aetool_inflate_init(stream)
    precondition(status == Z_OK, "inflateInit2: \(status)")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// More compressed bytes; what came before must have been used up.
  func feed(_ bytes: [UInt8]) {
    input = Array(input[inputStart...]) + bytes
    inputStart = 0
  }

  /// Appends up to `most` bytes to `result`; 0 where more input is needed or the stream has ended.
  func produce(into result: inout [UInt8], atMost most: Int) throws(Failure) -> Int {
    let before = result.count
    // The place for the bytes is filled with zeros first, so it is not larger than what is cheap and stays in cache.
    let count = min(most, 1 << 16)
    while result.count == before && (inputStart < input.count || mayHoldMore) {
      if isComplete {
        // Another member: gzip files may be concatenated.
        unsafe inflateReset(stream)
        isComplete = false
      }
      result.append(contentsOf: repeatElement(0, count: count))
      let (status, used, made) = run(count: count, into: &result, from: before)
      inputStart += used
      mayHoldMore = made == count && status == Z_OK
      result.removeLast(count - made)
      if status == Z_STREAM_END {
        isComplete = true
      } else if status != Z_OK && status != Z_BUF_ERROR {
        let text = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "error \(status)"
        throw Failure(message: text)
      }
      if status == Z_BUF_ERROR { break }
    }
    return result.count - before
  }

  private func run(count: Int, into result: inout [UInt8], from start: Int) -> (Int32, used: Int, made: Int) {
    unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe result.withUnsafeMutableBufferPointer { target in
        let available = source.count - inputStart
        unsafe stream.pointee.next_in = source.baseAddress! + inputStart
        unsafe stream.pointee.avail_in = UInt32(available)
        unsafe stream.pointee.next_out = target.baseAddress! + start
        unsafe stream.pointee.avail_out = UInt32(count)
        let status = unsafe inflate(stream, Z_NO_FLUSH)
        return unsafe (status, available - Int(stream.pointee.avail_in), count - Int(stream.pointee.avail_out))
      }
    }
  }
}
