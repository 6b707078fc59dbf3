internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown
internal import Review
public import TextFormats

extension ChecklistDocument {
  /// `{"system", "knowledge", "remarks", "items"}`; texts are plain.
  public var json: JSON {
    .object([
      "system": assessment.sheet.system.map(JSON.string) ?? .null,
      "knowledge": .object(["version": .string(knowledge.version), "hash": .string(knowledge.hash)]),
      "remarks": .strings(remarks.map(MarkdownText.unmarked)), "items": .array(items.map(\.json)),
    ])
  }

  /// RFC 4180: a header, an item a line, CRLF, UTF-8. What a spreadsheet would take for a formula has an apostrophe in
  /// front.
  public var csv: String {
    let header = [
      "id", "step", "phase", "area", "level", "sentence", "reason", "condition", "evidence", "command", "guide",
      "sources", "places",
    ]
    return ([header] + items.map(\.cells)).map { cells in cells.map(CSV.cell).joined(separator: ",") + "\r\n" }.joined()
  }
}

extension ChecklistItem {
  var json: JSON {
    func optional(_ text: String?) -> JSON { text.map { .string(MarkdownText.unmarked($0)) } ?? .null }
    return .object([
      "id": .string(id), "step": step.map(JSON.string) ?? .null, "area": .string(area.rawValue),
      "phase": .string(phase.rawValue), "level": .string(level.rawValue), "sentence": optional(sentence),
      "reason": optional(reason), "evidence": optional(evidence), "condition": optional(condition),
      "command": command.map(JSON.string) ?? .null, "guide": .strings(guide), "sources": .strings(sources),
      "places": .array(
        places.map { place in
          .object([
            "change": .string(place.change), "file": .string(place.file),
            "lines": .array(place.lines.map { .number(Decimal($0)) }),
          ])
        }),
    ])
  }

  /// In the order of the header.
  fileprivate var cells: [String] {
    let found = places.map { place in
      let lines = ChecklistItem.runs(place.lines, dash: "-").joined(separator: " ")
      return "\(place.file)\(lines.isEmpty ? "" : ":\(lines)") (\(place.change))"
    }
    return [
      id, step ?? "", phase.rawValue, area.rawValue, level.rawValue, MarkdownText.unmarked(sentence),
      MarkdownText.unmarked(reason), condition.map(MarkdownText.unmarked) ?? "", MarkdownText.unmarked(evidence),
      command ?? "", guide.joined(separator: "; "), sources.joined(separator: "; "), found.joined(separator: "; "),
    ]
  }
}

enum CSV {
  /// Quoted where RFC 4180 wants it.
  static func cell(_ text: String) -> String {
    var text = text
    // A tab or a line end in front is skipped by spreadsheets.
    let first = text.unicodeScalars.first { !["\t", "\r", "\n", " "].contains($0) }
    if let first, "=+-@＝＋－＠".unicodeScalars.contains(first) { text = "'" + text }
    let needsQuotes = text.unicodeScalars.contains { [",", "\"", "\r", "\n"].contains($0) }
    return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}
