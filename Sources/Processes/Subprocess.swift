internal import Foundation
internal import Synchronization

/// A program run to its end, without a shell, with an environment of its own and bounds on time and output.
public enum Subprocess {
  /// Why a program gave no output that can be used.
  public enum Problem: Error, Sendable, Hashable {
    /// It ran longer than it may, and was ended.
    case timedOut
    /// It wrote more than is kept, and was ended.
    case tooMuchOutput
    /// It ended with a status other than 0; `message` is the beginning of what it wrote to its standard error.
    case failed(status: Int32, message: String)
    /// It could not be started, or not be given its input.
    case cannotStart(String)
  }

  /// Where a program is, by the PATH.
  public static func find(_ name: String, in environment: [String: String]) -> String? {
    for folder in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") where folder.hasPrefix("/") {
      let path = "\(folder)/\(name)"
      var status = stat()
      if access(path, X_OK) == 0, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return path }
    }
    return nil
  }

  /// Runs a program and waits for its end.
  ///
  /// - Parameters:
  ///   - path: the program's absolute path; nothing is looked up.
  ///   - arguments: handed over as they are. Other users of the machine can see them.
  ///   - environment: all of it; nothing is inherited. Other users cannot see it.
  ///   - input: what it reads from its standard input, at most some 60 KB; nil gives it an empty one.
  ///   - seconds: after this time it is ended.
  ///   - most: bytes of output that are kept; more is an error.
  /// - Returns: what it wrote to its standard output.
  public static func run(
    _ path: String, _ arguments: [String], environment: [String: String], input: String? = nil, seconds: Double,
    most: Int = 32 << 20
  ) throws(Problem) -> [UInt8] {
    let output = try Channel()
    let errors = try Channel()
    let supply = try input.map { _ throws(Problem) in try Channel() }
    if let input, let supply {
      // Before the start: a program that ends without reading cannot break the pipe, and what does not fit is seen.
      let bytes = Array(input.utf8)
      _ = fcntl(supply.writing, F_SETFL, O_NONBLOCK)
      let written = bytes.withUnsafeBytes { write(supply.writing, $0.baseAddress, $0.count) }
      supply.closeWriting()
      guard written == bytes.count else { throw .cannotStart("the input of \(path) does not fit a pipe") }
    }
    let process = try start(
      path, arguments, environment, input: supply?.reading, output: output.writing, errors: errors.writing)
    output.closeWriting()
    errors.closeWriting()
    let deadline = Date().addingTimeInterval(seconds)
    var sinks: [(descriptor: Int32, bytes: [UInt8], isOpen: Bool)] = [
      (output.reading, [], true), (errors.reading, [], true),
    ]
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while sinks.contains(where: \.isOpen) {
      let left = deadline.timeIntervalSinceNow
      guard left > 0 else {
        end(process)
        throw .timedOut
      }
      var polled = sinks.filter(\.isOpen).map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      let count = poll(&polled, nfds_t(polled.count), Int32(min(left, 1) * 1000) + 1)
      guard count > 0 else { continue }
      for entry in polled where entry.revents != 0 {
        guard let number = sinks.firstIndex(where: { $0.descriptor == entry.fd }) else { continue }
        let size = buffer.withUnsafeMutableBytes { read(entry.fd, $0.baseAddress, $0.count) }
        if size <= 0 {
          if size < 0, errno == EINTR { continue }
          sinks[number].isOpen = false
        } else {
          // Of the complaints the beginning is enough.
          if number == 0 || sinks[number].bytes.count < 1 << 16 { sinks[number].bytes += buffer[..<size] }
          if sinks[0].bytes.count > most {
            end(process)
            throw .tooMuchOutput
          }
        }
      }
    }
    let status = wait(for: process)
    guard status == 0 else {
      throw .failed(status: status, message: String(decoding: sinks[1].bytes.prefix(2000), as: UTF8.self))
    }
    return sinks[0].bytes
  }

  /// Starts a program with three streams; all else that this one opens is closed by the mark that it bears. Foundation's `Process` needs a tenth of a second
  /// to see that a program has ended.
  private static func start(
    _ path: String, _ arguments: [String], _ environment: [String: String], input: Int32?, output: Int32,
    errors: Int32
  ) throws(Problem) -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    #if canImport(Darwin)
      flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
    #endif
    // Signals that this program handles or ignores mean to the other what they mean to any.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    let words = ([path] + arguments).map { strdup($0) } + [nil]
    let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var process = pid_t()
    let started = starting.withLock { _ in posix_spawn(&process, path, &actions, &attributes, words, settings) }
    guard started == 0 else {
      throw .cannotStart("\(path) cannot be started")
    }
    return process
  }

  /// - Returns: the status it ended with; 128 and the signal's number where a signal ended it.
  @discardableResult private static func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return -1 }
    }
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }

  private static func end(_ process: pid_t) {
    kill(process, SIGKILL)
    wait(for: process)
  }
}

/// Held while programs are started and pipes made.
private let starting = Mutex(())

/// A pipe whose ends are closed with it, and in programs that are started.
private final class Channel {
  let reading: Int32
  private(set) var writing: Int32

  init() throws(Subprocess.Problem) {
    var ends: [Int32] = [-1, -1]
    // Beyond the three streams, which may be closed in this program. A program that another thread starts meanwhile
    // would keep open what is not marked yet.
    let high = starting.withLock { _ -> [Int32] in
      guard pipe(&ends) == 0 else { return [] }
      let high = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
      for end in ends { close(end) }
      return high
    }
    guard high.count == 2 else { throw .cannotStart("no pipe can be made: \(String(cString: strerror(errno)))") }
    reading = high[0]
    writing = high[1]
    guard reading >= 0, writing >= 0 else { throw .cannotStart("no more files can be opened") }
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  deinit {
    close(reading)
    closeWriting()
  }
}
