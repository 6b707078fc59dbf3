private import Synchronization

#if canImport(Darwin)
  private import Darwin
#else
  private import Glibc
#endif

/// Runs work on a thread of its own with a stack of a given size.
enum LargeStack {
  private final class Job: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }

  /// - Returns: nil where the system gives no such thread.
  static func run<Value: Sendable>(bytes: Int, _ work: @escaping @Sendable () -> Value) -> Value? {
    let outcome = Outcome<Value>()
    let job = Unmanaged.passRetained(Job { outcome.value.withLock { $0 = work() } })
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else {
      job.release()
      return nil
    }
    defer { pthread_attr_destroy(&attributes) }
    #if canImport(Darwin)
      var thread: pthread_t?
      let begin: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
        Unmanaged<Job>.fromOpaque($0).takeRetainedValue().work()
        return nil
      }
    #else
      var thread = pthread_t()
      let begin: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        if let job = $0 { Unmanaged<Job>.fromOpaque(job).takeRetainedValue().work() }
        return nil
      }
    #endif
    guard pthread_attr_setstacksize(&attributes, bytes) == 0,
      pthread_create(&thread, &attributes, begin, job.toOpaque()) == 0
    else {
      job.release()
      return nil
    }
    #if canImport(Darwin)
      if let thread { pthread_join(thread, nil) }
    #else
      pthread_join(thread, nil)
    #endif
    return outcome.value.withLock { $0 }
  }

  private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }
}
