import SQLSyntax

extension CatalogBuilder {
  /// A constraint that waits until its table is there.
  struct ConstraintDraft {
    /// What `Constraint` holds.
    let node: SyntaxNode
    /// The column beside which it stands; nil for one of the table.
    let column: String?
    var isDeferrable: Bool
    /// Its name, from another that says the same.
    var name: String?

    init(node: SyntaxNode, column: String?, isDeferrable: Bool, name: String? = nil) {
      self.node = node
      self.column = column
      self.isDeferrable = isDeferrable
      self.name = name ?? node["conname"].string
    }
  }

  /// A column of a table that is being made, with what is said beside it.
  struct ColumnDraft {
    var column: Column
    var constraints: [ConstraintDraft] = []
    var saysDefault = false
    var isSerial = false
  }

  /// - Parameters:
  ///   - node: what `ColumnDef` holds.
  ///   - type: that of a column whose definition says none, as in a partition.
  mutating func draft(_ node: SyntaxNode, type: ColumnType? = nil) throws(Refusal) -> ColumnDraft {
    let name = node["colname"].string ?? ""
    let typeName = node["typeName"]
    var serial: ColumnType?
    if typeName.isPresent, typeName["names"].elements.count == 1 {
      let base: String? =
        switch typeName["names"].names.first {
        case "serial", "serial4": "int4"
        case "bigserial", "serial8": "int8"
        case "smallserial", "serial2": "int2"
        default: nil
        }
      serial = base.flatMap { name in
        BuiltInTypes.longName(name).map { Self.builtIn(name, $0, [], isArray: false) }
      }
    }
    let columnType: ColumnType
    if let known = serial ?? (typeName.isPresent ? nil : type) {
      columnType = known
    } else {
      columnType = try self.columnType(typeName)
    }
    let shared = types.insert(columnType).memberAfterInsert
    var draft = ColumnDraft(column: Column(name, shared, at: place(node.offset)))
    draft.isSerial = serial != nil
    draft.column.isSerial = serial != nil
    draft.column.notNull = serial != nil
    draft.saysDefault = serial != nil
    var saysNull = false
    let constraints = node["constraints"].elements.map { $0["Constraint"] }
    for constraint in constraints {
      switch constraint["contype"].string {
      case "CONSTR_NOTNULL": draft.column.notNull = true
      case "CONSTR_NULL":
        saysNull = true
      case "CONSTR_DEFAULT":
        draft.saysDefault = true
        let others = (constraints + [node["collClause"]]).compactMap(\.offset)
        let end = others.filter { $0 > constraint.offset ?? 0 }.min()
        setDefault(of: &draft.column, constraint["raw_expr"], after: constraint.offset, before: end)
      case "CONSTR_IDENTITY":
        draft.column.identity = constraint["generated_when"].string == "d" ? .byDefault : .always
        draft.column.notNull = true
      case "CONSTR_GENERATED":
        draft.column.isGenerated = true
        draft.column.generatedFrom = Self.columns(in: constraint["raw_expr"])
      case "CONSTR_PRIMARY":
        draft.column.notNull = true
        draft.constraints.append(ConstraintDraft(node: constraint, column: name, isDeferrable: false))
      case "CONSTR_UNIQUE", "CONSTR_CHECK", "CONSTR_FOREIGN":
        draft.constraints.append(ConstraintDraft(node: constraint, column: name, isDeferrable: false))
      case "CONSTR_ATTR_DEFERRABLE":
        if !draft.constraints.isEmpty { draft.constraints[draft.constraints.count - 1].isDeferrable = true }
      default: break
      }
    }
    if saysNull, draft.column.notNull {
      throw Refusal("the column \(name) is both NULL and NOT NULL", at: node.offset)
    }
    return draft
  }

  /// - Parameter keyword: where DEFAULT stands, if that is known.
  func setDefault(of column: inout Column, _ expression: SyntaxNode, after keyword: Int?, before end: Int?) {
    let start: Int? =
      if let keyword { word(after: keyword) } else {
        source.start(of: expression, notBefore: statement.lowerBound)
      }
    let isNull = expression["A_Const"]["isnull"].isTrue
    column.defaultText =
      isNull ? nil : start.map { Self.trimmed(source.expression(from: $0, before: end)) } ?? ""
    column.sequence = sequence(askedBy: expression)
    column.isSerial =
      expression["FuncCall"]["funcname"].names.last == "nextval"
      || expression["TypeCast"]["arg"]["FuncCall"]["funcname"].names.last == "nextval"
  }

  /// Behind a word and blanks.
  private func word(after offset: Int) -> Int {
    var at = offset
    while at < statement.upperBound, text.bytes[at] > 0x20, text.bytes[at] != UInt8(ascii: "(") { at += 1 }
    while at < statement.upperBound, text.bytes[at] <= 0x20 { at += 1 }
    return at
  }

  static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.last?.isWhitespace == true { text = text.dropLast() }
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    return String(text)
  }

  /// The columns that an expression names, each once, in order.
  static func columns(in expression: SyntaxNode) -> [String] {
    var found: [String] = []
    for node in expression.descendants where node.is("ColumnRef") {
      if let name = node["ColumnRef"]["fields"].names.last, !found.contains(name) { found.append(name) }
    }
    return found
  }

  /// A sequence that goes with a column takes its name.
  mutating func createSequence(for column: Column, of table: ObjectName) {
    guard let number = catalog.book[table]?.number else { return }
    let name = ObjectName(table.schema, freeName(table.name, column.name, "seq", in: table.schema))
    let sequence = catalog.number()
    catalog.others[name] = .sequence(number: Int32(clamping: sequence), owner: nil)
    own(name, NamedObject.Owner(relation: number, column: column.number))
    guard column.isSerial else { return }
    catalog.book.change(table) { $0.changeColumn(column.name) { $0.sequence = sequence } }
    remember([sequence], askedBy: number)
  }

  /// Notes who asks which sequences, so that they cannot be dropped unseen.
  mutating func remember(_ sequences: some Sequence<Int>, askedBy relation: Int) {
    for sequence in sequences { catalog.sequenceUsers.note(relation, under: sequence) }
  }

  /// The number of the sequence that nextval() is given by name.
  private func sequence(askedBy expression: SyntaxNode) -> Int? {
    let call = expression["FuncCall"].isPresent ? expression["FuncCall"] : expression["TypeCast"]["arg"]["FuncCall"]
    guard call["funcname"].names.last == "nextval", let argument = call["args"].elements.first else { return nil }
    let constant = argument["A_Const"].isPresent ? argument["A_Const"] : argument["TypeCast"]["arg"]["A_Const"]
    guard let value = constant["sval"]["sval"].string else { return nil }
    let names = Self.qualifiedName(value)
    guard let name = names.last, let found = catalog.found(names.count > 1 ? names[names.count - 2] : nil, name),
      case .sequence(let number, _) = catalog.others[found]
    else { return nil }
    return Int(number)
  }

  /// A name as text holds it: parts with periods between them, some of them quoted.
  static func qualifiedName(_ text: String) -> [String] { split(text, at: ".") }

  /// Notes who has columns of which type, so that the type's change reaches them.
  mutating func remember(typesOf columns: [Column], in relation: Int) {
    for type in columns.lazy.compactMap(\.type.userType) {
      catalog.typeUsers.note(relation, under: type)
    }
  }
}
