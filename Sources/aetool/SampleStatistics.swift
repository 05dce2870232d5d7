import Linalg

/// Returns the squared distance of each row of `points` to the nearest row of `others`.
///
/// - Parameter areTheSame: whether both are the same rows, of which none counts as its own neighbour.
func nearestSquaredDistances(
  _ points: Matrix<Float>, to others: Matrix<Float>, areTheSame: Bool = false
) -> [Double] {
  precondition(
    points.columns == others.columns, "nearestSquaredDistances: \(points.columns), \(others.columns) columns")
  return (0..<points.rows).map { i in
    var least = Float.infinity
    for j in 0..<others.rows where !(areTheSame && i == j) {
      var total: Float = 0
      for k in 0..<points.columns { total += (points[i, k] - others[j, k]) * (points[i, k] - others[j, k]) }
      least = min(least, total)
    }
    return Double(least)
  }
}

/// Returns the mean of numbers.
func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
