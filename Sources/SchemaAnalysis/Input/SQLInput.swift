public import SQLSyntax

/// A part of a text.
public struct SQLSection: Sendable, Hashable {
  /// The index of the text in the input.
  public let text: Int
  public let range: Range<Int>

  public init(text: Int, range: Range<Int>) {
    self.text = text
    self.range = range
  }
}

/// What one migration does and how it is undone. A file that is no migration is one that only does.
public struct MigrationStep: Sendable, Hashable {
  /// How the tool runs it.
  public enum Transaction: Sendable, Hashable {
    /// The tool opens a transaction around all of it.
    case wrapped
    /// Each statement commits by itself, unless the file says BEGIN.
    case none
    /// All statements go to the server in one message, which is one transaction unless the file says BEGIN.
    case oneMessage
    /// It is not known by which tool it runs.
    case unknown
  }

  /// The version and name, as the tool has it.
  public let name: String
  public let up: [SQLSection]
  /// Nil where there is none.
  public let down: [SQLSection]?
  public let transaction: Transaction

  public init(name: String, up: [SQLSection], down: [SQLSection]?, transaction: Transaction) {
    self.name = name
    self.up = up
    self.down = down
    self.transaction = transaction
  }
}

/// The tools whose migrations are known by their layout or marks.
public enum MigrationTool: String, Sendable, CaseIterable {
  case atlas, dbmate, diesel, drizzle, flyway
  case golangMigrate = "golang-migrate"
  case goose, liquibase
  case nodePgMigrate = "node-pg-migrate"
  /// Files in the order of their numbers or names; by which tool they run is not known.
  case plain
  case play, prisma, rails
  case sqlMigrate = "sql-migrate"
  case sqitch, sqlx, tern
}

/// The SQL that a person named, in the order in which it runs.
public struct SQLInput: Sendable {
  public var texts: [SQLText]
  public var steps: [MigrationStep]
  /// Nil where files were named one by one and no tool's marks were found.
  public var tool: MigrationTool?
  /// What was left out of a folder, or could not be read as was meant.
  public var remarks: [Remark]

  public struct Remark: Sendable, Hashable {
    public let file: String
    public let message: String

    public init(_ file: String, _ message: String) {
      self.file = file
      self.message = message
    }
  }

  public init(texts: [SQLText], steps: [MigrationStep], tool: MigrationTool? = nil, remarks: [Remark] = []) {
    self.texts = texts
    self.steps = steps
    self.tool = tool
    self.remarks = remarks
  }

  /// Texts that run one after another, each whole.
  public init(_ texts: [SQLText]) {
    self.init(
      texts: texts,
      steps: texts.enumerated().map { index, text in
        MigrationStep(
          name: text.name, up: [SQLSection(text: index, range: text.bytes.indices)], down: nil, transaction: .unknown)
      })
  }
}
