/// Returns how many seconds `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let (seconds, attoseconds) = try ContinuousClock().measure(body).components
  return Double(seconds) + Double(attoseconds) * 1e-18
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Returns the median seconds of several bodies, which run in turn, round after round, since a shared machine drifts.
///
/// Each body is first run until it has taken `length` seconds; a round then repeats it as many times as that took.
func alternately(rounds: Int, length: Double, _ bodies: [() -> Void]) -> [Double] {
  let repeats = bodies.map { body in
    var count = 0
    var spent = 0.0
    while spent < length || count < 3 {
      spent += seconds(body)
      count += 1
    }
    return count
  }
  var times = bodies.map { _ in [Double]() }
  for _ in 0..<rounds {
    for (index, body) in bodies.enumerated() {
      let spent = seconds { for _ in 0..<repeats[index] { body() } }
      times[index].append(spent / Double(repeats[index]))
    }
  }
  return times.map(median)
}
