internal import Dispatch

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Signals as bytes in a pipe, so that waiting for input and waiting for a signal are one wait.
///
/// While it lives, the signals have no other effect; but the second one that asks the program to end ends it at once,
/// even if nobody reads the pipe. A process has one at a time, and no second one soon after: Dispatch takes its handlers
/// back late.
final class SignalPipe {
  /// The end to poll; -1 if there are no descriptors left.
  let descriptor: Int32

  private let writeEnd: Int32
  private var sources: [(signal: Int32, source: any DispatchSourceSignal)] = []
  private let registered = DispatchGroup()
  private let cancelled = DispatchGroup()

  /// - Parameters:
  ///   - ending: signals that ask the program to end.
  ///   - others: further ones.
  ///   - beforeExit: what is still to be done when the second one has come. It runs on another thread.
  init(ending: [Int32], others: [Int32] = [], beforeExit: @escaping @Sendable () -> Void = {}) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      (descriptor, writeEnd) = (-1, -1)
      return
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (descriptor, writeEnd) = (ends[0], ends[1])
    let end = writeEnd
    let queue = DispatchQueue(label: "plumbline.signals")
    var count = 0
    for number in ending {
      listen(to: number, queue) {
        count += 1
        if count > 1 {
          beforeExit()
          _exit(128 + number)
        }
        SignalPipe.put(number, into: end)
      }
    }
    for number in others { listen(to: number, queue) { SignalPipe.put(number, into: end) } }
    // Dispatch puts its handlers in on its own thread; until then a signal would be lost.
    _ = registered.wait(timeout: .now() + 1)
  }

  deinit {
    for (_, source) in sources { source.cancel() }
    // Dispatch takes its handler back on its own thread; until then it would undo what is set here.
    _ = cancelled.wait(timeout: .now() + 1)
    for (number, _) in sources {
      signal(number, SIG_DFL)
      // Dispatch blocks a signal in the thread that it first came to.
      SignalPipe.unblock(number)
    }
    if descriptor >= 0 {
      close(descriptor)
      close(writeEnd)
    }
  }

  /// The signals that have come, oldest first.
  func received() -> [Int32] {
    guard descriptor >= 0 else { return [] }
    var numbers: [Int32] = []
    var buffer = [UInt8](repeating: 0, count: 64)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return numbers }
      numbers += buffer[..<count].map(Int32.init)
    }
  }

  /// Sends a signal to the process group and lets it have its ordinary effect on this process.
  static func sendToGroup(_ number: Int32) {
    // All zero is SIG_DFL; the field has another name in every C library.
    var ordinary = sigaction()
    var former = sigaction()
    sigaction(number, &ordinary, &former)
    var mask = sigset_t()
    var formerMask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, number)
    pthread_sigmask(SIG_UNBLOCK, &mask, &formerMask)
    kill(0, number)
    pthread_sigmask(SIG_SETMASK, &formerMask, nil)
    sigaction(number, &former, nil)
  }

  private func listen(to number: Int32, _ queue: DispatchQueue, _ handler: @escaping () -> Void) {
    // A signal that the caller had ignored, as nohup does, stays ignored.
    let former = signal(number, SIG_IGN)
    let isIgnored = unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    guard !isIgnored else { return }
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    source.setEventHandler(handler: handler)
    let (registered, cancelled) = (registered, cancelled)
    registered.enter()
    source.setRegistrationHandler { registered.leave() }
    cancelled.enter()
    source.setCancelHandler { cancelled.leave() }
    source.activate()
    sources.append((number, source))
  }

  private static func put(_ number: Int32, into end: Int32) {
    var byte = UInt8(number)
    _ = write(end, &byte, 1)
  }

  private static func unblock(_ number: Int32) {
    var mask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, number)
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }
}
