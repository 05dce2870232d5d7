extension WorkerPool {
  /// Returns `make` of 0 ..< count in order, computed by the workers. Each result has a place of its own, so no worker
  /// waits for another.
  package func map<Value: Sendable>(_ count: Int, _ make: (Int) -> Value) -> [Value] {
    [Value](unsafeUninitializedCapacity: count) { results, made in
      let places = results
      run(tasks: count) { task, _ in places.initializeElement(at: task, to: make(task)) }
      made = count
    }
  }
}
