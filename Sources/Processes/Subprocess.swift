internal import Foundation

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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    let supply = Pipe()
    process.standardInput = input == nil ? FileHandle.nullDevice : supply
    if let input {
      // Before the start: a program that ends without reading cannot break the pipe, and what does not fit is seen.
      let writer = supply.fileHandleForWriting
      let bytes = Array(input.utf8)
      _ = fcntl(writer.fileDescriptor, F_SETFL, O_NONBLOCK)
      let written = bytes.withUnsafeBytes { write(writer.fileDescriptor, $0.baseAddress, $0.count) }
      try? writer.close()
      guard written == bytes.count else { throw .cannotStart("the input of \(path) does not fit a pipe") }
    }
    do {
      try process.run()
    } catch {
      throw .cannotStart("\(path) cannot be started")
    }
    let deadline = Date().addingTimeInterval(seconds)
    var sinks: [(descriptor: Int32, bytes: [UInt8], isOpen: Bool)] = [
      (output.fileHandleForReading.fileDescriptor, [], true), (errors.fileHandleForReading.fileDescriptor, [], true),
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
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw .failed(
        status: process.terminationStatus, message: String(decoding: sinks[1].bytes.prefix(2000), as: UTF8.self))
    }
    return sinks[0].bytes
  }

  private static func end(_ process: Process) {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
