internal import Dispatch
internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The terminal that the program runs in. Questions go to standard error, so that standard output holds results only.
///
/// It leaves the terminal's modes alone: the kernel edits the line, so a killed program leaves nothing to restore.
/// While it lives, SIGINT, SIGTERM and SIGHUP come back from `readLine()`; a second one ends the program at once.
public final class SystemTerminal: LineTerminal {
  public let isInteractive: Bool
  public let hasColor: Bool
  public let width: Int

  private let input: Int32
  private let output: Int32
  /// Signals arrive through a pipe, so that waiting for a line and waiting for a signal are one wait.
  private let wakeUp: (read: Int32, write: Int32)
  private var sources: [(signal: Int32, source: any DispatchSourceSignal)] = []
  private var pending: [UInt8] = []

  /// No answer is longer.
  static let longest = 1 << 16
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// - Parameters:
  ///   - environment: for NO_COLOR, TERM and CI.
  ///   - color: false for `--no-color`.
  public init(environment: [String: String], color: Bool = true, input: Int32 = 0, output: Int32 = 2) {
    self.input = input
    self.output = output
    let isTerminal = isatty(input) == 1 && isatty(output) == 1
    isInteractive = isTerminal && !SystemTerminal.isMachine(environment)
    hasColor = color && isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    var size = winsize()
    let isSized = ioctl(output, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col >= 20
    width = isSized ? min(Int(size.ws_col), 100) : 80
    var ends: [Int32] = [-1, -1]
    wakeUp = pipe(&ends) == 0 ? (ends[0], ends[1]) : (-1, -1)
    if isInteractive { listen() }
  }

  /// Whether nobody sits there although there is a terminal: a CI machine can allocate one.
  static func isMachine(_ environment: [String: String]) -> Bool {
    !["", "0", "false"].contains((environment["CI"] ?? "").lowercased())
  }

  deinit {
    for (number, source) in sources {
      source.cancel()
      signal(number, SIG_DFL)
    }
    close(wakeUp.read)
    close(wakeUp.write)
  }

  private func listen() {
    guard wakeUp.write >= 0 else { return }
    let end = wakeUp.write
    let queue = DispatchQueue(label: "plumbline.signals")
    for number in SystemTerminal.signals {
      // A signal that the caller had ignored, as nohup does, stays ignored.
      let former = signal(number, SIG_IGN)
      guard unsafeBitCast(former, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      var count = 0
      source.setEventHandler {
        count += 1
        if count > 1 { _exit(128 + number) }
        var byte = UInt8(number)
        _ = writeBytes(end, &byte, 1)
      }
      source.activate()
      sources.append((number, source))
    }
  }

  public func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { writeBytes(output, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      // Nobody is left to read it; the next read says so.
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  public func readLine() -> TypedLine {
    while true {
      if let feed = pending.firstIndex(of: 0x0A) {
        let line = Array(pending[..<feed])
        pending.removeFirst(feed + 1)
        return text(line)
      }
      guard pending.count <= SystemTerminal.longest else {
        pending = []
        return .unreadable("the line is too long")
      }
      var waiting = [
        pollfd(fd: input, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waiting, 2, -1) >= 0 else {
        if errno == EINTR { continue }
        return .end
      }
      if waiting[1].revents & Int16(POLLIN) != 0 {
        var byte: UInt8 = 0
        if read(wakeUp.read, &byte, 1) == 1 { return .interrupted(signal: Int32(byte)) }
      }
      guard waiting[0].revents != 0 else { continue }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(input, &buffer, buffer.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      // What was typed before the end without Return was not given as an answer.
      guard count > 0 else { return .end }
      pending += buffer[..<count]
    }
  }

  private func text(_ bytes: [UInt8]) -> TypedLine {
    guard let text = String(validating: bytes, as: UTF8.self) else { return .unreadable("the line is not UTF-8") }
    return .line(text.hasSuffix("\r") ? String(text.dropLast()) : text)
  }
}

/// write(2), under a name that the terminal's own `write` does not hide.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
