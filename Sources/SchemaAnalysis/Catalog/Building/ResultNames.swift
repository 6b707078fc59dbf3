import SQLSyntax

/// The names that PostgreSQL gives to the results of expressions.
enum ResultNames {
  /// - Returns: nil where nothing suggests a name.
  static func name(of expression: SyntaxNode) -> String? { suggestion(expression).name }

  /// With how much it weighs: 1 for one that an outer expression may replace.
  private static func suggestion(_ node: SyntaxNode) -> (name: String?, weight: Int) {
    var node = node
    // Of what is only wrapped, the outermost that says something.
    var casts: [String] = []
    while true {
      let inner = node.inner
      var result: (name: String?, weight: Int) = (nil, 0)
      switch node.kind ?? "" {
      case "ColumnRef": result = inner["fields"].names.last.map { ($0, 2) } ?? (nil, 0)
      case "A_Indirection":
        if let name = inner["indirection"].names.last {
          result = (name, 2)
        } else {
          node = inner["arg"]
          continue
        }
      case "FuncCall": result = (inner["funcname"].names.last, 2)
      case "A_Expr": if inner["kind"].string == "AEXPR_NULLIF" { result = ("nullif", 2) }
      case "TypeCast":
        if let type = inner["typeName"]["names"].names.last { casts.append(type) }
        node = inner["arg"]
        continue
      case "CollateClause":
        node = inner["arg"]
        continue
      case "GroupingFunc": result = ("grouping", 2)
      case "SubLink":
        switch inner["subLinkType"].string {
        case "EXISTS_SUBLINK": result = ("exists", 2)
        case "ARRAY_SUBLINK": result = ("array", 2)
        case "EXPR_SUBLINK":
          let target = inner["subselect"]["SelectStmt"]["targetList"].elements.first?["ResTarget"] ?? .absent
          result = (target["name"].string ?? name(of: target["val"]) ?? "?column?", 2)
        default: break
        }
      case "CaseExpr":
        let other = suggestion(inner["defresult"])
        result = other.weight > 1 ? other : ("case", 1)
      case "A_ArrayExpr": result = ("array", 2)
      case "RowExpr": result = ("row", 2)
      case "CoalesceExpr": result = ("coalesce", 2)
      case "MinMaxExpr": result = (inner["op"].string == "IS_LEAST" ? "least" : "greatest", 2)
      case "SQLValueFunction": result = (values[inner["op"].string ?? ""], 2)
      case "XmlSerialize": result = ("xmlserialize", 2)
      case "XmlExpr": result = (xml[inner["op"].string ?? ""], 2)
      default: break
      }
      if result.weight <= 1, let cast = casts.first { return (cast, 1) }
      return result
    }
  }

  private static let values = [
    "SVFOP_CURRENT_DATE": "current_date", "SVFOP_CURRENT_TIME": "current_time", "SVFOP_CURRENT_TIME_N": "current_time",
    "SVFOP_CURRENT_TIMESTAMP": "current_timestamp", "SVFOP_CURRENT_TIMESTAMP_N": "current_timestamp",
    "SVFOP_LOCALTIME": "localtime", "SVFOP_LOCALTIME_N": "localtime", "SVFOP_LOCALTIMESTAMP": "localtimestamp",
    "SVFOP_LOCALTIMESTAMP_N": "localtimestamp", "SVFOP_CURRENT_ROLE": "current_role",
    "SVFOP_CURRENT_USER": "current_user", "SVFOP_USER": "user", "SVFOP_SESSION_USER": "session_user",
    "SVFOP_CURRENT_CATALOG": "current_catalog", "SVFOP_CURRENT_SCHEMA": "current_schema",
  ]
  private static let xml = [
    "IS_XMLCONCAT": "xmlconcat", "IS_XMLELEMENT": "xmlelement", "IS_XMLFOREST": "xmlforest", "IS_XMLPARSE": "xmlparse",
    "IS_XMLPI": "xmlpi", "IS_XMLROOT": "xmlroot",
  ]
}
