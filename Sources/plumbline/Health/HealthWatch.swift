import Foundation
import Terminal
import TextFormats
import Verification

/// `health --watch`: round after round, drawn in place on a terminal.
final class HealthWatch {
  private let probe: HealthProbe
  /// From the beginning of a round to that of the next.
  private let interval: Duration
  /// Nil for no end.
  private let count: Int?
  private let format: HealthCommand.ReportFormat
  private let hasColor: Bool

  private var rounds = 0
  private var healthyRounds = 0
  private var isUnreachable = true
  private var report: HealthReport?

  init(probe: HealthProbe, interval: Duration, count: Int?, format: HealthCommand.ReportFormat, hasColor: Bool) {
    self.probe = probe
    self.interval = interval
    self.count = count
    self.format = format
    self.hasColor = hasColor
  }

  /// - Throws: `Ending` unless every round was healthy.
  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    if format == .text, let terminal = RawTerminal(environment: environment, color: hasColor, output: 1),
      terminal.start()
    {
      defer { terminal.stop() }
      try HealthScreen(self, terminal).run()
    } else {
      try write()
    }
    // Given up before there was anything to tell.
    guard let report else { throw Ending(status: 130, message: nil) }
    try HealthCommand.end(isHealthy: healthyRounds == rounds, isUnreachable: isUnreachable, report)
  }

  private func take(_ report: HealthReport) {
    rounds += 1
    if report.isHealthy { healthyRounds += 1 }
    isUnreachable = isUnreachable && report.isUnreachable
    self.report = report
  }

  private var isOver: Bool { count.map { rounds >= $0 } ?? false }

  /// Elsewhere than on a terminal.
  private func write() throws {
    while true {
      let start = ContinuousClock.now
      let report = try HealthCommand.report(probe)
      take(report)
      switch format {
      case .json:
        guard case .object(let members) = report.json else { break }
        try Output.write(JSON.object([.init("round", .number(Decimal(rounds)))] + members).line + "\n")
      case .text, .markdown:
        let text = HealthCommand.text(report, format, hasColor: hasColor)
        try Output.write((rounds == 1 ? "" : "\n") + "Round \(rounds)\n\n" + text)
      case .prometheus: try Output.write(HealthCommand.text(report, format, hasColor: hasColor))
      }
      guard !isOver else { return }
      Thread.sleep(forTimeInterval: max(0, (interval - (ContinuousClock.now - start)) / .seconds(1)))
    }
  }

  /// The rounds as they are drawn on a terminal.
  private final class HealthScreen {
    private let watch: HealthWatch
    private let terminal: RawTerminal
    private var painter: FramePainter
    private var status = ""
    /// Why it ends before its time: the exit status; 0 where a key asked for the end.
    private var ending: Int32?

    init(_ watch: HealthWatch, _ terminal: RawTerminal) {
      self.watch = watch
      self.terminal = terminal
      painter = FramePainter(columns: terminal.columns, rows: terminal.rows, depth: terminal.depth)
    }

    /// The last table stays when it ends.
    func run() throws {
      defer { terminal.write(painter.commit(watch.report?.lines(width: terminal.columns - 1) ?? [])) }
      repeat {
        let start = ContinuousClock.now
        show("asking …")
        do throws(HealthProblem) {
          watch.take(
            try watch.probe.run {
              self.handle(self.terminal.next(timeoutMilliseconds: 0))
              return self.ending != nil
            })
        } catch {
          guard error.kind == .cancelled else { throw Ending.cannot(error.message) }
        }
        while ending == nil, !watch.isOver {
          let left = watch.interval - (ContinuousClock.now - start)
          guard left > .zero else { break }
          show("next in \(Int((left / .seconds(1)).rounded(.up))) s")
          handle(terminal.next(timeoutMilliseconds: max(1, Int(min(left, .seconds(1)) / .milliseconds(1)))))
        }
      } while ending == nil && !watch.isOver
      if let ending, ending != 0 { throw Ending(status: ending, message: nil) }
    }

    private func handle(_ event: RawTerminal.Event) {
      switch event {
      case .idle: return
      case .end: ending = 130
      case .interrupted(let signal): ending = 128 + signal
      case .resized(let columns, let rows):
        terminal.write(painter.resized(columns: columns, rows: rows))
        show(status)
      case .resumed:
        terminal.write(painter.restarted())
        show(status)
      case .keys(let keys): for key in keys { press(key) }
      }
    }

    private func press(_ key: Key) {
      switch key {
      case .control("c"): ending = 130
      case .control("d"), .escape, .text("q"): ending = ending ?? 0
      case .control("z"):
        terminal.write(painter.clear())
        terminal.suspend()
      default: break
      }
    }

    private func show(_ status: String) {
      self.status = status
      terminal.write(painter.draw(frame))
    }

    /// The last report, in short where it would not fit, and what happens.
    private var frame: Frame {
      let width = terminal.columns - 1
      let room = max(1, terminal.rows - 3)
      var lines = watch.report?.lines(width: width) ?? []
      if lines.count > room { lines = watch.report?.shortLines(width: width) ?? [] }
      if lines.count > room {
        lines = lines.prefix(room - 1) + [StyledText("… and \(lines.count - room + 1) lines more", .faint)]
      }
      if !lines.isEmpty { lines.append(StyledText()) }
      let tally = watch.rounds == 0 ? "" : "round \(watch.rounds), healthy in \(watch.healthyRounds); "
      return Frame(lines + [StyledText("\(tally)\(status); q ends", .faint).fitted(width)])
    }
  }
}
