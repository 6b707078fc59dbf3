import SchemaAnalysis

/// What replaces what over a sequence of migrations: the phases of a rename.
struct RenameHistory: Sendable {
  /// The step that added a column.
  private var added: [ObjectName: [String: Int]] = [:]
  /// Of a column those that it was filled from, and the step that did it last.
  private var filled: [ObjectName: [String: [String: Int]]] = [:]

  struct Finding {
    let severity: Severity
    let fact: StatementFact
    let message: String
    let remedy: String
    let table: ObjectName
    let fix: [String]
  }

  private static let remedy =
    "take a step for each phase: add the new one, let the code write both, fill it in batches, move the reads, and drop the old one a release after its last reader"

  mutating func record(_ step: FollowedStep) {
    for fact in step.facts {
      switch fact.kind {
      case .addColumn(let table, let column): added[table, default: [:]][column.name] = step.index
      case .update(let table, let sets, _):
        for (column, sources) in sets {
          for source in sources where source != column {
            filled[table, default: [:]][column, default: [:]][source] = step.index
          }
        }
      case .renameTable(let old, let new):
        added[new] = added.removeValue(forKey: old)
        filled[new] = filled.removeValue(forKey: old)
      case .renameColumn(let table, let old, let new):
        if let step = added[table]?.removeValue(forKey: old) { added[table]?[new] = step }
        if let sources = filled[table]?.removeValue(forKey: old) { filled[table]?[new] = sources }
      default: break
      }
    }
  }

  /// - Parameter step: one that is recorded.
  func findings(_ step: FollowedStep) -> [Finding] {
    var findings: [Finding] = []
    for fact in step.facts {
      switch fact.kind {
      case .dropColumn(let table, let old, let type) where fact.origin != .step:
        if let finding = column(old, type, of: table, fact, step) { findings.append(finding) }
      case .dropTable(let table) where fact.origin != .step:
        if let finding = self.table(table, fact, step) { findings.append(finding) }
      default: break
      }
    }
    return findings
  }

  private func column(
    _ old: String, _ type: ColumnType, of table: ObjectName, _ fact: StatementFact, _ step: FollowedStep
  ) -> Finding? {
    let new = added[table] ?? [:]
    let name = "\(table).\(old)"
    // Evidence first: a column that was computed from the old one.
    let sources = (filled[table] ?? [:]).filter { $0.value[old] != nil }
    if let (replacement, from) = sources.sorted(by: { $0.key < $1.key }).first {
      if new[replacement] == step.index {
        return finding(
          .warning, fact, table,
          "one migration adds \(replacement), fills it from \(old) and drops \(name): code that still uses the old name fails, and what it writes meanwhile is lost",
          phases(old, replacement, table, isFilled: true))
      }
      if from[old] == step.index {
        return finding(
          .warning, fact, table,
          "one migration fills \(replacement) from \(old) and drops \(name): whether both agree was never looked at, and what running code writes to \(old) meanwhile is lost",
          phases(old, replacement, table, isFilled: true))
      }
      return nil
    }
    if let similar = new.keys.sorted().first(where: { Self.isSuccessor($0, of: old) }) {
      let isNow = new[similar] == step.index
      return finding(
        isNow ? .warning : .note, fact, table,
        isNow
          ? "one migration adds \(similar) and drops \(name) without copying its values"
          : "\(name) is dropped, and no migration of the set fills \(similar) from it; whether a job did cannot be told",
        isNow ? phases(old, similar, table, isFilled: false) : [])
    }
    // What tools write that compare two schemas: a rename as one column less and one more.
    let here = step.facts.compactMap { fact -> Column? in
      if case .addColumn(table, let column) = fact.kind { column } else { nil }
    }
    let dropped = step.facts.count { if case .dropColumn(table, _, _) = $0.kind { true } else { false } }
    guard here.count == 1, dropped == 1, let other = here.first else { return nil }
    if other.name == old {
      return finding(
        .warning, fact, table,
        "one migration drops \(name) and adds it again as \(other.type.text): its values are lost", [])
    }
    guard other.type == type else { return nil }
    return finding(
      .warning, fact, table,
      // Whether it is one cannot be told, and so there is no sequence to copy.
      "one migration drops \(name) and adds \(other.name) of the same type: if that is a rename, its values are lost",
      [])
  }

  private func table(
    _ old: ObjectName, _ fact: StatementFact, _ step: FollowedStep
  ) -> Finding? {
    for other in step.facts {
      guard case .copy(let new, let sources) = other.kind, sources.contains(where: { $0.table == old }), new != old
      else { continue }
      return finding(
        .warning, fact, old,
        "one migration copies the rows of \(old) into \(new) and drops it: code that still uses the old table fails, and what it writes meanwhile is lost",
        [])
    }
    return nil
  }

  private func finding(
    _ severity: Severity, _ fact: StatementFact, _ table: ObjectName, _ message: String, _ fix: [String]
  ) -> Finding {
    Finding(
      severity: severity, fact: fact, message: message,
      remedy: severity == .note ? "make sure that both agree before the old one is dropped" : Self.remedy,
      table: table, fix: fix)
  }

  /// Names that say that one column takes the other's place.
  private static func isSuccessor(_ new: String, of old: String) -> Bool {
    if new == old { return false }
    for affix in ["new", "v2", "2", "tmp", "temp", "next", "bigint", "uuid", "text"] {
      if new == "\(old)_\(affix)" || new == "\(affix)_\(old)" || new == "\(old)\(affix)" { return true }
    }
    return ["old", "legacy", "deprecated"].contains { old == "\(new)_\($0)" || old == "\($0)_\(new)" }
  }

  /// What takes the place of dropping the old column here and now. Adding the new one is safe where it stands.
  private func phases(_ old: String, _ new: String, _ name: ObjectName, isFilled: Bool) -> [String] {
    let (table, from, to) = (SQLName.quoted(name), SQLName.quoted(old), SQLName.quoted(new))
    let fill =
      "-- once the code writes both columns; in batches that commit each, until no row is left\nUPDATE \(table) SET \(to) = \(from) WHERE \(to) IS DISTINCT FROM \(from)"
    let drop =
      "-- a release after the last reader of \(from), and where both columns agree in all rows\nALTER TABLE \(table) DROP COLUMN \(from)"
    return isFilled ? [drop] : [fill, drop]
  }
}
