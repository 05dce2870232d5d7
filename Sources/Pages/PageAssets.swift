import CPageAssets

/// The files of `Assets`, which are part of the program.
enum PageAssets {
  /// Returns the text of the file `name`, which must be one of `Assets`.
  static func text(_ name: String) -> String {
    guard let bytes = unsafe page_asset(name) else { preconditionFailure("PageAssets: no file \(name)") }
    return unsafe String(cString: bytes)
  }

  static func has(_ name: String) -> Bool { unsafe page_asset(name) != nil }
}
