internal import Foundation
internal import KnowledgeModel
internal import Markdown
internal import Review
public import TextFormats

/// A review for people, as data, and for the forges' own views.
extension BodyReview {
  /// - Parameter width: columns that a line may take.
  public func plain(width: Int = 100) -> String {
    var out = PlainText(width: width)
    if let summary { out.line(summary) }
    for finding in findings where finding.paste == nil {
      out.blank()
      out.line("\(place(finding.line)): \(finding.title)", hanging: 2)
      if let item = finding.item { out.line(Self.words(item), indent: 2) }
      if let item = finding.item, let files = Self.files(item) { out.line("Called for by \(files).", indent: 2) }
      out.line("→ \(finding.remedy)", indent: 2, hanging: 4)
    }
    // All together, so that they can be copied at once.
    let missing = findings.compactMap(\.paste)
    if !missing.isEmpty {
      out.blank()
      out.line("\(place(nil)): \(Wording.count(missing.count, "item is", "items are")) missing from the body")
      out.line("→ Paste this into the body and answer it:", indent: 2)
      out.blank()
      for line in missing.flatMap({ $0.split(separator: "\n") }) {
        out.unwrapped(Self.withoutCommands(String(line)), indent: 4)
      }
    }
    if !remarks.isEmpty {
      out.blank()
      for remark in remarks { out.line("\(place(remark.line)): \(remark.id) \(remark.text)", hanging: 2) }
    }
    return out.text
  }

  private var summary: String? {
    if required.isEmpty, findings.isEmpty {
      return isOfDiff ? "This diff calls for no check that is a must." : "No item of the body is a must."
    }
    guard !required.isEmpty else { return nil }
    let items = Wording.count(required.count, "required item", "required items")
    return answered == required.count
      ? "\(items), all answered." : "\(items), \(answered) answered, \(required.count - answered) not."
  }

  private func place(_ line: Int?) -> String { Self.safe(name) + (line.map { ":\($0)" } ?? "") }

  public var json: JSON {
    .object([
      "body": .string(name), "required": .number(Decimal(required.count)), "answered": .number(Decimal(answered)),
      "findings": .array(
        findings.map { finding in
          .object([
            "kind": .string(finding.kind.rawValue), "id": finding.item.map { .string($0.id) } ?? .null,
            "line": Self.number(finding.line), "message": .string(finding.message),
            "remedy": .string(finding.remedy), "paste": finding.paste.map(JSON.string) ?? .null,
          ])
        }),
      "remarks": .array(
        remarks.map {
          .object(["id": .string($0.id), "line": Self.number($0.line), "text": .string($0.text)])
        }), "items": .array(entries.map(Self.json)),
      "unseen": .array(unseen.map(\.json)),
    ])
  }

  private static func json(_ entry: Entry) -> JSON {
    let reason: JSON = if case .notApplicable(let reason?) = entry.answer?.state { .string(reason) } else { .null }
    let answer: JSON? = entry.answer.map { answer in
      .object([
        "line": number(answer.line), "state": .string(answer.state.name), "reason": reason,
        "evidence": answer.evidence.map {
          .object(["text": .string($0.text), "attachments": .number(Decimal($0.attachments))])
        } ?? .null,
      ])
    }
    guard case .object(let members) = entry.item.json else { return .null }
    return .object(members + [.init("required", .bool(entry.isRequired)), .init("answer", answer ?? .null)])
  }

  private static func number(_ line: Int?) -> JSON { line.map { .number(Decimal($0)) } ?? .null }

  // MARK: GitHub

  /// Workflow commands, one a line: errors for findings, notices for remarks. The log's reader sees them, and the
  /// forge shows them beside the files that call for an item.
  public var gitHub: String {
    let errors = findings.map { finding in
      let file = finding.item?.places.first
      var properties = file.map { [("file", $0.file)] } ?? []
      if let line = file?.lines.first { properties.append(("line", "\(line)")) }
      properties.append(("title", finding.title))
      let text = [
        finding.line.map { "Line \($0) of the body." }, finding.paste == nil ? finding.item.map(Self.words) : nil,
        finding.remedy, finding.paste,
      ].compactMap(\.self)
      return Self.command("error", properties, text.joined(separator: "\n"))
    }
    let notices = remarks.map { remark in
      Self.command(
        "notice", [("title", remark.id)],
        "\(remark.id) \(remark.text)\(remark.line.map { " (line \($0) of the body)" } ?? "").")
    }
    return (errors + notices).map { $0 + "\n" }.joined()
  }

  private static func command(_ name: String, _ properties: [(String, String)], _ text: String) -> String {
    let named = properties.map { "\($0.0)=\(escaped($0.1, alsoEscaping: [":", ","]))" }
    return "::\(name) \(named.joined(separator: ","))::\(escaped(text, alsoEscaping: []))"
  }

  /// As the runner takes it apart again. Other control characters have no place in a log.
  private static func escaped(_ text: String, alsoEscaping more: Set<Unicode.Scalar>) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": out += "%25"
      case "\r": out += "%0D"
      case "\n": out += "%0A"
      case ":" where more.contains(scalar): out += "%3A"
      case "," where more.contains(scalar): out += "%2C"
      case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format: break
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  // MARK: GitLab

  /// A report of code quality: a list of findings and remarks with a place each. A body has no file, so the file that
  /// calls for an item stands for it, else the name of the body.
  public var gitLab: JSON {
    let name = self.name.hasPrefix("/") ? "body" : self.name
    return .array(
      findings.map { finding in
        let file = finding.item?.places.first
        return Self.quality(
          finding.kind.rawValue, severity: "major", id: finding.item?.id ?? "",
          text: "\(finding.title). \(finding.remedy)", path: file?.file ?? name,
          line: file.map { $0.lines.first ?? 1 } ?? finding.line ?? 1)
      }
        + remarks.map {
          Self.quality(
            "remark", severity: "info", id: $0.id, text: "\($0.id) \($0.text).", path: name, line: $0.line ?? 1)
        })
  }

  private static func quality(_ kind: String, severity: String, id: String, text: String, path: String, line: Int)
    -> JSON
  {
    .object([
      "description": .string(MarkdownText.plain(text)), "check_name": .string("plumbline/\(kind)"),
      "fingerprint": .string(SHA1.hex(SHA1.digest(Array("\(kind) \(id) \(path)".utf8)))),
      "severity": .string(severity),
      "location": .object(["path": .string(path), "lines": .object(["begin": .number(Decimal(line))])]),
    ])
  }

  // MARK: Text that others wrote

  /// The files that call for an item, three at the most.
  private static func files(_ item: ChecklistItem) -> String? {
    guard !item.places.isEmpty else { return nil }
    let files = item.places.map(\.file).uniqued()
    let shown = files.prefix(3).map { file in
      let lines = Set(item.places.filter { $0.file == file }.flatMap(\.lines)).sorted()
      let runs = ChecklistItem.runs(lines, dash: "-").prefix(3).joined(separator: ",")
      return safe(file) + (runs.isEmpty ? "" : ":\(runs)")
    }
    let more = files.count - shown.count
    return Wording.list(shown + (more > 0 ? [Wording.count(more, "other file", "other files")] : []))
  }

  /// What to do, and where that depends on the system, when.
  private static func words(_ item: ChecklistItem) -> String {
    let condition = item.condition.map { " If \(MarkdownText.unmarked($0))." } ?? ""
    return MarkdownText.unmarked(item.sentence) + condition
  }

  /// On one line, without what controls a terminal or is a command in a log.
  private static func safe(_ text: String) -> String {
    withoutCommands(MarkdownText.plain(text)).replacing("::", with: ": :")
  }

  /// GitHub's runner takes this for a command wherever it stands in a line of the log.
  private static func withoutCommands(_ text: String) -> String { text.replacing("##[", with: "# #[") }
}

extension BodyReview.Finding {
  /// What is wrong with what.
  var title: String { item.map { "\($0.label): \(message)" } ?? message }
}
