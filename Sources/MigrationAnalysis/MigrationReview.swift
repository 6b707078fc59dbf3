public import SchemaAnalysis

/// What is unsafe in a set of migrations.
public struct MigrationReview: Sendable {
  public let input: SQLInput
  public let findings: [MigrationFinding]
  /// Statements that could not be parsed or followed.
  public let unfollowed: [Unfollowed]

  public init(_ input: SQLInput, _ settings: MigrationSettings) {
    self.input = input
    findings = []
    unfollowed = []
  }
}
