#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A terminal's end of a descriptor, which it does not own.
struct Descriptor: Sendable {
  enum Read {
    case bytes(ArraySlice<UInt8>)
    /// Nothing yet, or a signal came.
    case nothing
    /// End of input, or nobody is at the other end.
    case end
  }

  let number: Int32

  var isTerminal: Bool { isatty(number) == 1 }

  /// Columns and rows, or nil if the terminal does not know them.
  var size: (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether this process may use the terminal, or another job does.
  var isForeground: Bool {
    let group = tcgetpgrp(number)
    // A terminal that is not the controlling one knows no jobs.
    return group < 0 || group == getpgrp()
  }

  /// Whether some text can be written without waiting.
  var hasRoom: Bool {
    var room = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    return poll(&room, 1, 0) > 0
  }

  func readSome() -> Read {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(number, &buffer, buffer.count)
    if count > 0 { return .bytes(buffer[..<count]) }
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? .nothing : .end
  }

  /// Writes all of it, or what can be written to a terminal that has gone: the next read says so.
  func writeAll(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if count < 0, errno == EAGAIN {
        var room = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        guard poll(&room, 1, -1) >= 0 || errno == EINTR else { return }
      } else if count == 0 || errno != EINTR {
        return
      }
    }
  }

  /// Waits until one of them has something to say; nil once the time is over.
  ///
  /// - Parameter milliseconds: -1 waits for ever.
  static func wait(for input: Descriptor, or signals: SignalPipe?, milliseconds: Int32) -> (input: Bool, signals: Bool)?
  {
    var waiting = [
      pollfd(fd: input.number, events: Int16(POLLIN), revents: 0),
      // A negative descriptor is passed over.
      pollfd(fd: signals?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    let count = poll(&waiting, 2, milliseconds)
    if count < 0 { return errno == EINTR ? (false, false) : (true, false) }
    return count == 0 ? nil : (waiting[0].revents != 0, waiting[1].revents != 0)
  }
}
