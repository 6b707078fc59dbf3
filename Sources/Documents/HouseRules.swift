internal import DecisionEngine
internal import KnowledgeModel
internal import TextFormats

/// What packs changed or added: every document names it.
struct HouseRules {
  let knowledge: Knowledge
  let wording: Wording

  init(_ wording: Wording) {
    knowledge = wording.knowledge
    self.wording = wording
  }

  /// One sentence for each pack that did anything; nil without packs.
  var text: String? {
    let sentences = knowledge.packs.dropFirst().compactMap(sentence)
    return sentences.isEmpty ? nil : "House rules: " + sentences.joined(separator: " ")
  }

  var json: JSON {
    .array(
      changed.map { entry, override in
        .object(["entry": .string(entry.id), "pack": .string(override.pack), "keys": .strings(override.keys)])
      })
  }

  private var changed: [(entry: Entry, override: Entry.Override)] {
    knowledge.entries.compactMap { entry in entry.override.map { (entry, $0) } }
  }

  private func sentence(_ pack: PackStamp) -> String? {
    let changes = changed.filter { $0.override.pack == pack.name }.map { entry, override in
      // A figure is said; of other entries it is enough which part was changed.
      if let threshold = knowledge.threshold(entry.id), override.keys.contains("value") {
        return "\(wording.id(entry.id)) to \(QuantityText.text(threshold.quantity(in: wording.assessment.mode)))"
      }
      return "\(wording.id(entry.id)) (\(override.keys.joined(separator: ", ")))"
    }
    let added = knowledge.entries.filter { $0.pack == pack.name }.map { wording.id($0.id) }
    let parts =
      (changes.isEmpty ? [] : ["changes \(Wording.list(changes))"])
      + (added.isEmpty ? [] : ["adds \(Wording.list(added))"])
    return parts.isEmpty
      ? nil : "the pack \(wording.id(pack.name)) \(pack.version) \(parts.joined(separator: " and "))."
  }
}

extension Assessment {
  /// Said wherever outcomes are, since their figures are PostgreSQL's.
  var engineCaution: String? {
    guard let reading = reading("database_engine"), reading.state != .choice(["postgresql"]) else { return nil }
    return
      "The database decisions use PostgreSQL's figures and names; for what another engine changes, see each decision "
      + "(plumbline explain FILE DECISION)."
  }
}
