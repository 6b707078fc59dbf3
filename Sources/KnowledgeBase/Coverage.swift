public import KnowledgeModel

/// Which entries encode which statement and atom of the guide.
public struct Coverage: Sendable {
  public struct Line: Sendable, Hashable {
    public var id: String
    public var gist: String
    public var entries: [String]
  }

  public var statements: [Line]
  public var atoms: [Line]

  public init(_ knowledge: Knowledge) {
    var entriesByNumber: [String: [String]] = [:]
    for entry in knowledge.entries {
      for number in entry.guide { entriesByNumber[number, default: []].append(entry.id) }
    }
    // An entry that names a statement encodes all its atoms; one that names an atom encodes its statement in part.
    statements = knowledge.statements.map { statement in
      let ids = ([statement.id] + statement.atoms).flatMap { entriesByNumber[$0] ?? [] }
      return Line(id: statement.id, gist: statement.gist, entries: ids.uniqued().sorted())
    }
    atoms = knowledge.statements.flatMap { statement in
      statement.atoms.map { atom in
        let ids = (entriesByNumber[atom] ?? []) + (entriesByNumber[statement.id] ?? [])
        return Line(id: atom, gist: statement.gist, entries: ids.uniqued().sorted())
      }
    }
    atoms =
      knowledge.overviewAtoms.map {
        Line(id: $0, gist: "Scope of the guide", entries: (entriesByNumber[$0] ?? []).sorted())
      } + atoms
  }
}
