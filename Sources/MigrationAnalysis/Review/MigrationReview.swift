public import SchemaAnalysis

/// What is unsafe in a set of migrations.
public struct MigrationReview: Sendable {
  /// A finding that a comment silenced, and why.
  public struct Silenced: Sendable, Hashable {
    public let finding: MigrationFinding
    /// Nil where the comment gives none.
    public let reason: String?
  }

  public let input: SQLInput
  /// In order of place.
  public let findings: [MigrationFinding]
  /// In order of place.
  public let silenced: [Silenced]
  /// Statements that could not be parsed or followed.
  public let unfollowed: [Unfollowed]
  /// What a database would hold after the last step.
  public let catalog: Catalog

  public init(_ input: SQLInput, _ settings: MigrationSettings) {
    self.input = input
    var walk = ReviewWalk(input, settings)
    for index in input.steps.indices { walk.step(index) }
    walk.finish()
    findings = walk.findings.enumerated().sorted {
      ($0.element.place.text, $0.element.place.offset, $0.offset)
        < ($1.element.place.text, $1.element.place.offset, $1.offset)
    }.map(\.element)
    silenced = walk.silenced
    unfollowed = walk.unfollowed
    catalog = walk.builder.catalog
  }
}
