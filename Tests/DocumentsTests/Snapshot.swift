import Foundation
import Testing

/// Compares text with a file below Snapshots; `RECORD_SNAPSHOTS=1` writes it anew.
enum Snapshot {
  static let folder = Samples.folder.appending(path: "Snapshots")
  static let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1"

  static func expect(
    _ text: String, _ name: String, at url: URL? = nil, sourceLocation: SourceLocation = #_sourceLocation
  )
    throws
  {
    let url = url ?? folder.appending(path: name)
    if isRecording {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    let recorded = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    let same = recorded == text
    let difference = same ? "" : firstDifference(recorded, text)
    #expect(
      same, "\(name) has changed (\(difference)); look at it, then run with RECORD_SNAPSHOTS=1",
      sourceLocation: sourceLocation)
  }

  private static func firstDifference(_ old: String, _ new: String) -> String {
    let before = old.split(separator: "\n", omittingEmptySubsequences: false)
    let after = new.split(separator: "\n", omittingEmptySubsequences: false)
    let line =
      zip(before, after).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(before.count, after.count)
    func at(_ lines: [Substring]) -> String { line < lines.count ? String(lines[line].prefix(160)) : "(end)" }
    return "line \(line + 1): was \(at(before)), is \(at(after))"
  }
}
