import Foundation
import Testing

@testable import Terminal

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// In one process, with a terminal of its own. Signals, and stopping and going on, are tried from outside.
@Suite(.serialized) struct RawTerminalTests {
  /// Both ends of a terminal.
  private final class Pair {
    let outer: Int32
    let inner: Int32

    init() throws {
      var (outer, inner): (Int32, Int32) = (-1, -1)
      var size = winsize(ws_row: 30, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
      try #require(openpty(&outer, &inner, nil, nil, &size) == 0)
      (self.outer, self.inner) = (outer, inner)
    }

    deinit {
      close(inner)
      close(outer)
    }

    var terminal: RawTerminal? {
      RawTerminal(environment: ["TERM": "xterm-256color"], input: inner, output: inner)
    }

    func type(_ bytes: [UInt8]) { _ = write(outer, bytes, bytes.count) }

    /// All modes, as one value.
    var modes: [UInt32] {
      var modes = termios()
      tcgetattr(inner, &modes)
      let characters = withUnsafeBytes(of: modes.c_cc) { $0.map(UInt32.init) }
      return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag].map { UInt32(truncatingIfNeeded: $0) }
        + characters
    }
  }

  @Test func putsTheModesBack() throws {
    let pair = try Pair()
    let before = pair.modes
    do {
      let terminal = try #require(pair.terminal)
      #expect(pair.modes == before)
      #expect(terminal.start())
      #expect(terminal.start(), "twice is once")
      #expect(pair.modes != before)
      terminal.stop()
      #expect(pair.modes == before)
      terminal.stop()
      #expect(terminal.start())
      #expect(pair.modes != before)
    }
    #expect(pair.modes == before, "it went without being stopped")
  }

  @Test func reportsKeysAndTheEnd() throws {
    let pair = try Pair()
    let terminal = try #require(pair.terminal)
    #expect(terminal.start())
    #expect(terminal.columns == 100 && terminal.rows == 30 && terminal.depth == .indexed)
    #expect(terminal.next(timeoutMilliseconds: 0) == .idle)
    pair.type(Array("é\r\u{3}".utf8))
    #expect(terminal.next(timeoutMilliseconds: 1000) == .keys([.text("é"), .enter, .control("c")]))
    pair.type([0x1B])
    #expect(terminal.next(timeoutMilliseconds: 1000) == .keys([.escape]))
    pair.type([0x1B])
    #expect(terminal.next(timeoutMilliseconds: 10) == .idle)
    pair.type(Array("[A".utf8))
    #expect(terminal.next(timeoutMilliseconds: 1000) == .keys([.up]))
  }

  @Test func keepsWhatWasTypedAhead() throws {
    let pair = try Pair()
    let terminal = try #require(pair.terminal)
    pair.type(Array("ahead\n".utf8))
    #expect(terminal.start())
    let keys = "ahead".map { Key.text(String($0)) } + [.enter]
    #expect(terminal.next(timeoutMilliseconds: 1000) == .keys(keys))
    pair.type(Array("more\n".utf8))
    terminal.stop()
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = read(pair.inner, &buffer, buffer.count)
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "more\n")
  }

  @Test func endsWithItsTerminal() throws {
    var (outer, inner): (Int32, Int32) = (-1, -1)
    try #require(openpty(&outer, &inner, nil, nil, nil) == 0)
    let terminal = try #require(RawTerminal(environment: ["TERM": "xterm"], input: inner, output: inner))
    #expect(terminal.columns == 80 && terminal.rows == 24)
    #expect(terminal.start())
    close(outer)
    #expect(terminal.next(timeoutMilliseconds: 1000) == .end)
    terminal.write("nobody reads this")
    terminal.stop()
    close(inner)
  }

  @Test(arguments: [["TERM": "dumb"], [:], ["TERM": "xterm", "CI": "true"]])
  func needsAPersonAndACursor(_ environment: [String: String]) throws {
    let pair = try Pair()
    #expect(RawTerminal(environment: environment, input: pair.inner, output: pair.inner) == nil)
    #expect(RawTerminal(environment: ["TERM": "xterm"], input: pair.inner, output: -1) == nil)
  }
}
