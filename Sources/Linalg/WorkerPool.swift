import CBLASShim
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Threads that share out numbered tasks: `run(tasks: n)` calls the body once for each task in 0 ..< n and returns when
/// all tasks are done.
///
/// The caller works too, so `threads: 1` starts no thread. Each worker has its own stretch of the tasks and helps the
/// others when that is done, so in the end chance decides which thread takes which task. A body whose tasks write
/// disjoint memory, each depending on its number alone, gives the same bits for any number of threads.
/// Between runs the workers wait awake for a moment, which makes a run of a few microseconds worth sharing, then sleep.
/// The pool is not reentrant: a body must not call `run` of the same pool, nor may two threads call it at the same
/// time.
public final class WorkerPool: @unchecked Sendable {
  // Sharing the pool is sound because everything below is either atomic, or written by the caller before it publishes
  // `states` and read by workers only between claiming a task of those states and counting it finished.

  /// The number of threads at work, which may be lower than what was asked for.
  public let threads: Int
  private let shared: Shared
  private var workers: [pthread_t] = []

  /// What the workers hold on to. They do not hold the pool, so that it is deinitialised when its owner lets it go,
  /// which stops them.
  private final class Shared: @unchecked Sendable {
    /// One word a worker: its generation (32 bits), the end of its tasks (16), the next task to claim (16). Because of
    /// the generation, a claim that was made on an older word fails. The words lie a cache line apart, since each is
    /// used mostly by its own worker.
    private let states: UnsafeMutablePointer<State>
    private struct State: ~Copyable {
      let word = Atomic<UInt64>(0)
      let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
    }
    private let threads: Int
    /// The number of threads that there are, at most `threads`; tasks are dealt to these. It is written before the
    /// first run.
    var started = 1
    let finished = Atomic<Int>(0)
    let sleepers = Atomic<Int>(0)
    let stopping = Atomic<Bool>(false)
    /// The body of the current run. The caller of the run keeps it alive until the run has ended.
    var body: Unmanaged<Body>?
    /// The number of the task that `states` counts as 0.
    var firstTask = 0
    let patience: Int
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(threads: Int, patience: Int) {
      self.threads = threads
      self.patience = patience
      states = .allocate(capacity: threads)
      for worker in 0..<threads { (states + worker).initialize(to: State()) }
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(condition, nil)
    }

    deinit {
      pthread_mutex_destroy(mutex)
      pthread_cond_destroy(condition)
      mutex.deallocate()
      condition.deallocate()
      states.deinitialize(count: threads)
      states.deallocate()
    }

    static let mostTasks = 0xFFFF

    /// Gives each worker an equal stretch of the tasks 0 ..< count. So tasks that belong together come to the same
    /// worker stage after stage and step after step, while their memory is in the cache of that processor.
    func publish(_ count: Int) {
      for worker in 0..<started {
        let (start, end) = (count * worker / started, count * (worker + 1) / started)
        let generation = states[worker].word.load(ordering: .relaxed) >> 32 &+ 1
        states[worker].word.store(
          (generation & 0xFFFF_FFFF) << 32 | UInt64(end) << 16 | UInt64(start), ordering: .sequentiallyConsistent)
      }
    }

    func hasTasks() -> Bool {
      for worker in 0..<threads where Self.hasTasks(states[worker].word.load(ordering: .sequentiallyConsistent)) {
        return true
      }
      return false
    }

    private static func hasTasks(_ state: UInt64) -> Bool { state & 0xFFFF < state >> 16 & 0xFFFF }

    /// Claims and runs tasks until none is left: first the worker's own, then those that the others have not begun.
    func work(as worker: Int) {
      for offset in 0..<threads {
        let owner = worker + offset < threads ? worker + offset : worker + offset - threads
        var current = states[owner].word.load(ordering: .acquiring)
        while Self.hasTasks(current) {
          let (claimed, seen) = states[owner].word.compareExchange(
            expected: current, desired: current + 1, ordering: .acquiringAndReleasing)
          if claimed {
            body!._withUnsafeGuaranteedRef { $0.call(firstTask + Int(current & 0xFFFF), worker) }
            finished.add(1, ordering: .releasing)
            current = states[owner].word.load(ordering: .acquiring)
          } else {
            current = seen
          }
        }
      }
    }

    func serve(as worker: Int) {
      aetool_flush_subnormals()
      while !stopping.load(ordering: .relaxed) {
        work(as: worker)
        var spins = 0
        while spins < patience, !hasTasks(), !stopping.load(ordering: .relaxed) {
          aetool_pause()
          spins += 1
        }
        if spins == patience { sleepUntilWork() }
      }
    }

    private func sleepUntilWork() {
      pthread_mutex_lock(mutex)
      sleepers.add(1, ordering: .sequentiallyConsistent)
      while !hasTasks(), !stopping.load(ordering: .relaxed) {
        pthread_cond_wait(condition, mutex)
      }
      sleepers.subtract(1, ordering: .sequentiallyConsistent)
      pthread_mutex_unlock(mutex)
    }

    func wakeSleepers() {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
  }

  /// The most threads that a pool starts in this process. More threads than processors would keep each other from
  /// working; tests that want to see many threads raise it.
  private static let mostThreads = Atomic<Int>(availableProcessors)

  /// Lets pools start up to `threads` threads, however few processors there are.
  package static func allow(threads: Int) { mostThreads.store(threads, ordering: .relaxed) }

  /// Starts a pool of `threads` threads, the caller's included.
  ///
  /// It has fewer where there are fewer processors, where OpenBLAS gets no working memory for so many, and where the
  /// system starts no more; the results are the same. Where there is no memory for a single thread to compute with, the
  /// process ends (`Scarcity`).
  public init(threads: Int = availableProcessors) {
    precondition(threads > 0, "WorkerPool: \(threads) threads")
    let wanted = min(threads, Self.mostThreads.load(ordering: .relaxed), 1024)
    let fed = BLASLibrary.reserve(threads: wanted)
    if fed == 0 { BLASLibrary.endWithoutMemory() }
    if fed < wanted { Scarcity.noteFewerThreads(wanted, fed, "there is no memory for more of them to compute with") }
    // The workers wait awake for about half a millisecond. With more threads than processors, waiting so long would
    // keep others from working.
    let shared = Shared(threads: fed, patience: fed <= availableProcessors ? 20_000 : 100)
    self.shared = shared
    for worker in 1..<fed {
      let start = Unmanaged.passRetained(Start(shared: shared, worker: worker))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
          start.shared.serve(as: start.worker)
          return nil
        }, start.toOpaque())
      if status != 0 {
        start.release()
        Scarcity.noteFewerThreads(wanted, worker, "the system starts no more (\(String(cString: strerror(status))))")
        break
      }
      workers.append(thread)
    }
    self.threads = 1 + workers.count
    shared.started = self.threads
  }

  private final class Start {
    let shared: Shared
    let worker: Int
    init(shared: Shared, worker: Int) {
      self.shared = shared
      self.worker = worker
    }
  }

  deinit {
    shared.stopping.store(true, ordering: .sequentiallyConsistent)
    shared.wakeSleepers()
    for thread in workers { pthread_join(thread, nil) }
  }

  /// Holds the closure that is called for each task, `body(task, worker)`. Where the same work comes again and again, a
  /// body is made once, since making it takes memory and running it does not.
  public final class Body {
    fileprivate let call: (_ task: Int, _ worker: Int) -> Void
    public init(_ call: @escaping (_ task: Int, _ worker: Int) -> Void) { self.call = call }
  }

  /// Calls `body(task, worker)` once for each task in 0 ..< tasks, with worker in 0 ..< threads.
  ///
  /// A worker runs one task at a time, so during a task it alone uses memory that is kept by worker number.
  public func run(tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    withoutActuallyEscaping(body) { run(tasks: tasks, Body($0)) }
  }

  /// Runs `body` for each task as the `run` above does, but takes no memory.
  public func run(tasks: Int, _ body: Body) {
    let modes = aetool_enter_flushed_mode()
    defer { aetool_leave_flushed_mode(modes) }
    if threads == 1 || tasks <= 1 {
      for task in 0..<tasks { body.call(task, 0) }
      return
    }
    for start in stride(from: 0, to: tasks, by: Shared.mostTasks) {
      runShared(start..<min(start + Shared.mostTasks, tasks), body)
    }
  }

  private func runShared(_ tasks: Range<Int>, _ body: Body) {
    shared.body = Unmanaged.passUnretained(body)
    shared.firstTask = tasks.lowerBound
    shared.finished.store(0, ordering: .relaxed)
    shared.publish(tasks.count)
    if shared.sleepers.load(ordering: .sequentiallyConsistent) > 0 { shared.wakeSleepers() }
    shared.work(as: 0)
    var spins = 0
    while shared.finished.load(ordering: .acquiring) < tasks.count {
      aetool_pause()
      spins += 1
      if spins > shared.patience { sched_yield() }
    }
    shared.body = nil
  }
}
