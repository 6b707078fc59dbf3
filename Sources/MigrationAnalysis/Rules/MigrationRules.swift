/// The rules, in the order in which findings of one place stand.
public enum MigrationRules {
  /// A rule as lists show it.
  public struct Entry: Sendable, Hashable {
    public let id: String
    public let summary: String
  }

  static let all: [any MigrationRule.Type] = [
    AddingRequiredField.self,
    AddingFieldWithDefault.self,
    AddingNotNullableField.self,
    AddingSerialPrimaryKeyField.self,
    AddingForeignKeyConstraint.self,
    ConstraintMissingNotValid.self,
    DisallowedUniqueConstraint.self,
    ChangingColumnType.self,
    RenamingColumn.self,
    RenamingTable.self,
    RenamingObject.self,
    RequireConcurrentIndexCreation.self,
    RequireConcurrentIndexDeletion.self,
    RequireConcurrentReindex.self,
    RequireConcurrentPartitionDetach.self,
    BanConcurrentIndexCreationInTransaction.self,
    RefusedInTransaction.self,
    ConcurrentIndexOnPartitionedTable.self,
    InvalidIndexCleanUp.self,
    BanDropColumn.self,
    BanDropTable.self,
    BanDropDatabase.self,
    BanDropNotNull.self,
    BanTruncateCascade.self,
    OnlineSchemaChange.self,
    TransactionNesting.self,
    BanUncommittedTransaction.self,
    LocalSettingOutsideTransaction.self,
    RequireLockTimeout.self,
    RequireStatementTimeout.self,
  ]

  /// All that findings can be named by, in the order of the alphabet.
  public static let entries: [Entry] =
    (all.map { Entry(id: $0.id, summary: $0.summary) } + [
      Entry(id: SilenceRules.withoutReason, summary: "A comment that silences a rule says why."),
      Entry(id: SilenceRules.unknown, summary: "A comment silences a rule that exists."),
      Entry(id: SilenceRules.unused, summary: "A comment silences something."),
    ] + SequenceRule.allCases.map { Entry(id: $0.rawValue, summary: $0.summary) }).sorted { $0.id < $1.id }

  static let names = entries.map(\.id)
}
