import TestSupport

/// Random DDL over few names, so that statements meet: some are refused.
struct DDLGenerator {
  private var random: SeededGenerator
  private var bound = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func script(statements: Int) -> String {
    var lines = ["CREATE SCHEMA s1;"] + beginning()
    for _ in 0..<statements { lines.append(statement()) }
    return lines.joined(separator: "\n")
  }

  /// Tables that are related to each other.
  private mutating func beginning() -> [String] {
    let plain = "a int \(one(["PRIMARY KEY", "UNIQUE", "NOT NULL"])), b int\(maybe(50, " UNIQUE")), c \(type()), d int"
    var lines = ["CREATE TABLE t (\(plain)\(maybe(30, ", CHECK (c IS NOT NULL)")));"]
    switch number(4) {
    case 0:
      lines += [
        "CREATE TABLE u (e int) INHERITS (t);", "CREATE TABLE v () INHERITS (u);",
        "CREATE TABLE w (a int\(maybe(50, " NOT NULL")), d int) \(maybe(50, "INHERITS (t)"));",
        "CREATE TABLE p (c int, a int) INHERITS (\(one(["t", "u"])), w);",
      ]
    case 1:
      lines += [
        "CREATE TABLE u (a int, b int\(maybe(50, " REFERENCES t (a)")), c text, d int UNIQUE) PARTITION BY LIST (\(one(["a", "d"])));",
        "CREATE TABLE v PARTITION OF u \(nextBound()) \(maybe(40, "PARTITION BY LIST (\(column()))"));",
        "CREATE TABLE w (a int, b int, c text\(maybe(40, " UNIQUE")), d int);",
        "CREATE INDEX ON \(maybe(30, "ONLY "))u (\(column()));", "CREATE INDEX ON w (\(column()));",
        "ALTER TABLE \(one(["u", "v"])) ATTACH PARTITION w \(nextBound());",
      ]
    case 2:
      lines += [
        "CREATE TABLE u (a int PRIMARY KEY, b int, c int, d int) PARTITION BY LIST (a);",
        "CREATE TABLE v PARTITION OF u \(nextBound());",
        "CREATE TABLE w (a int\(maybe(50, " REFERENCES u")), b int REFERENCES u, c int, d int\(maybe(50, " REFERENCES v (a)")))\(maybe(40, " PARTITION BY LIST (d)"));",
        "CREATE TABLE p \(one(["PARTITION OF u", "PARTITION OF w"])) \(nextBound());",
      ]
    default:
      lines += [
        "CREATE TABLE u (a serial, b int REFERENCES t (a), c int, d int, e text);",
        "CREATE TABLE v (LIKE t INCLUDING ALL);", "CREATE VIEW x AS SELECT \(column()), d FROM u;",
        "CREATE TABLE w (\(plain), FOREIGN KEY (d) REFERENCES t (a));",
      ]
    }
    return lines
  }

  private mutating func number(_ below: Int) -> Int { Int.random(in: 0..<below, using: &random) }
  private mutating func chance(_ percent: Int) -> Bool { number(100) < percent }
  private mutating func one(_ choices: [String]) -> String { choices[number(choices.count)] }
  private mutating func maybe(_ percent: Int, _ text: String) -> String { chance(percent) ? text : "" }

  private mutating func name() -> String { one(["t", "u", "v", "w", "p"]) }
  private mutating func table() -> String { (chance(7) ? one(["public.", "s1."]) : "") + name() }
  private mutating func column() -> String { one(["a", "b", "c", "d"]) }
  private mutating func type() -> String { one(["int", "int", "int", "bigint", "text", "varchar(10)"]) }
  private mutating func columns() -> String {
    chance(60) ? column() : [one(["a", "b"]), one(["c", "d"])].shuffled(using: &random).joined(separator: ", ")
  }
  private mutating func nextBound() -> String {
    bound += 1
    return "FOR VALUES IN ('\(bound)')"
  }

  /// A name that PostgreSQL may have given, or a script.
  private mutating func constraint() -> String {
    switch number(7) {
    case 0: "\(name())_pkey"
    case 1: "\(name())_\(column())_key\(maybe(20, "1"))"
    case 2: "\(name())_\(column())_fkey\(maybe(30, "1"))"
    case 3: "\(name())_\(column())_check"
    case 4: "\(name())_check\(maybe(30, "1"))"
    default: one(["n1", "n2", "n3"])
    }
  }

  private mutating func index() -> String {
    chance(30) ? one(["i1", "i2", "i3"]) : "\(name())_\(column())_idx\(maybe(20, "1"))"
  }

  private mutating func reference() -> String {
    "REFERENCES \(table())\(maybe(40, " (\(column()))"))\(maybe(30, " ON DELETE \(one(["CASCADE", "SET NULL", "RESTRICT"]))"))"
  }

  private mutating func definition(_ name: String) -> String {
    var text = "\(name) \(chance(10) ? "serial" : type())"
    if chance(25) { text += " NOT NULL" }
    if chance(12) { text += " UNIQUE" }
    if chance(10) { text += " CHECK (\(name) IS NOT NULL)" }
    if chance(12) { text += " \(reference())" }
    return text
  }

  private mutating func tableConstraint() -> String {
    let named = maybe(25, "CONSTRAINT \(one(["n1", "n2", "n3"])) ")
    switch number(5) {
    case 0: return "\(named)PRIMARY KEY (\(columns()))"
    case 1: return "\(named)UNIQUE (\(columns()))\(maybe(10, " DEFERRABLE"))"
    case 2: return "\(named)CHECK (\(column()) IS NOT NULL\(maybe(30, " OR \(column()) IS NULL")))"
    default: return "\(named)FOREIGN KEY (\(column())) \(reference())"
    }
  }

  private mutating func createTable() -> String {
    var elements: [String] = []
    for name in ["a", "b", "c", "d"] where chance(75) { elements.append(definition(name)) }
    if chance(50) { elements.append("PRIMARY KEY (\(column()))") }
    if chance(25) { elements.append(tableConstraint()) }
    let body = "(\(elements.joined(separator: ", ")))"
    switch number(10) {
    case 0: return "CREATE TABLE \(table()) \(body) INHERITS (\(table()));"
    case 1: return "CREATE TABLE \(table()) () INHERITS (\(name())\(maybe(30, ", \(name())")));"
    case 2: return "CREATE TABLE \(table()) \(body) PARTITION BY LIST (\(column()));"
    case 3: return "CREATE TABLE \(table()) PARTITION OF \(table()) \(nextBound());"
    case 4:
      return
        "CREATE TABLE \(table()) (LIKE \(table())\(maybe(60, " INCLUDING \(one(["ALL", "INDEXES", "CONSTRAINTS", "DEFAULTS"]))")));"
    default: return "CREATE TABLE\(maybe(15, " IF NOT EXISTS")) \(table()) \(body);"
    }
  }

  private mutating func statement() -> String {
    let cascade = maybe(35, " CASCADE")
    let only = maybe(12, "ONLY ")
    let ifExists = maybe(10, "IF EXISTS ")
    switch number(40) {
    case 0...2: return createTable()
    case 3: return "DROP TABLE \(ifExists)\(table())\(maybe(20, ", \(table())"))\(cascade);"
    case 4...8:
      return
        "ALTER TABLE \(only)\(table()) ADD COLUMN \(maybe(20, "IF NOT EXISTS "))\(definition(one(["a", "b", "c", "d", "e"])));"
    case 9, 10: return "ALTER TABLE \(only)\(table()) DROP COLUMN \(ifExists)\(column())\(cascade);"
    case 11: return "ALTER TABLE \(only)\(table()) ALTER COLUMN \(column()) SET NOT NULL;"
    case 12: return "ALTER TABLE \(only)\(table()) ALTER COLUMN \(column()) DROP NOT NULL;"
    case 13: return "ALTER TABLE \(only)\(table()) ALTER COLUMN \(column()) TYPE \(type()) USING NULL;"
    case 14...17: return "ALTER TABLE \(only)\(table()) ADD \(tableConstraint());"
    case 18, 19: return "ALTER TABLE \(only)\(table()) DROP CONSTRAINT \(ifExists)\(constraint())\(cascade);"
    case 20: return "ALTER TABLE \(table()) RENAME TO \(name());"
    case 21, 22: return "ALTER TABLE \(only)\(table()) RENAME COLUMN \(column()) TO \(one(["a", "b", "c", "d", "e"]));"
    case 23: return "ALTER TABLE \(table()) RENAME CONSTRAINT \(constraint()) TO \(one(["n1", "n2", "n3"]));"
    case 24: return "ALTER TABLE \(table()) SET SCHEMA \(one(["public", "s1"]));"
    case 25: return "ALTER TABLE \(table()) INHERIT \(table());"
    case 26: return "ALTER TABLE \(table()) NO INHERIT \(table());"
    case 27, 28: return "ALTER TABLE \(table()) ATTACH PARTITION \(table()) \(nextBound());"
    case 29: return "ALTER TABLE \(table()) DETACH PARTITION \(table());"
    case 30...32:
      let key = chance(70) ? columns() : "(\(column()) IS NULL), \(column())"
      return
        "CREATE \(maybe(25, "UNIQUE "))INDEX \(maybe(30, one(["i1", "i2", "i3"]) + " "))ON \(only)\(table()) (\(key))\(maybe(10, " INCLUDE (\(column()))"))\(maybe(15, " WHERE \(column()) IS NOT NULL"));"
    case 33: return "DROP INDEX \(ifExists)\(index())\(cascade);"
    case 34:
      return "ALTER INDEX \(index()) \(chance(50) ? "RENAME TO i\(1 + number(3))" : "ATTACH PARTITION \(index())");"
    case 35:
      return "ALTER TABLE \(table()) ADD \(tableConstraint()), DROP COLUMN \(column()), ADD COLUMN \(definition("f"));"
    case 36:
      return "CREATE VIEW \(one(["x", "y", "z"])) AS SELECT \(column())\(maybe(40, ", \(column())")) FROM \(table());"
    case 37: return "DROP VIEW \(ifExists)\(one(["x", "y"]))\(cascade);"
    case 38: return one(["BEGIN;", "COMMIT;", "ROLLBACK;", "SAVEPOINT s;", "ROLLBACK TO s;"])
    default:
      return one([
        "SET search_path = s1, public;", "RESET search_path;",
        "ALTER TABLE \(table()) VALIDATE CONSTRAINT \(constraint());",
      ])
    }
  }
}
