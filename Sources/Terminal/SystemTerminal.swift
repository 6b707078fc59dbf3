#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The terminal that the program runs in, line by line. Questions go to standard error, so that standard output holds
/// results only.
///
/// It leaves the terminal's modes alone: the kernel edits the line, so a killed program leaves nothing to restore.
/// While it lives, SIGINT, SIGTERM and SIGHUP come back from `readLine()`; a second one ends the program at once.
public final class SystemTerminal: LineTerminal {
  public let isInteractive: Bool
  public let hasColor: Bool
  public let width: Int

  private let input: Descriptor
  private let output: Descriptor
  private let signals: SignalPipe?
  private var pending: [UInt8] = []

  /// No answer is longer.
  static let longest = 1 << 16

  /// - Parameters:
  ///   - environment: for NO_COLOR, TERM and CI.
  ///   - color: false for `--no-color`.
  public init(environment: [String: String], color: Bool = true, input: Int32 = 0, output: Int32 = 2) {
    self.input = Descriptor(number: input)
    self.output = Descriptor(number: output)
    let isTerminal = self.input.isTerminal && self.output.isTerminal
    isInteractive = SystemTerminal.isInteractive(environment, input: input, output: output)
    hasColor = color && isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    let columns = self.output.size?.columns ?? 80
    width = columns >= 20 ? min(columns, 100) : 80
    signals = isInteractive ? SignalPipe(ending: [SIGINT, SIGTERM, SIGHUP]) : nil
  }

  /// Whether a person can see questions and type answers: both are a terminal, and this is no CI machine.
  public static func isInteractive(_ environment: [String: String], input: Int32 = 0, output: Int32 = 2) -> Bool {
    Descriptor(number: input).isTerminal && Descriptor(number: output).isTerminal && !isMachine(environment)
  }

  /// Whether nobody sits there although there is a terminal: a CI machine can allocate one.
  static func isMachine(_ environment: [String: String]) -> Bool {
    !["", "0", "false"].contains((environment["CI"] ?? "").lowercased())
  }

  public func write(_ text: String) { output.writeAll(text) }

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
      guard let ready = Descriptor.wait(for: input, or: signals, milliseconds: -1) else { continue }
      if ready.signals, let signal = signals?.received().first { return .interrupted(signal: signal) }
      guard ready.input else { continue }
      switch input.readSome() {
      case .bytes(let bytes): pending += bytes
      case .nothing: break
      case .end:
        // What was typed before the end without Return was not given as an answer; a script's last line may lack it.
        guard !input.isTerminal, !pending.isEmpty else { return .end }
        let line = pending
        pending = []
        return text(line)
      }
    }
  }

  private func text(_ bytes: [UInt8]) -> TypedLine {
    guard let text = String(validating: bytes, as: UTF8.self) else { return .unreadable("the line is not UTF-8") }
    return .line(text.hasSuffix("\r") ? String(text.dropLast()) : text)
  }
}
