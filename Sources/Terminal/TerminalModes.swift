internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The modes of a terminal, as they were before and as they are for single keys. Any thread may restore them.
final class TerminalModes: Sendable {
  private let input: Descriptor
  private let output: Descriptor
  /// What is to be restored; nil while the terminal is as it was.
  private let saved = Mutex<termios?>(nil)

  /// Bracketed paste off, cursor on, plain text.
  private static let farewell = "\u{1B}[?2004l\u{1B}[0m\u{1B}[?25h"

  init(input: Descriptor, output: Descriptor) {
    self.input = input
    self.output = output
  }

  /// Whether the terminal sends single keys.
  var isRaw: Bool { saved.withLock { $0 != nil } }

  /// Makes the terminal send single keys. What was typed ahead stays.
  ///
  /// When it is so already, it is done again: another program may have changed it, or the shell may have put back what
  /// it found when this process was stopped.
  ///
  /// - Returns: false if there is no terminal, or it cannot be changed.
  func setRaw() -> Bool {
    let isSet = saved.withLock { saved in
      var found = termios()
      guard tcgetattr(input.number, &found) == 0 else { return false }
      // What this process has set is nothing to go back to.
      let isOurs = saved.map { TerminalModes.areEqual(TerminalModes.raw($0), found) } ?? false
      var raw = TerminalModes.raw(found)
      guard TerminalModes.set(&raw, on: input) else { return false }
      if !isOurs { saved = found }
      return true
    }
    if isSet { output.writeAll("\u{1B}[?2004h") }
    return isSet
  }

  /// Puts back what was there. A terminal that another job uses by now is left alone.
  ///
  /// - Parameter isUrgent: whether to wait for nothing; a terminal that takes no text is then told nothing.
  func restore(isUrgent: Bool = false) {
    guard isRaw, input.isForeground else { return }
    if !isUrgent || output.hasRoom { output.writeAll(TerminalModes.farewell) }
    saved.withLock { saved in
      guard var former = saved else { return }
      _ = TerminalModes.set(&former, on: input)
      saved = nil
    }
  }

  /// At once: the modes of output stay, so what is still on its way loses nothing, and waiting for it could be for ever.
  /// What was typed ahead stays, too.
  private static func set(_ modes: inout termios, on input: Descriptor) -> Bool {
    while tcsetattr(input.number, TCSANOW, &modes) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }

  private static func raw(_ modes: termios) -> termios {
    var raw = modes
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ECHONL | ISIG | IEXTEN)
    raw.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT | PARMRK)
    withUnsafeMutableBytes(of: &raw.c_cc) { characters in
      characters[Int(VMIN)] = 1
      characters[Int(VTIME)] = 0
    }
    return raw
  }

  private static func areEqual(_ left: termios, _ right: termios) -> Bool {
    withUnsafeBytes(of: left.c_cc) { left in withUnsafeBytes(of: right.c_cc) { right in left.elementsEqual(right) } }
      && left.c_iflag == right.c_iflag && left.c_oflag == right.c_oflag && left.c_cflag == right.c_cflag
      && left.c_lflag == right.c_lflag
  }
}
