#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The terminal that the program runs in, key by key.
///
/// Between `start()` and `stop()` the terminal sends every key at once and shows none. It is put back on `stop()`, on
/// `suspend()`, when the object goes, and before a second signal ends the program; after an event that ends the program
/// the caller stops it. A process that is killed outright leaves it as it is.
public final class RawTerminal {
  /// What happened.
  public enum Event: Hashable, Sendable {
    /// At least one. Control-C and the like are keys, too: what they mean is the caller's affair.
    case keys([Key])
    /// The terminal's size is another now.
    case resized(columns: Int, rows: Int)
    /// The program was stopped and goes on: others have written to the terminal, so all is to be drawn anew.
    case resumed
    /// SIGINT, SIGTERM, SIGHUP or SIGQUIT asks the program to end.
    case interrupted(signal: Int32)
    /// End of input, or the terminal has gone.
    case end
    /// The time is over.
    case idle
  }

  /// Columns of the terminal; never less than 20, even if it has less.
  public private(set) var columns = 80
  /// Rows of the terminal.
  public private(set) var rows = 24
  /// Which colours it shows.
  public let depth: ColorDepth

  private let input: Descriptor
  private let output: Descriptor
  private let modes: TerminalModes
  private var signals: SignalPipe?
  private var decoder = KeyDecoder()
  /// Events that came together with another one.
  private var queue: [Event] = []

  /// How long after ESC the rest of a sequence may come.
  private static let escapeDelay: Int32 = 50
  /// How long to look for other signals before going to sleep in the background.
  private static let grace: Int32 = 100

  /// Nil where nobody can be asked key by key: unless both are a terminal that can move its cursor, or if CI is set.
  ///
  /// - Parameters:
  ///   - environment: for NO_COLOR, TERM, COLORTERM and CI.
  ///   - color: false for `--no-color`.
  public init?(environment: [String: String], color: Bool = true, input: Int32 = 0, output: Int32 = 2) {
    self.input = Descriptor(number: input)
    self.output = Descriptor(number: output)
    modes = TerminalModes(input: self.input, output: self.output)
    depth = ColorDepth.detect(environment: environment, isTerminal: true, wanted: color)
    guard self.input.isTerminal, self.output.isTerminal, !SystemTerminal.isMachine(environment),
      !["", "dumb"].contains(environment["TERM"] ?? "")
    else { return nil }
    takeSize()
  }

  deinit { stop() }

  /// Begins: from now on keys and signals come back from `next()`.
  ///
  /// - Returns: false if the terminal cannot be set so; then nothing has changed.
  public func start() -> Bool {
    guard signals == nil else { return true }
    let modes = modes
    signals = SignalPipe(
      ending: [SIGINT, SIGTERM, SIGHUP, SIGQUIT], others: [SIGWINCH, SIGTSTP, SIGCONT],
      beforeExit: { modes.restore(isUrgent: true) })
    if !awaitForeground() || !modes.setRaw() {
      // An end that was asked for meanwhile is reported.
      guard !queue.isEmpty else {
        signals = nil
        return false
      }
    }
    takeSize()
    return true
  }

  /// Puts the terminal back as it was; what was typed ahead and not read yet stays for the next program. May be called
  /// again.
  public func stop() {
    modes.restore()
    signals = nil
  }

  /// Writes to the terminal. What cannot be written is dropped: if the terminal has gone, `next()` says so.
  public func write(_ text: String) { output.writeAll(text) }

  /// Waits for the next event.
  ///
  /// - Parameter timeoutMilliseconds: after which it returns `.idle`; nil waits for ever.
  public func next(timeoutMilliseconds: Int? = nil) -> Event {
    let clock = ContinuousClock()
    let end = timeoutMilliseconds.map { clock.now + .milliseconds($0) }
    while true {
      if !queue.isEmpty { return queue.removeFirst() }
      let left = end.map { max(0, RawTerminal.milliseconds(clock.now.duration(to: $0))) } ?? -1
      let isShort = decoder.isWaiting && (left < 0 || left > RawTerminal.escapeDelay)
      let ready = Descriptor.wait(for: input, or: signals, milliseconds: isShort ? RawTerminal.escapeDelay : left)
      guard let ready else {
        guard isShort else { return .idle }
        enqueue(decoder.flush())
        continue
      }
      if ready.signals {
        takeSignals()
      } else if ready.input {
        takeInput()
      }
    }
  }

  /// Stops the program as Control-Z does elsewhere, and returns once it goes on; then `next()` returns `.resumed`.
  ///
  /// Take away what is drawn first.
  public func suspend() {
    modes.restore()
    SignalPipe.sendToGroup(SIGTSTP)
    resume()
    // The signal that made it go on is no second event.
    _ = Descriptor.wait(for: Descriptor(number: -1), or: signals, milliseconds: RawTerminal.grace)
    takeSignals(isResumed: true)
  }

  // MARK: Steps

  private func enqueue(_ keys: [Key]) {
    if !keys.isEmpty { queue.append(.keys(keys)) }
  }

  private func takeInput() {
    guard input.isForeground else { return resume() }
    switch input.readSome() {
    case .bytes(let bytes): enqueue(decoder.feed(bytes))
    case .nothing: break
    case .end: queue.append(.end)
    }
  }

  private func takeSignals(isResumed: Bool = false) {
    let numbers = signals?.received() ?? []
    // Whoever wants the program to end must not wait for it to come to the foreground.
    let ending = numbers.filter { [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains($0) }
    queue += ending.map { .interrupted(signal: $0) }
    guard ending.isEmpty else { return }
    if numbers.contains(SIGTSTP) {
      // The caller had no chance to take the frame away: at least the shell's line is not written over it.
      write("\r\u{1B}[J")
      return suspend()
    }
    if numbers.contains(SIGCONT), !isResumed { return resume() }
    let former = (columns, rows)
    takeSize()
    if former != (columns, rows) { queue.append(.resized(columns: columns, rows: rows)) }
  }

  /// Goes on after a stop.
  private func resume() {
    let isReady = awaitForeground()
    if isReady, modes.setRaw() {
      takeSize()
      queue.append(.resumed)
    } else if queue.isEmpty {
      queue.append(.end)
    }
  }

  /// Sleeps while another job uses the terminal, as the kernel would let us on reading; but an end that is asked for
  /// meanwhile is taken in.
  ///
  /// - Returns: false if the program is to end: see the queue; or if nobody can ever bring it to the foreground.
  private func awaitForeground() -> Bool {
    let clock = ContinuousClock()
    var inVain = 0
    while !input.isForeground {
      _ = Descriptor.wait(for: Descriptor(number: -1), or: signals, milliseconds: RawTerminal.grace)
      let ending = (signals?.received() ?? []).filter { [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains($0) }
      queue += ending.map { .interrupted(signal: $0) }
      guard ending.isEmpty else { return false }
      guard !input.isForeground else { break }
      let start = clock.now
      SignalPipe.sendToGroup(SIGTTIN)
      // A group without a shell over it is not stopped by this signal.
      inVain = clock.now - start < .milliseconds(5) ? inVain + 1 : 0
      guard inVain < 20 else { return false }
    }
    return true
  }

  private func takeSize() {
    guard let size = output.size ?? input.size else { return }
    columns = max(20, size.columns)
    rows = max(2, size.rows)
  }

  /// Rounded up, so that a wait is never a busy one.
  private static func milliseconds(_ duration: Duration) -> Int32 {
    let (seconds, fraction) = duration.components
    return Int32(clamping: seconds * 1000 + (fraction + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
