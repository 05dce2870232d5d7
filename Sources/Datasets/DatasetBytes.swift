import Files

extension Dataset {
  /// Reads data from the content of a file, as `open` does, but without labels.
  package init(reading bytes: [UInt8], path: String, key: String? = nil, part: Substring? = nil)
    throws(FileError)
  {
    let source = try ByteSource(bytes, path: path, unzipping: true)
    let format = try DataFormat.of(source)
    self = try format.read(source, format.takesKey ? key : nil, part.flatMap { SamplePart($0) })
  }

  /// The content of a file that reads back to the same samples: IDX for pixels, NPY for numbers.
  package func encoded() -> [UInt8] {
    switch storage {
    case .bytes(let bytes): return IDX.encoded(bytes, dimensions: [count] + shape)
    case .numbers(let numbers): return NPYWriter.bytes(of: numbers, shape: [count] + shape)
    }
  }
}
