import SQLSyntax

/// What a query's result looks like, as far as that can be told without PostgreSQL's functions and operators.
struct QueryColumns {
  struct Result {
    let name: String
    /// Nil where it is not known.
    let type: ColumnType?
  }

  /// A name that a query's FROM brings.
  private struct Source {
    let name: String
    let relation: Relation?
    /// Nil where they are not known.
    let columns: [Result]?
  }

  let catalog: Catalog
  /// Resolves a type's name.
  let type: (SyntaxNode) -> ColumnType?
  private var common: [String: [Result]?] = [:]

  init(_ catalog: Catalog, type: @escaping (SyntaxNode) -> ColumnType?) {
    self.catalog = catalog
    self.type = type
  }

  /// - Parameters:
  ///   - node: what a query's node holds, as `SelectStmt`.
  ///   - depth: how deep this is in other queries.
  /// - Returns: nil where the columns are not known.
  func columns(of node: SyntaxNode, depth: Int = 0) -> [Result]? {
    guard depth < 50 else { return nil }
    var scope = self
    for element in node["withClause"]["ctes"].elements {
      let expression = element["CommonTableExpr"]
      let name = expression["ctename"].string ?? ""
      let query = expression["ctequery"]["SelectStmt"]
      // A query may speak of itself: what it begins with tells the columns.
      let columns = query.isPresent ? scope.columns(of: query, depth: depth + 1) : nil
      scope.common.updateValue(
        columns.map { Self.named($0, expression["aliascolnames"].names) }, forKey: name)
    }
    if node["larg"].isPresent {
      var left = node
      var levels = 0
      while left["larg"].isPresent, levels < 1_000 {
        left = left["larg"]
        levels += 1
      }
      return scope.columns(of: left, depth: depth + 1)
    }
    if let row = node["valuesLists"].elements.first {
      return row["List"]["items"].elements.enumerated().map { index, value in
        Result(name: "column\(index + 1)", type: scope.type(of: value, []))
      }
    }
    var sources: [Source] = []
    for element in node["fromClause"].elements { sources += scope.sources(element, depth: depth) }
    var results: [Result] = []
    for element in node["targetList"].elements {
      let target = element["ResTarget"]
      let value = target["val"]
      let fields = value["ColumnRef"]["fields"]
      if fields.elements.contains(where: { $0.is("A_Star") }) {
        let qualifier = fields.names.last
        let chosen = sources.filter { qualifier == nil || $0.name == qualifier }
        guard !chosen.isEmpty else { return nil }
        for source in chosen {
          guard let columns = source.columns else { return nil }
          results += columns
        }
        continue
      }
      results.append(
        Result(
          name: target["name"].string ?? ResultNames.name(of: value) ?? "?column?", type: scope.type(of: value, sources)
        )
      )
    }
    return results
  }

  /// A column that a query's results name and none of its tables has.
  func unknownColumn(of node: SyntaxNode) -> String? {
    guard !node["withClause"].isPresent, !node["larg"].isPresent else { return nil }
    let sources = node["fromClause"].elements.flatMap { self.sources($0, depth: 0) }
    guard !sources.isEmpty, !sources.contains(where: { $0.columns == nil }) else { return nil }
    let known = Set(sources.flatMap { $0.columns ?? [] }.map(\.name)).union(sources.map(\.name))
    return node["targetList"].elements.lazy.map { $0["ResTarget"]["val"]["ColumnRef"]["fields"] }
      .filter { $0.elements.count == 1 }.compactMap { $0.names.first }.first { !known.contains($0) }
  }

  static func named(_ results: [Result], _ names: [String]) -> [Result] {
    results.enumerated().map { $0 < names.count ? Result(name: names[$0], type: $1.type) : $1 }
  }

  private func sources(_ node: SyntaxNode, depth: Int) -> [Source] {
    guard depth < 50 else { return [Source(name: "", relation: nil, columns: nil)] }
    let inner = node.inner
    let alias = inner["alias"]["aliasname"].string
    let names = inner["alias"]["colnames"].names
    switch node.kind {
    case "RangeVar":
      let name = inner["relname"].string ?? ""
      if !inner["schemaname"].isPresent, let known = common[name] {
        return [Source(name: alias ?? name, relation: nil, columns: known.map { Self.named($0, names) })]
      }
      let relation = catalog.relation(inner["schemaname"].string, name)
      let columns = relation.flatMap { relation in
        relation.columnsAreKnown ? relation.columns.map { Result(name: $0.name, type: $0.type) } : nil
      }
      return [Source(name: alias ?? name, relation: relation, columns: columns.map { Self.named($0, names) })]
    case "RangeSubselect":
      let columns = columns(of: inner["subquery"]["SelectStmt"], depth: depth + 1)
      return [Source(name: alias ?? "", relation: nil, columns: columns.map { Self.named($0, names) })]
    case "JoinExpr":
      let left = sources(inner["larg"], depth: depth + 1)
      let right = sources(inner["rarg"], depth: depth + 1)
      var shared = inner["usingClause"].names
      if inner["isNatural"].isTrue {
        let others = Set(right.flatMap { $0.columns ?? [] }.map(\.name))
        shared = left.flatMap { $0.columns ?? [] }.map(\.name).filter(others.contains)
      }
      if shared.isEmpty { return left + right }
      // Shared columns come first and once.
      let all = (left + right).map(\.columns)
      guard !all.contains(where: { $0 == nil }) else { return left + right }
      let first = shared.compactMap { name in all.lazy.compactMap { $0 }.joined().first { $0.name == name } }
      let rest = all.compactMap { $0 }.joined().filter { !shared.contains($0.name) }
      return [Source(name: "", relation: nil, columns: first + rest)]
        + (left + right).map {
          Source(name: $0.name, relation: $0.relation, columns: $0.columns)
        }.filter { !$0.name.isEmpty }.map { Source(name: "\u{0}" + $0.name, relation: nil, columns: []) }
    default: return [Source(name: alias ?? "", relation: nil, columns: nil)]
    }
  }

  // MARK: Types

  private func type(of node: SyntaxNode, _ sources: [Source], depth: Int = 0) -> ColumnType? {
    guard depth < 20 else { return nil }
    let inner = node.inner
    switch node.kind {
    case "ColumnRef":
      let names = inner["fields"].names
      guard let name = names.last else { return nil }
      let qualifier = names.count > 1 ? names[names.count - 2] : nil
      return sources.lazy.filter { qualifier == nil || $0.name == qualifier }.compactMap { source in
        source.columns?.first { $0.name == name }?.type
      }.first
    case "TypeCast": return type(inner["typeName"])
    case "A_Const":
      if inner["ival"].isPresent { return Self.builtIn("int4") }
      if inner["boolval"].isPresent { return Self.builtIn("bool") }
      if let number = inner["fval"]["fval"].string { return Self.builtIn(Int(number) != nil ? "int8" : "numeric") }
      return Self.builtIn("text")
    case "BoolExpr", "NullTest", "BooleanTest": return Self.builtIn("bool")
    case "SubLink":
      switch inner["subLinkType"].string {
      case "EXISTS_SUBLINK", "ANY_SUBLINK", "ALL_SUBLINK": return Self.builtIn("bool")
      case "EXPR_SUBLINK": return columns(of: inner["subselect"]["SelectStmt"], depth: depth + 40)?.first?.type
      default: return nil
      }
    case "CoalesceExpr", "MinMaxExpr":
      return unmodified(
        inner["args"].elements.lazy.filter { !$0.is("A_Const") }.compactMap {
          self.type(of: $0, sources, depth: depth + 1)
        }
        .first ?? inner["args"].elements.first.flatMap { self.type(of: $0, sources, depth: depth + 1) })
    case "CaseExpr":
      let values = inner["args"].elements.map { $0["CaseWhen"]["result"] } + [inner["defresult"]]
      return unmodified(
        values.lazy.filter { !$0.is("A_Const") }.compactMap { self.type(of: $0, sources, depth: depth + 1) }.first
          ?? values.first.flatMap { self.type(of: $0, sources, depth: depth + 1) })
    case "SQLValueFunction":
      switch ResultNames.name(of: node) {
      case "current_date": return Self.builtIn("date")
      case "current_timestamp": return Self.builtIn("timestamptz")
      case "current_time": return Self.builtIn("timetz")
      case "localtime": return Self.builtIn("time")
      case "localtimestamp": return Self.builtIn("timestamp")
      default: return Self.builtIn("name")
      }
    case "A_Expr": return operatorType(inner, sources, depth)
    case "FuncCall": return functionType(inner, sources, depth)
    default: return nil
    }
  }

  private func operatorType(_ node: SyntaxNode, _ sources: [Source], _ depth: Int) -> ColumnType? {
    guard node["kind"].string == "AEXPR_OP" else {
      return node["kind"].string == "AEXPR_NULLIF"
        ? unmodified(type(of: node["lexpr"], sources, depth: depth + 1)) : Self.builtIn("bool")
    }
    switch node["name"].names.last ?? "" {
    case "=", "<>", "!=", "<", ">", "<=", ">=", "~", "~*", "!~", "!~*", "~~", "@>", "<@", "&&", "?":
      return Self.builtIn("bool")
    case "||":
      let sides = [node["lexpr"], node["rexpr"]].compactMap { type(of: $0, sources, depth: depth + 1) }
      return sides.contains { $0.base == "text" || $0.base == "character varying" } && !sides.contains(where: \.isArray)
        ? Self.builtIn("text") : nil
    case "->>", "#>>": return Self.builtIn("text")
    case "->", "#>": return unmodified(type(of: node["lexpr"], sources, depth: depth + 1))
    case "+", "-", "*", "/", "%":
      guard let left = type(of: node["lexpr"], sources, depth: depth + 1),
        let right = type(of: node["rexpr"], sources, depth: depth + 1)
      else { return nil }
      let order = ["smallint", "integer", "bigint", "numeric", "real", "double precision"]
      guard let one = order.firstIndex(of: left.base), let other = order.firstIndex(of: right.base), !left.isArray
      else { return nil }
      // Any float with something else makes a double one.
      let isFloat = one > 3 || other > 3
      let name = isFloat ? (one == other ? order[one] : "double precision") : order[max(one, other)]
      return ColumnType(text: name, base: name)
    default: return nil
    }
  }

  private func functionType(_ node: SyntaxNode, _ sources: [Source], _ depth: Int) -> ColumnType? {
    let argument = node["args"].elements.first.flatMap { type(of: $0, sources, depth: depth + 1) }
    switch node["funcname"].names.last ?? "" {
    case "count", "row_number", "rank", "dense_rank", "nextval", "currval", "setval": return Self.builtIn("int8")
    case "now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "to_timestamp":
      return Self.builtIn("timestamptz")
    case "lower", "upper", "concat", "concat_ws", "substr", "substring", "btrim", "ltrim", "rtrim", "replace",
      "format", "md5", "to_char", "string_agg", "left", "right", "lpad", "rpad", "initcap", "split_part", "repeat":
      return Self.builtIn("text")
    case "length", "char_length", "octet_length", "strpos", "array_length", "cardinality", "ntile":
      return Self.builtIn("int4")
    case "bool_and", "bool_or", "every": return Self.builtIn("bool")
    case "gen_random_uuid", "uuid_generate_v4": return Self.builtIn("uuid")
    case "json_agg", "json_build_object", "to_json", "row_to_json": return Self.builtIn("json")
    case "jsonb_agg", "jsonb_build_object", "to_jsonb", "jsonb_set": return Self.builtIn("jsonb")
    case "to_tsvector": return Self.builtIn("tsvector")
    case "date_part", "random": return Self.builtIn("float8")
    case "extract": return Self.builtIn("numeric")
    case "min", "max":
      return argument?.base == "character varying" && argument?.isArray == false
        ? Self.builtIn("text") : unmodified(argument)
    case "lag", "lead", "first_value", "last_value", "abs": return unmodified(argument)
    case "array_agg":
      guard let argument, !argument.isArray else { return nil }
      return ColumnType(
        text: Self.plain(argument) + "[]", base: argument.base, isArray: true, userType: argument.userType)
    case "sum":
      switch argument?.base {
      case "smallint", "integer": return Self.builtIn("int8")
      case "bigint", "numeric": return Self.builtIn("numeric")
      default: return unmodified(argument)
      }
    case "avg":
      switch argument?.base {
      case "smallint", "integer", "bigint", "numeric": return Self.builtIn("numeric")
      case "real", "double precision": return Self.builtIn("float8")
      default: return unmodified(argument)
      }
    default: return nil
    }
  }

  /// As a function gives it back: without length or precision.
  private func unmodified(_ type: ColumnType?) -> ColumnType? {
    guard let type, !type.modifiers.isEmpty else { return type }
    return ColumnType(
      text: Self.plain(type) + (type.isArray ? "[]" : ""), base: type.base, isArray: type.isArray,
      userType: type.userType)
  }

  private static func plain(_ type: ColumnType) -> String { type.base == "character" ? "bpchar" : type.base }

  private static func builtIn(_ name: String) -> ColumnType? {
    BuiltInTypes.longName(name).map { CatalogBuilder.builtIn(name, $0, [], isArray: false) }
  }
}
