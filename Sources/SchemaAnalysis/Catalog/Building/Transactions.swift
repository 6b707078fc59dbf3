import SQLSyntax

extension CatalogBuilder {
  /// What can be undone as a whole.
  struct Level: Sendable {
    enum Kind: Sendable, Hashable { case step, transaction, savepoint(String), statement }

    let kind: Kind
    let searchPath: [String]
    let sessionPath: [String]
  }

  /// Begins what either happens as a whole or not at all, as a migration that its tool wraps in a transaction.
  public mutating func beginStep() { begin(.step) }

  /// Ends the step that was begun, if its text has not done so.
  /// - Parameter keeping: false undoes all that it did, but for what its text committed.
  public mutating func endStep(keeping: Bool) {
    guard let index = levels.lastIndex(where: { $0.kind == .step }) else { return }
    while levels.count > index { if keeping { commit() } else { rollBack() } }
    if keeping { catalog.searchPath = sessionPath }
  }

  /// The session ends, as behind a file: what its transaction did is undone if it is not committed, and the search path
  /// is the usual one again.
  /// - Returns: what is to be said of that.
  public mutating func endSession() -> [Unfollowed] {
    var found: [Unfollowed] = []
    if let open = levels.firstIndex(where: { $0.kind == .transaction }) {
      while levels.count > open { rollBack() }
      if let place = transactionPlace {
        found.append(Unfollowed("the transaction that begins here is not committed, and so is undone", at: place))
      }
    }
    setSearchPath(["public"], isLocal: false)
    return found
  }

  mutating func begin(_ kind: Level.Kind) {
    levels.append(
      Level(kind: kind, searchPath: catalog.searchPath, sessionPath: sessionPath))
    catalog.begin()
  }

  mutating func commit() {
    guard levels.popLast() != nil else { return }
    catalog.commit()
  }

  mutating func rollBack() {
    guard let level = levels.popLast() else { return }
    catalog.rollBack()
    catalog.searchPath = level.searchPath
    sessionPath = level.sessionPath
    searched.removeAll(keepingCapacity: true)
  }

  var isInTransaction: Bool { levels.contains { $0.kind == .transaction || $0.kind == .step } }

  mutating func transaction(_ node: SyntaxNode) {
    // Looked for only where they are needed: there may be very many savepoints.
    var open: Int? { levels.firstIndex { $0.kind == .transaction } }
    let name = node["savepoint_name"].string ?? ""
    var savepoint: Int? { levels.lastIndex { $0.kind == .savepoint(name) } }
    switch node["kind"].string {
    case "TRANS_STMT_BEGIN", "TRANS_STMT_START":
      if !isInTransaction {
        begin(.transaction)
        transactionPlace = place(nil)
      }
    case "TRANS_STMT_COMMIT", "TRANS_STMT_PREPARE":
      guard let open = open else {
        // Within a step this ends the transaction that the tool has opened.
        if let step = levels.lastIndex(where: { $0.kind == .step }) {
          while levels.count > step { commit() }
          catalog.searchPath = sessionPath
        }
        return
      }
      while levels.count > open { commit() }
      catalog.searchPath = sessionPath
      if node["chain"].isTrue { begin(.transaction) }
    case "TRANS_STMT_ROLLBACK":
      if let open = open {
        while levels.count > open { rollBack() }
        if node["chain"].isTrue { begin(.transaction) }
      } else if let step = levels.lastIndex(where: { $0.kind == .step }) {
        while levels.count > step { rollBack() }
      }
    case "TRANS_STMT_SAVEPOINT": if isInTransaction { begin(.savepoint(name)) }
    case "TRANS_STMT_RELEASE": if let savepoint = savepoint { while levels.count > savepoint { commit() } }
    case "TRANS_STMT_ROLLBACK_TO":
      if let savepoint = savepoint {
        while levels.count > savepoint { rollBack() }
        begin(.savepoint(name))
      }
    default: break
    }
  }
}

extension Catalog {
  mutating func begin() {
    schemaBook.begin()
    book.begin()
    typeBook.begin()
    others.begin()
    names.begin()
    children.begin()
    constraintNames.begin()
    composites.begin()
    owned.begin()
    extensions.begin()
  }

  mutating func commit() {
    schemaBook.commit()
    book.commit()
    typeBook.commit()
    others.commit()
    names.commit()
    children.commit()
    constraintNames.commit()
    composites.commit()
    owned.commit()
    extensions.commit()
  }

  mutating func rollBack() {
    schemaBook.rollBack()
    book.rollBack()
    typeBook.rollBack()
    others.rollBack()
    names.rollBack()
    children.rollBack()
    constraintNames.rollBack()
    composites.rollBack()
    owned.rollBack()
    extensions.rollBack()
  }
}
