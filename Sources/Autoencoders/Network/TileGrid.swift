/// Says how the matrix that a stage computes is cut into tiles for the workers. The cut follows from the sizes alone,
/// so that the same numbers are added in the same order for any number of threads.
package struct TileGrid: Sendable, Equatable {
  let rows: Int
  let columns: Int
  let rowTiles: Int
  let columnTiles: Int

  /// The largest number of tiles of a matrix.
  static let mostTiles = 4

  package var count: Int { rowTiles * columnTiles }

  /// Cuts a `rows` × `columns` result that takes `inner` multiplications for an entry.
  ///
  /// The longer side is cut: cutting columns makes every tile read all samples, cutting rows makes it read all weights.
  /// Work of a few microseconds is not shared, and four tiles of a small product take longer than two.
  package init(rows: Int, columns: Int, inner: Int, splitsColumns: Bool, splitsRows: Bool = true) {
    self.rows = rows
    self.columns = columns
    let work = rows * columns * inner
    let wanted = work < 100_000 ? 1 : work < 16_000_000 ? 2 : Self.mostTiles
    if splitsColumns && (columns >= rows || !splitsRows) {
      rowTiles = 1
      columnTiles = max(1, min(wanted, columns / 16))
    } else {
      rowTiles = splitsRows ? max(1, min(wanted, rows / 4)) : 1
      columnTiles = 1
    }
  }

  package func rowRange(_ tile: Int) -> Range<Int> {
    Self.part(tile / columnTiles, of: rowTiles, length: rows, unit: 1)
  }
  package func columnRange(_ tile: Int) -> Range<Int> {
    Self.part(tile % columnTiles, of: columnTiles, length: columns, unit: 16)
  }

  /// Returns part `index` of `parts` nearly equal parts of 0 ..< length, cut at multiples of `unit`.
  static func part(_ index: Int, of parts: Int, length: Int, unit: Int) -> Range<Int> {
    func edge(_ i: Int) -> Int { i == parts ? length : min(length, (length * i / parts + unit - 1) / unit * unit) }
    return edge(index)..<edge(index + 1)
  }
}
