import Foundation
import Testing

@testable import Terminal

@Suite struct StyleTests {
  @Test(
    arguments: [
      (["TERM": "xterm"], .basic), (["TERM": "xterm-256color"], .indexed), (["TERM": "xterm-direct"], .direct),
      (["TERM": "xterm-256color", "COLORTERM": "truecolor"], .direct),
      (["TERM": "screen", "COLORTERM": "24bit"], .direct),
      (["TERM": "linux"], .basic), (["TERM": "dumb", "COLORTERM": "truecolor"], .none), ([:], .none),
      (["TERM": ""], .none),
      (["TERM": "xterm", "NO_COLOR": "1"], .none), (["TERM": "xterm", "NO_COLOR": ""], .basic),
      (["CLICOLOR_FORCE": "1"], .none),
    ] as [([String: String], ColorDepth)])
  func detectsTheDepth(_ row: (environment: [String: String], depth: ColorDepth)) {
    #expect(ColorDepth.detect(environment: row.environment, isTerminal: true, wanted: true) == row.depth)
    #expect(ColorDepth.detect(environment: row.environment, isTerminal: false, wanted: true) == .none)
    #expect(ColorDepth.detect(environment: row.environment, isTerminal: true, wanted: false) == .none)
  }

  @Test func rendersRuns() {
    let text: StyledText =
      "a" + StyledText("b", .strong) + StyledText("c", [.strong, .accent]) + StyledText("d", .faint)
    #expect(ColorDepth.none.render(text) == "abcd")
    #expect(ColorDepth.basic.render(text) == "a\u{1B}[1mb\u{1B}[0m\u{1B}[1;35mc\u{1B}[0m\u{1B}[2md\u{1B}[0m")
    #expect(ColorDepth.indexed.render(StyledText("x", .good)) == "\u{1B}[38;5;29mx\u{1B}[0m")
    #expect(ColorDepth.direct.render(StyledText("x", .selected)) == "\u{1B}[1;38;2;29;112;237mx\u{1B}[0m")
  }

  @Test(arguments: ColorDepth.allCases)
  func letsNoControlThrough(_ depth: ColorDepth) {
    let text = StyledText("a\u{1B}[2J\u{9B}31m\n\u{202E}b\r\nc", .bad)
    #expect(text.plain == "a[2J31m b c")
    #expect(ColorDepth.none.render(text) == text.plain)
    #expect(depth.render(text).components(separatedBy: "\u{1B}").count == (depth == .none ? 1 : 3))
  }

  /// The figures in the comment of `Color`.
  @Test func canBeReadOnBlackAndOnWhite() {
    let least: [Style: Double] = [.warning: 4.455, .bad: 3.995]
    for (style, color) in Color.roles {
      let direct = contrast([color.direct.red, color.direct.green, color.direct.blue])
      #expect(direct >= 4.5, "\(style): \(direct)")
      let indexed = contrast(Self.indexed(color.indexed))
      #expect(indexed >= (least[style] ?? 4.5), "\(style): \(indexed)")
    }
  }

  private static func indexed(_ index: Int) -> [Int] {
    if index >= 232 { return Array(repeating: 8 + 10 * (index - 232), count: 3) }
    return [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6].map { $0 == 0 ? 0 : 55 + 40 * $0 }
  }

  /// The smaller of those on black and on white.
  private func contrast(_ color: [Int]) -> Double {
    let linear = color.map { part -> Double in
      let value = Double(part) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return min((luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05))
  }

  @Test func joinsRunsOfOneStyle() {
    let text = StyledText("a", .good) + StyledText("b", .good) + "" + "c"
    #expect(text.runs.count == 2 && text.plain == "abc" && text.width == 3)
    #expect(["a", StyledText("b", .good)].joined(separator: ", ").plain == "a, b")
    #expect(StyledText("a", .good).styled(.strong) == StyledText("a", [.strong, .good]))
  }

  @Test func wrapsAndCutsWithItsStyles() {
    let text = "one " + StyledText("two three", .accent) + " four"
    let lines = text.wrapped(10, indent: 1, hanging: 2)
    #expect(lines.map(\.plain) == [" one two", "   three", "   four"])
    #expect(lines[1].runs.last?.style == .accent)
    #expect(text.fitted(6) == "one " + StyledText("t…", .accent))
    #expect(text.fitted(18) == text)
    #expect(text.fitted(0).isEmpty && text.fitted(1).plain == "…")
    #expect(text.padded(20).width == 20 && text.padded(5).width == 5)
    #expect(StyledText("漢字", .bad).padded(4).plain == "漢字")
  }
}
