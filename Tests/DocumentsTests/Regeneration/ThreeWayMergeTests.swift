import Foundation
import TestSupport
import Testing

@testable import Documents

@Suite struct ThreeWayMergeTests {
  private static func lines(_ text: String) -> [Line] { text.map { Line(String($0)) } }
  private static func text(_ merge: ThreeWayMerge) -> String {
    merge.lines.map { line in
      switch line.text {
      case "<<<<<<< yours": "<"
      case "=======": "|"
      case ">>>>>>> plumbline": ">"
      default: line.text
      }
    }.joined()
  }

  @Test(arguments: [
    ("abc", "abc", "abc", "abc"), ("abc", "aXbc", "abc", "aXbc"), ("abc", "abc", "abYc", "abYc"),
    ("abcd", "Xabcd", "abcdY", "XabcdY"), ("abcd", "acd", "abcY", "acY"), ("abc", "aXc", "aXc", "aXc"),
    ("abc", "aXc", "aYc", "a<X|Y>c"), ("abc", "ac", "aYc", "a<|Y>c"), ("", "X", "Y", "<X|Y>"), ("", "X", "", "X"),
    ("abcde", "abXde", "aYcde", "a<bX|Yc>de"), ("abc", "aXQc", "aYQc", "a<X|Y>Qc"), ("abab", "ab", "abab", "ab"),
    ("abc", "", "abc", ""), ("abc", "", "abY", "<|abY>"),
  ])
  func cases(_ base: String, _ ours: String, _ theirs: String, _ expected: String) {
    let merge = ThreeWayMerge(
      base: ThreeWayMergeTests.lines(base), ours: ThreeWayMergeTests.lines(ours),
      theirs: ThreeWayMergeTests.lines(theirs))
    #expect(ThreeWayMergeTests.text(merge) == expected)
    #expect(merge.conflicts == merge.lines.count { $0.text == "<<<<<<< yours" })
  }

  /// Whatever was added on either side is there.
  @Test func nothingAddedIsLost() {
    var random = SeededGenerator(seed: 7)
    for number in 0..<size(300, full: 20_000) {
      let base = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        Line("\(Int.random(in: 0..<6, using: &random))")
      }
      func edited(_ side: String) -> [Line] {
        var lines = base
        for edit in 0..<Int.random(in: 0...4, using: &random) {
          let place = Int.random(in: 0...lines.count, using: &random)
          if Bool.random(using: &random), place < lines.count, !lines[place].text.hasPrefix(side) {
            lines.remove(at: place)
          } else {
            lines.insert(Line("\(side)\(edit)"), at: place)
          }
        }
        return lines
      }
      let (ours, theirs) = (edited("our"), edited("their"))
      let merged = ThreeWayMerge(base: base, ours: ours, theirs: theirs).lines
      #expect(merged.contains(inOrder: ours.filter { $0.text.hasPrefix("our") }), "\(number)")
      #expect(merged.contains(inOrder: theirs.filter { $0.text.hasPrefix("their") }), "\(number)")
    }
  }

  /// `git merge-file` is the measure; where every line is there once, it leaves no choice.
  @Test func agreesWithGit() throws {
    let git = "/usr/bin/git"
    guard FileManager.default.isExecutableFile(atPath: git) else { return }
    let folder = FileManager.default.temporaryDirectory.appending(path: "plumbline-merge-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var random = SeededGenerator(seed: 11)
    for number in 0..<size(30, full: 1_000) {
      let base = (0..<Int.random(in: 1...14, using: &random)).map { "line \($0)" }
      func edited(_ side: String) -> [String] {
        base.enumerated().flatMap { index, line -> [String] in
          switch Int.random(in: 0..<10, using: &random) {
          case 0: []
          case 1: ["\(side) \(index)"]
          case 2: [line, "\(side) after \(index)"]
          default: [line]
          }
        }
      }
      let (ours, theirs) = (edited("our"), edited("their"))
      for (name, lines) in [("base", base), ("ours", ours), ("theirs", theirs)] {
        let text = lines.map { $0 + "\n" }.joined()
        try text.write(to: folder.appending(path: name), atomically: false, encoding: .utf8)
      }
      let process = Process()
      process.executableURL = URL(filePath: git)
      process.currentDirectoryURL = folder
      process.arguments = [
        "merge-file", "-p", "-L", "yours", "-L", "base", "-L", "plumbline", "ours", "base", "theirs",
      ]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      let merge = ThreeWayMerge(
        base: base.map(Line.init(_:)), ours: ours.map(Line.init(_:)), theirs: theirs.map(Line.init(_:)))
      let text = merge.lines.map { $0.text + "\n" }.joined()
      #expect((process.terminationStatus > 0) == (merge.conflicts > 0), "\(number)\n\(output)\n\(text)")
      if merge.conflicts == 0 { #expect(text == output, "\(number)") }
    }
  }
}
