import Linalg
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct WorkerPoolTests {
  init() { WorkerPool.allow(threads: 16) }

  @Test(arguments: 1...5)
  func everyTaskRunsOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    for tasks in [0, 1, 7, 1000, 70_000] {
      let counts = Buffer<Float>(count: max(tasks, 1))
      let view = counts.row
      pool.run(tasks: tasks) { task, worker in
        precondition(worker >= 0 && worker < threads)
        view[0, task] += 1
      }
      #expect(counts.values.reduce(0, +) == Float(tasks))
      #expect(tasks == 0 || counts.values.allSatisfy { $0 == 1 })
    }
  }

  @Test func manyShortRunsWithSleepsBetween() {
    let pool = WorkerPool(threads: 3)
    let total = Atomic<Int>(0)
    for round in 0..<20_000 {
      pool.run(tasks: 5) { task, _ in total.add(task, ordering: .relaxed) }
      if round % 2000 == 0 { usleep(5000) }
    }
    #expect(total.load(ordering: .relaxed) == 200_000)
  }

  @Test func poolsComeAndGo() {
    for _ in 0..<200 {
      let total = Atomic<Int>(0)
      WorkerPool(threads: 4).run(tasks: 9) { _, _ in total.add(1, ordering: .relaxed) }
      #expect(total.load(ordering: .relaxed) == 9)
    }
  }

  @Test func onePoolMayWorkInsideAnother() {
    let total = Atomic<Int>(0)
    let outer = WorkerPool(threads: 2)
    outer.run(tasks: 4) { _, _ in
      WorkerPool(threads: 2).run(tasks: 10) { _, _ in total.add(1, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 40)
  }

  @Test func subnormalNumbersAreFlushedInsideAndNotOutside() {
    let results = Buffer<Float>(count: 8)
    let view = results.row
    let tiny = Buffer<Float>(count: 1)
    tiny.values = [Float.leastNormalMagnitude]
    WorkerPool(threads: 2).run(tasks: 8) { task, _ in view[0, task] = tiny.row[0, 0] / 4 }
    #expect(results.values == [Float](repeating: 0, count: 8))
    #expect(tiny.values[0] / 4 > 0)
  }

  @Test func blasThreadsComeBack() {
    struct Stop: Error {}
    let before = BLASLibrary.threads
    try? BLASLibrary.withThreads(1) { () throws(Stop) in
      #expect(BLASLibrary.threads == 1)
      throw Stop()
    }
    #expect(BLASLibrary.threads == before)
  }
}
