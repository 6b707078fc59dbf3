import TestSupport
import Testing

@testable import Terminal

@Suite struct FramePainterTests {
  @Test func showsTheCommittedLinesAndTheLastFrame() {
    var generator = SeededGenerator(seed: 8)
    for round in 0..<size(100, full: 2_000) {
      let columns = Int.random(in: 20...40, using: &generator)
      let rows = Int.random(in: 3...12, using: &generator)
      var screen = Screen(columns: columns, rows: rows)
      var painter = FramePainter(columns: columns, rows: rows, depth: ColorDepth.allCases[round % 4])
      var permanent = (0..<Int.random(in: 0...rows + 3, using: &generator)).map { "old \($0)" }
      screen.write(permanent.map { $0 + "\r\n" }.joined())
      for _ in 0..<20 {
        var frame: Frame?
        switch Int.random(in: 0...9, using: &generator) {
        case 0...5:
          let next = Self.frame(&generator, columns: columns, rows: rows)
          frame = next
          screen.write(painter.draw(next))
        case 6, 7:
          let lines = (0..<Int.random(in: 0...3, using: &generator)).map { _ in Self.line(&generator, columns - 1) }
          screen.write(painter.commit(lines))
          permanent += lines.map { Screen.trimmed($0.plain) }
        case 8: screen.write(painter.clear())
        default: screen.write(painter.resized(columns: columns, rows: rows))
        }
        let lines = frame?.lines.map { Screen.trimmed($0.fitted(columns - 1, by: DisplayWidth.most).plain) } ?? []
        var expected = permanent + lines
        while expected.last?.isEmpty ?? false { expected.removeLast() }
        #expect(screen.lines == expected)
        if let cursor = frame?.cursor {
          #expect(screen.isCursorShown && screen.line == permanent.count + cursor.row)
          #expect(screen.column == min(cursor.column, columns - 1))
        } else if frame != nil {
          #expect(!screen.isCursorShown)
        } else {
          #expect(screen.line == permanent.count && screen.column == 0)
        }
      }
      screen.write(painter.clear())
      #expect(screen.isCursorShown)
    }
  }

  private static func frame(_ generator: inout SeededGenerator, columns: Int, rows: Int) -> Frame {
    let lines = (0..<Int.random(in: 0...rows - 1, using: &generator)).map { _ in line(&generator, columns * 2) }
    let hasCursor = !lines.isEmpty && Bool.random(using: &generator)
    let cursor = Frame.Position(
      row: Int.random(in: 0..<max(1, lines.count), using: &generator),
      column: Int.random(in: 0...columns + 5, using: &generator))
    return Frame(lines, cursor: hasCursor ? cursor : nil)
  }

  private static func line(_ generator: inout SeededGenerator, _ most: Int) -> StyledText {
    let pieces = ["a", "B ", "é", "漢", "👩‍👩‍👧", "❤\u{FE0F}", "e\u{301}", " "]
    let styles: [Style] = [.plain, .strong, .faint, .accent, .selected]
    let line = (0..<Int.random(in: 0...most, using: &generator)).map { _ in
      StyledText(pieces.randomElement(using: &generator) ?? "", styles.randomElement(using: &generator) ?? .plain)
    }.joined()
    return line.fitted(most)
  }

  @Test func writesOnlyWhatHasChanged() {
    var screen = Screen(columns: 40, rows: 10)
    var painter = FramePainter(columns: 40, rows: 10, depth: .indexed)
    var frame = Frame(["one", "two", "three"], cursor: .init(row: 1, column: 2))
    screen.write(painter.draw(frame))
    let again = painter.draw(frame)
    #expect(again.isEmpty)
    let before = screen.written
    frame.lines[2] = "third"
    screen.write(painter.draw(frame))
    #expect(screen.written == before + 5)
    frame.cursor = .init(row: 0, column: 0)
    screen.write(painter.draw(frame))
    #expect(screen.written == before + 5)
    #expect(screen.line == 0 && screen.lines == ["one", "two", "third"])
  }

  @Test func cutsAFrameThatIsTooTall() {
    var screen = Screen(columns: 20, rows: 5)
    var painter = FramePainter(columns: 20, rows: 5, depth: .none)
    screen.write("before\r\n")
    screen.write(painter.draw(Frame((0..<9).map { "row \($0)" }, cursor: .init(row: 6, column: 1))))
    #expect(screen.lines == ["before", "row 4", "row 5", "row 6", "row 7"])
    #expect(screen.row == 3)
    screen.write(painter.draw(Frame((0..<9).map { "row \($0)" })))
    #expect(screen.lines == ["before", "row 0", "row 1", "row 2", "row 3"])
    screen.write(painter.commit(["done"]))
    #expect(screen.lines == ["before", "done"])
  }

  @Test func drawsAnewInAnotherSize() {
    var screen = Screen(columns: 40, rows: 10)
    var painter = FramePainter(columns: 40, rows: 10, depth: .basic)
    screen.write("before\r\n")
    let frame = Frame(["a line of more than twenty columns", "two", "three"], cursor: .init(row: 1, column: 1))
    screen.write(painter.draw(frame))
    for (columns, rows) in [(20, 10), (60, 10), (60, 20), (30, 5), (20, 24)] {
      screen.resize(columns: columns, rows: rows)
      screen.write(painter.resized(columns: columns, rows: rows))
      screen.write(painter.draw(frame))
      #expect(screen.lines == ["before", DisplayWidth.fitted(frame.lines[0].plain, columns - 1), "two", "three"])
    }
  }

  @Test func beginsAnewWhereOthersHaveWritten() {
    var screen = Screen(columns: 20, rows: 6)
    var painter = FramePainter(columns: 20, rows: 6, depth: .none)
    let frame = Frame(["one", "two"], cursor: .init(row: 1, column: 0))
    screen.write(painter.draw(frame))
    screen.write(painter.clear() + "$ fg\r\n")
    screen.write(painter.restarted() + painter.draw(frame))
    #expect(screen.lines == ["$ fg", "one", "two"])
  }

  @Test func toleratesAnySize() {
    for (columns, rows) in [(0, 0), (1, 1), (2, 2), (-3, -3)] {
      var painter = FramePainter(columns: columns, rows: rows, depth: .none)
      let drawn = [
        painter.draw(Frame(["漢字", "b"], cursor: .init(row: -1, column: 99))),
        painter.draw(Frame([], cursor: .init(row: 5, column: -5))), painter.resized(columns: rows, rows: columns),
        painter.draw(Frame(["c"])),
      ]
      #expect(!drawn[0].isEmpty && !drawn[1].isEmpty && drawn[3].contains("c"))
    }
  }
}
