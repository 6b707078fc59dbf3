import KnowledgeModel
import Testing

@testable import KnowledgeBase

@Suite struct ScaffoldTests {
  private func compile(_ scaffold: Scaffold) -> KnowledgeCompiler.Result {
    let pack = KnowledgeSource(
      name: "house",
      files: [
        .init(path: "pack.yaml", text: "name: house\nversion: '1'\ntitle: House\n"),
        .init(path: scaffold.path, text: scaffold.text),
      ])
    return KnowledgeCompiler.compile([pack])
  }

  /// Each key and each passage that is left open is a finding of its own, and there is no other.
  @Test(arguments: EntryKind.allCases) func namesWhatIsOpen(_ kind: EntryKind) {
    let scaffold = Scaffold(kind: kind, id: kind == .trait ? "new_one" : "new-one", today: "2026-11-23")
    let findings = compile(scaffold).findings
    let lines = scaffold.text.split(separator: "\n", omittingEmptySubsequences: false)
    let open = lines.enumerated().filter { _, line in
      line.contains("<!-- to write: ") || line.wholeMatch(of: /[a-z-]+: (| #.*)/) != nil || line.contains(": ,")
        || line.contains(": }") || line.hasPrefix("examples: []") || line.hasPrefix("phrases: []")
        || line.hasPrefix("  - paths: []")
        || kind == .threshold && line.hasPrefix("sources: []")
    }.map { $0.offset + 1 }
    // Lists that are spelt out below their key are none, and bounds are asked for once there is a kind.
    let complete = open.filter { line in
      let key = lines[line - 1].prefix { $0 != ":" }
      return !["rules", "options", "causes", "bounds", "signs"].contains(key)
    }
    #expect(findings.map(\.line) == complete, "\(findings.map(\.text))")
    #expect(findings.allSatisfy { $0.file == "house/\(scaffold.path)" })
    #expect(!findings.contains { $0.message.contains("“”") })
  }

  @Test func ids() {
    #expect(EntryID.problem("a-b1", kind: .decision) == nil && EntryID.problem("a_b1", kind: .trait) == nil)
    #expect(EntryID.problem("Read Ratio", kind: .trait)?.remedy == "trait ids are snake_case: read_ratio")
    #expect(EntryID.problem("1_Read--Ratio_", kind: .check)?.remedy == "ids are kebab-case: read-ratio")
    for id in ["", "-", "1", "é", "a/b", "../x", "a b", "a.md", "a\nb"] {
      #expect(EntryID.problem(id, kind: .practice) != nil, "\(id)")
    }
  }
}
