import SQLSyntax

/// The catalogue after all statements of an input, in order.
public struct SchemaModel: Sendable {
  public let catalog: Catalog
  /// What could not be parsed or followed, in order.
  public let unfollowed: [Unfollowed]
  /// Statements of the parts that were applied.
  public let statementCount: Int
  /// Those of them that cannot change the catalogue, and so were not parsed.
  public let skippedCount: Int

  public init(_ input: SQLInput) {
    var builder = CatalogBuilder()
    var unfollowed: [Unfollowed] = []
    var statements = 0
    var skipped = 0
    for step in input.steps {
      // One that PostgreSQL refuses takes its migration with it, as the tool would undo it.
      let isWhole = step.transaction == .wrapped || step.transaction == .oneMessage
      if isWhole { builder.beginStep() }
      var isRefused = false
      for section in step.up where input.texts.indices.contains(section.text) {
        let text = input.texts[section.text]
        let isNeeded = { (statement: SQLStatement) in
          statements += 1
          let matters = CatalogBuilder.matters(statement)
          if !matters { skipped += 1 }
          return matters
        }
        SQLParser.parse(text, in: section.range, where: isNeeded) { parsed in
          let found = builder.apply(parsed, of: text, file: section.text)
          unfollowed += found
          isRefused = isRefused || found.contains(where: \.isRefused)
          return !(isRefused && isWhole)
        }
        if isRefused, isWhole {
          if let last = unfollowed.popLast() {
            let reason = "\(last.reason); so the whole migration is undone"
            unfollowed.append(Unfollowed(reason, at: last.place, isRefused: true))
          }
          break
        }
      }
      if isWhole { builder.endStep(keeping: !isRefused) }
      unfollowed += builder.endSession()
    }
    catalog = builder.catalog
    self.unfollowed = unfollowed
    statementCount = statements
    skippedCount = skipped
  }
}
