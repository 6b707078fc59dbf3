/// Columns that by their name identify a row, and that nothing keeps distinct: two sign-ups at the same moment both
/// pass the application's check.
struct MissingUnique: PlainSchemaRule {
  static let id = "missing-unique"
  static let summary = "Nothing keeps the values of a column distinct that by its name identifies a row."

  private static let keys: Set = ["slug", "sku", "isbn", "uuid", "guid", "api_key", "external_id"]
  private static let accountKeys: Set = ["email", "email_address", "username", "user_name", "login", "login_name"]
  private static let accounts: Set = [
    "user", "users", "account", "accounts", "member", "members", "login", "logins", "subscriber", "subscribers",
    "admin", "admins",
  ]

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      let words = NameWords.split(table.name.name)
      let holdsAccounts = words.count <= 2 && words.last.map { Self.accounts.contains($0) } ?? false
      let referring = Set(table.foreignKeys.flatMap(\.columns))
      return table.columns.compactMap { column -> SchemaFinding? in
        let name = NameWords.snake(column.name)
        let isAccountKey = holdsAccounts && Self.accountKeys.contains(name)
        guard isAccountKey || Self.keys.contains(name), isOwn(column, of: table), !referring.contains(column.name),
          !column.type.isArray, !table.isInUniqueKey(column.name)
        else { return nil }
        // Addresses and login names are typed in any case.
        let sql = SQLWriting.name(column.name)
        let key = Self.accountKeys.contains(name) ? "lower(\(sql))" : sql
        let live = RowMark.find(in: table).flatMap { $0.isDeletion ? " WHERE \($0.liveRows)" : nil } ?? ""
        return SchemaFinding(
          rule: Self.id, severity: isAccountKey ? .warning : .note, table: table.name, columns: [column.name],
          place: column.place,
          message: "\(Wording.label(table.name)).\(Wording.name(column.name)) looks like it names one row, and nothing "
            + "keeps two rows from having the same.",
          remedy: "CREATE UNIQUE INDEX CONCURRENTLY ON \(SQLWriting.table(table.name)) (\(key))\(live);")
      }
    }
  }
}
