import SQLSyntax
import SchemaAnalysis

/// Where a migration stands between BEGIN and COMMIT, and what it set.
struct TransactionState: Sendable {
  /// What its tool opened around it.
  private var isAround: Bool?
  private(set) var isExplicit = false
  /// Whether a transaction that the tool opened is still open: there BEGIN has no effect.
  private var isTools: Bool
  private var lockTimeout = Setting()
  private var statementTimeout = Setting()

  /// - Parameter statements: how many the migration has; several in one message are one transaction.
  init(_ transaction: MigrationStep.Transaction, statements: Int) {
    isTools = transaction == .wrapped
    isAround =
      switch transaction {
      case .wrapped: true
      case .oneMessage: statements > 1
      case .none: false
      case .unknown: nil
      }
  }

  var isInside: Bool? { isExplicit ? true : isAround }
  var lockTimeoutIsSet: Bool { lockTimeout.isSet }
  var statementTimeoutIsSet: Bool { statementTimeout.isSet }
  /// Whether anything was said of it, be it that there is none.
  var lockTimeoutIsStated: Bool { lockTimeout.isStated }
  var statementTimeoutIsStated: Bool { statementTimeout.isStated }

  private struct Setting {
    /// Nil where nothing is said.
    var session: Bool?
    var local: Bool?
    var isSet: Bool { local ?? session ?? false }
    var isStated: Bool { (local ?? session) != nil }

    mutating func set(_ value: Bool?, isLocal: Bool, isInside: Bool) {
      if isLocal {
        // Outside a transaction SET LOCAL has no effect.
        if isInside { local = value }
      } else {
        session = value
        local = nil
      }
    }
  }

  /// - Returns: whether a transaction began or ended.
  mutating func follow(_ node: SyntaxNode) -> Bool {
    if node.is("TransactionStmt") { return follow(transaction: node["TransactionStmt"]) }
    if node.is("VariableSetStmt") { follow(set: node["VariableSetStmt"]) }
    if node.is("SelectStmt") {
      for target in node["SelectStmt"]["targetList"].elements { follow(call: target["ResTarget"]["val"]["FuncCall"]) }
    }
    return false
  }

  private mutating func follow(transaction: SyntaxNode) -> Bool {
    switch transaction["kind"].string {
    case "TRANS_STMT_BEGIN", "TRANS_STMT_START": isExplicit = !isTools
    case "TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_PREPARE":
      if transaction["chain"].isTrue { break }
      // The transaction that the tool opened ends with the first COMMIT, whoever wrote it.
      if isAround == true { isAround = false }
      isTools = false
      isExplicit = false
      lockTimeout.local = nil
      statementTimeout.local = nil
    default: return false
    }
    return true
  }

  private mutating func follow(set: SyntaxNode) {
    switch set["kind"].string {
    case "VAR_RESET_ALL":
      lockTimeout = Setting()
      statementTimeout = Setting()
    case "VAR_SET_VALUE", "VAR_SET_DEFAULT", "VAR_RESET", "VAR_SET_CURRENT":
      let value = set["args"].elements.first?["A_Const"] ?? .absent
      // Back to what the role or the server has, which is not known.
      let isOn = set["kind"].string == "VAR_SET_VALUE" ? Self.isOn(value) : nil
      change(set["name"].string ?? "", isOn, isLocal: set["is_local"].isTrue)
    default: break
    }
  }

  private mutating func follow(call: SyntaxNode) {
    guard call["funcname"].names.last == "set_config" else { return }
    let arguments = call["args"].elements.map { $0["A_Const"] }
    guard arguments.count == 3 else { return }
    change(
      arguments[0]["sval"]["sval"].string ?? "", Self.isOn(arguments[1]),
      isLocal: arguments[2]["boolval"]["boolval"].isTrue)
  }

  private mutating func change(_ name: String, _ isOn: Bool?, isLocal: Bool) {
    // Where the transaction is not known, a tool is likely to open one around SET LOCAL.
    let isInside = isInside ?? true
    switch name.lowercased() {
    case "lock_timeout": lockTimeout.set(isOn, isLocal: isLocal, isInside: isInside)
    case "statement_timeout": statementTimeout.set(isOn, isLocal: isLocal, isInside: isInside)
    default: break
    }
  }

  /// A timeout of 0 is none.
  private static func isOn(_ value: SyntaxNode) -> Bool {
    if let text = value["sval"]["sval"].string {
      return text.unicodeScalars.contains { ("1"..."9").contains($0) }
    }
    // PostgreSQL leaves out a zero.
    return (value["ival"]["ival"].integer ?? 0) > 0 || value["fval"].isPresent
  }
}
