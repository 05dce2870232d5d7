import Files

/// Unzips bytes. In small pieces the content must be the same as at once, and the same error must end it.
func readGzip(_ bytes: [UInt8]) -> Bool {
  let most = 1 << 18
  let whole = content(bytes, most: most, piece: most)
  precondition(
    whole == content(bytes, most: most, piece: 4099), "the content depends on how it is asked for")
  return whole.failure == nil
}

private struct Content: Equatable {
  var bytes: [UInt8] = []
  var failure: String?
}

private func content(_ bytes: [UInt8], most: Int, piece: Int) -> Content {
  var content = Content()
  do {
    let source = try ByteSource(bytes, path: "input", unzipping: true)
    while content.bytes.count < most {
      let more = try source.read(min(piece, most - content.bytes.count), exactly: false)
      if more.isEmpty { break }
      content.bytes += more
    }
  } catch {
    // What came before an error depends on the pieces; that it comes, and why, does not.
    content = Content(failure: error.message)
  }
  return content
}
