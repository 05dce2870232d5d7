import CImageCodecs

/// Returns a copy of the bytes that `body` leaves in a buffer; throws the buffer's message where `body` returns 0.
func bytes(
  of format: String, _ body: (inout aetool_buffer) -> Int32
) throws(ImageCodecFailure) -> [UInt8] {
  try unsafe called(format, body) { unsafe Array(UnsafeBufferPointer(start: $0.data, count: $0.count)) }
}

/// Returns the picture that `body` leaves in a buffer; throws the buffer's message where `body` returns 0.
func raster(
  of format: String, _ body: (inout aetool_buffer) -> Int32
) throws(ImageCodecFailure) -> Raster {
  try unsafe called(format, body) { buffer in
    unsafe Raster(
      Array(UnsafeBufferPointer(start: buffer.data, count: buffer.count)), width: Int(buffer.width),
      height: Int(buffer.height), channels: Int(buffer.channels))
  }
}

private func called<Result>(
  _ format: String, _ body: (inout aetool_buffer) -> Int32, _ read: (aetool_buffer) -> Result
) throws(ImageCodecFailure) -> Result {
  var buffer = unsafe aetool_buffer()
  let succeeded = unsafe body(&buffer) != 0
  defer { unsafe aetool_buffer_free(&buffer) }
  if succeeded { return unsafe read(buffer) }
  let message = unsafe withUnsafeBytes(of: buffer.message) { bytes in
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
  throw ImageCodecFailure(format, message.isEmpty ? "failed without a message" : message)
}
