import Linalg
import Synchronization

extension WorkerPool {
  /// Returns `make` of 0 ..< count in order, computed by the workers.
  func map<Value: Sendable>(_ count: Int, _ make: (Int) -> Value) -> [Value] {
    let results = Mutex([Value?](repeating: nil, count: count))
    run(tasks: count) { task, _ in
      let value = make(task)
      results.withLock { $0[task] = value }
    }
    return results.withLock { $0.map { $0! } }
  }
}
