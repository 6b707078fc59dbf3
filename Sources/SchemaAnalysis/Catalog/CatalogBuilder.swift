public import SQLSyntax

/// Follows statements one after another, as PostgreSQL would, without a database.
public struct CatalogBuilder: Sendable {
  public internal(set) var catalog: Catalog

  /// What was passed over and later statements may speak of.
  var doubt = Doubt()
  /// Where the search for a free name goes on.
  var searched: [ObjectName: Int] = [:]
  /// The types that columns had so far.
  var types: Set<ColumnType> = []
  var levels: [Level] = []
  /// Where the transaction that is open was begun.
  var transactionPlace: SQLPlace?
  /// Schemas that statements dropped.
  var droppedSchemas: Set<String> = []
  /// What the session's search path will be after the transaction.
  var sessionPath: [String]

  // What is being applied.
  var text = SQLText(name: "", "")
  var file = 0
  var statement = 0..<0
  var notes: [Unfollowed] = []
  var statementNode = SyntaxNode.absent

  public init(_ catalog: Catalog = Catalog()) {
    self.catalog = catalog
    sessionPath = catalog.searchPath
  }

  /// Whether a statement can change the catalogue, told by its first words; others need not be parsed.
  public static func matters(_ statement: SQLStatement) -> Bool {
    let words = statement.words
    guard let first = words.first else { return false }
    let second = words.count > 1 ? words[1] : ""
    switch first {
    case "select", "with", "do", "call", "execute", "import", "begin", "start", "commit", "end", "abort", "rollback",
      "savepoint", "release", "discard":
      return true
    case "set": return ["search_path", "local", "session", "schema", "time"].contains(second)
    case "reset": return second == "search_path" || second == "all"
    case "prepare": return second == "transaction"
    case "create" where second == "or":
      // Views and what is not known: CREATE OR REPLACE.
      return !kept.contains(words.count > 3 ? words[3] : "")
    case "create", "alter", "drop": return !kept.contains(second)
    // What is no command of SQL is parsed as well, so that it is reported.
    default: return !data.contains(first)
    }
  }

  /// What can be created, altered and dropped without a change of a relation or type.
  private static let kept: Set = [
    "access", "aggregate", "cast", "collation", "constraint", "conversion", "database", "default", "event", "function",
    "group", "language", "large", "operator", "policy", "procedural", "procedure", "publication", "role", "routine",
    "rule", "server", "statistics", "subscription", "system", "tablespace", "text", "transform", "trigger", "trusted",
    "user",
  ]

  /// Commands that read, write or describe rows, or only concern the session and its rights.
  private static let data: Set = [
    "analyse", "analyze", "checkpoint", "close", "cluster", "comment", "copy", "deallocate", "declare", "delete",
    "explain", "fetch", "grant", "insert", "listen", "load", "lock", "merge", "move", "notify", "reassign", "refresh",
    "reindex", "revoke", "security", "show", "table", "truncate", "unlisten", "update", "vacuum", "values",
  ]

  /// Applies a statement.
  /// - Parameter file: the index of the text in the input.
  /// - Returns: what could not be followed; the catalogue is then as if that part had not been there.
  public mutating func apply(_ parsed: ParsedStatement, of text: SQLText, file: Int) -> [Unfollowed] {
    self.text = text
    self.file = file
    statement = parsed.statement.range
    notes = []
    switch parsed.outcome {
    case .failed(let failure):
      doubt.add(text.bytes[statement])
      return [Unfollowed("not parsed: \(failure.message)", at: SQLPlace(text: file, offset: failure.offset))]
    case .tree(let node):
      do throws(Refusal) {
        try follow(node)
      } catch {
        let isRefused = error.isCertain && !doubt.covers(error.reason)
        notes = [Unfollowed(error.reason, at: place(error.offset), isRefused: isRefused)]
        if node.is("DoStmt") { doubt.add(text.bytes[statement]) } else if !error.isCertain { doubt.isOpen = true }
      }
      return notes
    }
  }

  private mutating func follow(_ node: SyntaxNode) throws(Refusal) {
    let inner = node.inner
    switch node.kind ?? "" {
    case "CreateStmt": try whole { (builder: inout Self) throws(Refusal) in try builder.createTable(inner, .table) }
    case "CreateForeignTableStmt":
      try whole { (builder: inout Self) throws(Refusal) in try builder.createTable(inner["base"], .foreignTable) }
    case "IndexStmt": try whole { (builder: inout Self) throws(Refusal) in try builder.createIndex(inner) }
    case "AlterTableStmt": try alterTable(inner)
    case "RenameStmt": try whole { (builder: inout Self) throws(Refusal) in try builder.rename(inner) }
    case "AlterObjectSchemaStmt": try whole { (builder: inout Self) throws(Refusal) in try builder.setSchema(inner) }
    case "DropStmt": try whole { (builder: inout Self) throws(Refusal) in try builder.drop(inner) }
    case "DropOwnedStmt": throw Refusal("DROP OWNED is not followed: who owns what is not known", isCertain: false)
    case "ViewStmt": try createView(inner)
    case "CreateTableAsStmt": try createTableAs(inner)
    case "SelectStmt":
      statementNode = node
      try select(inner)
    case "CreateSchemaStmt": try whole { (builder: inout Self) throws(Refusal) in try builder.createSchema(inner) }
    case "CreateSeqStmt": try createSequence(inner)
    case "AlterSeqStmt": try alterSequence(inner)
    case "CreateEnumStmt", "CreateDomainStmt", "CompositeTypeStmt", "CreateRangeStmt", "DefineStmt":
      try createType(node)
    case "AlterEnumStmt": try alterEnum(inner)
    case "AlterDomainStmt": try alterDomain(inner)
    case "CreateExtensionStmt": try createExtension(inner)
    case "VariableSetStmt": setVariable(inner)
    case "DiscardStmt": if inner["target"].string == "DISCARD_ALL" { setSearchPath(["public"], isLocal: false) }
    case "TransactionStmt": transaction(inner)
    case "DoStmt": throw Refusal("a DO block runs code that is not followed", isCertain: false)
    case "CallStmt": throw Refusal("a procedure may change the schema, and is not followed", isCertain: false)
    case "ExecuteStmt": throw Refusal("a prepared statement is not followed", isCertain: false)
    case "ImportForeignSchemaStmt":
      throw Refusal("what IMPORT FOREIGN SCHEMA creates is not known", isCertain: false)
    default: break
    }
  }

  /// Does all of something, or nothing of it.
  mutating func whole(_ body: (inout Self) throws(Refusal) -> Void) throws(Refusal) {
    begin(.statement)
    do throws(Refusal) {
      try body(&self)
      commit()
    } catch {
      rollBack()
      throw error
    }
  }

  func place(_ offset: Int?) -> SQLPlace { SQLPlace(text: file, offset: offset ?? statement.lowerBound) }

  /// Says that a part was passed over.
  mutating func note(_ reason: String, at offset: Int? = nil) { notes.append(Unfollowed(reason, at: place(offset))) }

  /// Whether a table or type has so many of something that more are not followed. Each change copies them all; what people
  /// write has far fewer.
  mutating func isFull(
    _ count: Int, _ what: String, of name: ObjectName, atMost most: Int = 2_000, at offset: Int?
  ) -> Bool {
    guard count >= most else { return false }
    note("\(name) has \(most) \(what); more of them are not followed", at: offset)
    return true
  }

  var source: SourceText { SourceText(text: text, end: statement.upperBound) }
}
