import SQLSyntax

extension CatalogBuilder {
  /// CREATE TABLE AS and CREATE MATERIALIZED VIEW.
  mutating func createTableAs(_ node: SyntaxNode) throws(Refusal) {
    let kind: Relation.Kind = node["objtype"].string == "OBJECT_MATVIEW" ? .materializedView : .table
    try create(
      node["into"]["rel"], kind, node["query"], named: node["into"]["colNames"].names,
      mayExist: node["if_not_exists"].isTrue)
  }

  mutating func createView(_ node: SyntaxNode) throws(Refusal) {
    let target = node["view"]
    if node["replace"].isTrue, let schema = try? schemaForCreation(target),
      let old = catalog.book[ObjectName(schema, target["relname"].string ?? "")], old.kind == .view
    {
      // Its columns stay, and new ones come behind them.
      let (columns, isKnown) = resultColumns(node["query"], named: node["aliases"].names, at: target.offset)
      let reads = self.reads(of: node["query"])
      catalog.book.change(old.name) { view in
        view.columns = columns
        view.columnsAreKnown = isKnown
        view.reads = reads
      }
      for number in reads.keys { catalog.readers.note(old.number, under: number) }
      return
    }
    try create(target, .view, node["query"], named: node["aliases"].names, mayExist: false)
  }

  private mutating func create(
    _ target: SyntaxNode, _ kind: Relation.Kind, _ query: SyntaxNode, named names: [String], mayExist: Bool
  ) throws(Refusal) {
    let name = ObjectName(try schemaForCreation(target), target["relname"].string ?? "")
    if catalog.isTaken(name) {
      if mayExist { return }
      throw Refusal("\(name) exists already", at: target.offset)
    }
    if catalog.typeBook[name] != nil { throw Refusal("there is a type \(name) already", at: target.offset) }
    if let refusal = missingRelation(in: query) { throw refusal }
    if let column = QueryColumns(catalog, type: { _ in nil }).unknownColumn(of: query["SelectStmt"]) {
      throw missing("column", nil, column, at: target.offset)
    }
    var relation = Relation(name, kind, at: place(target.offset))
    if target["relpersistence"].string == "u" { relation.persistence = .unlogged }
    if name.schema == "pg_temp" { relation.persistence = .temporary }
    (relation.columns, relation.columnsAreKnown) = resultColumns(query, named: names, at: target.offset)
    let names = Set(relation.columns.map(\.name))
    if names.count < relation.columns.count {
      throw Refusal("\(name) would have two columns of the same name", at: target.offset)
    }
    for index in relation.columns.indices { relation.columns[index].number = index + 1 }
    relation.lastColumn = relation.columns.count
    if kind == .table {
      if !relation.columnsAreKnown { note("the columns of \(name) are not known from its query", at: target.offset) }
      for column in relation.columns where column.type.base == "unknown" {
        note("the type of the column \(column.name) of \(name) is not known from its query", at: target.offset)
      }
    } else {
      relation.reads = reads(of: query)
    }
    let reads = relation.reads
    insert(relation)
    if let number = catalog.book[name]?.number {
      for read in reads.keys { catalog.readers.note(number, under: read) }
    }
  }

  /// A relation that a query reads and that is not there.
  private func missingRelation(in query: SyntaxNode) -> Refusal? {
    let nodes = query.descendants
    let common = Set(nodes.compactMap { $0.is("CommonTableExpr") ? $0["CommonTableExpr"]["ctename"].string : nil })
    for node in nodes where node.is("RangeVar") {
      let range = node["RangeVar"]
      let name = range["relname"].string ?? ""
      let schema = range["schemaname"].string
      // What PostgreSQL, its extensions or others have is not known here.
      let isOutside =
        schema.map { !catalog.hasSchema($0) && !droppedSchemas.contains($0) }
        ?? (name.hasPrefix("pg_") || common.contains(name) || name.hasSuffix("_columns") || name == "spatial_ref_sys")
      if isOutside || catalog.found(schema, name) != nil { continue }
      let refusal = missing("relation", schema, name, at: range.offset)
      if !doubt.covers(refusal.reason) { return refusal }
    }
    return nil
  }

  /// - Returns: also whether they are known.
  private func resultColumns(_ query: SyntaxNode, named names: [String], at offset: Int?) -> ([Column], Bool) {
    var copy = self
    let types = QueryColumns(catalog) { node in
      // A cast's type that is not known leaves the column's unknown.
      (try? copy.columnType(node)) ?? nil
    }
    guard query.is("SelectStmt"), let results = types.columns(of: query["SelectStmt"]) else {
      return ([], false)
    }
    let columns = QueryColumns.named(results, names).map { result in
      Column(result.name, result.type ?? ColumnType(text: "unknown", base: "unknown"), at: place(offset))
    }
    return (columns, true)
  }

  /// The columns that a query reads, by the numbers of their relations.
  private func reads(of query: SyntaxNode) -> [Int: Set<String>] {
    let nodes = query.descendants
    let common = Set(nodes.compactMap { $0.is("CommonTableExpr") ? $0["CommonTableExpr"]["ctename"].string : nil })
    var relations: [(alias: String, relation: Relation)] = []
    for node in nodes where node.is("RangeVar") {
      let range = node["RangeVar"]
      let name = range["relname"].string ?? ""
      if !range["schemaname"].isPresent, common.contains(name) { continue }
      guard let relation = catalog.relation(range["schemaname"].string, name) else { continue }
      relations.append((range["alias"]["aliasname"].string ?? name, relation))
    }
    var reads: [Int: Set<String>] = [:]
    for (_, relation) in relations { reads[relation.number] = reads[relation.number] ?? [] }
    func add(_ name: String?, of relation: Relation) {
      let columns = name.map { [$0] } ?? relation.columns.map(\.name)
      reads[relation.number]?.formUnion(columns.filter { relation.column($0) != nil })
    }
    for node in nodes {
      if node.is("ColumnRef") {
        let fields = node["ColumnRef"]["fields"]
        let names = fields.names
        let isStar = fields.elements.last?.is("A_Star") ?? false
        let qualifier = isStar ? names.last : names.count > 1 ? names[names.count - 2] : nil
        for (alias, relation) in relations where qualifier == nil || qualifier == alias {
          add(isStar ? nil : names.last, of: relation)
        }
      } else if node.is("JoinExpr") {
        for name in node["JoinExpr"]["usingClause"].names {
          for (_, relation) in relations { add(name, of: relation) }
        }
      }
    }
    return reads
  }

  /// A query by itself: SELECT INTO, and calls of functions that may do anything.
  mutating func select(_ node: SyntaxNode) throws(Refusal) {
    if node["intoClause"].isPresent {
      try create(
        node["intoClause"]["rel"], .table, statementNode, named: node["intoClause"]["colNames"].names, mayExist: false)
      return
    }
    guard !node["fromClause"].isPresent else { return }
    for element in node["targetList"].elements {
      let call = element["ResTarget"]["val"]["FuncCall"]
      let names = call["funcname"].names
      guard let name = names.last else { continue }
      let arguments = call["args"].elements
      if name == "set_config" {
        guard arguments.count == 3, arguments[0]["A_Const"]["sval"]["sval"].string == "search_path",
          arguments[1]["A_Const"].isPresent
        else { continue }
        setSearchPath(
          Self.path(arguments[1]["A_Const"]["sval"]["sval"].string ?? ""),
          isLocal: arguments[2]["A_Const"]["boolval"]["boolval"].isTrue)
      } else if !(names.count == 2 && names[0] == "pg_catalog"), !name.hasPrefix("pg_"), !Self.harmless.contains(name) {
        throw Refusal("the function \(name) may change the schema, and is not followed", isCertain: false)
      }
    }
  }

  private static let harmless: Set<String> = [
    "setval", "nextval", "currval", "lastval", "now", "version", "current_setting", "count", "max", "min", "coalesce",
    "concat", "format", "random", "gen_random_uuid", "to_regclass", "clock_timestamp", "txid_current", "lower", "upper",
    "length", "md5", "row_to_json", "json_build_object", "jsonb_build_object", "set_limit", "setseed",
  ]
}
