import Foundation
import FoundationXML
import SQLSyntax
import Testing
import TestSupport

@testable import SchemaAnalysis

/// The entity-relationship diagram.
struct DiagramTests {
  private static func diagram(_ sql: String) -> EntityDiagram { ReportTests.report(sql).diagram }

  /// Tables that refer to each other at random, also in circles and to themselves.
  private static func random(_ count: Int, _ keys: Int, seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed)
    var sql = (0..<count).map { "CREATE TABLE t\($0) (id int PRIMARY KEY, name text);\n" }.joined()
    for key in 0..<keys {
      let (a, b) = (Int.random(in: 0..<count, using: &generator), Int.random(in: 0..<count, using: &generator))
      sql += "ALTER TABLE t\(a) ADD COLUMN k\(key) int REFERENCES t\(b);\n"
    }
    return sql
  }

  @Test func mermaidSaysKeysAndEnds() {
    #expect(
      Self.diagram(
        """
        CREATE TABLE a (id int PRIMARY KEY, code varchar(3) UNIQUE, "odd name" numeric(10,2));
        CREATE TABLE b (a_id int PRIMARY KEY REFERENCES a, other int REFERENCES a, must int NOT NULL REFERENCES b);
        """
      ).mermaid == """
        erDiagram
          t1["a"] {
            integer id PK
            character_varying(3) code UK
            numeric(10-2) odd_name "odd name"
          }
          t2["b"] {
            integer a_id PK, FK
            integer other FK
            integer must FK
          }
          t1 ||--o| t2 : "a_id"
          t1 |o--o{ t2 : "other"
          t2 ||--o{ t2 : "must"
        """)
  }

  @Test func whatMermaidTakesForACommandIsNone() {
    let mermaid = Self.diagram("CREATE TABLE \"Direction LR\" (uk int, pk int PRIMARY KEY, pk_id int);").mermaid
    #expect(
      mermaid == """
        erDiagram
          t1["#68;irection LR"] {
            integer _uk "uk"
            integer _pk PK "pk"
            integer pk_id
          }
        """)
  }

  /// Mermaid's grammar, as far as it is used here.
  @Test(arguments: [ReportTests.hostileSQL, random(30, 60, seed: 1), ""])
  func mermaidKeepsToItsGrammar(_ sql: String) throws {
    let quoted = #/"[^"\n]+"/#
    let open = #/\s\st[0-9]+\["[^"\n]+"\] \{/#
    let row =
      #/\s{4}[A-Za-z_][A-Za-z0-9_()\[\]\-]* [A-Za-z_][A-Za-z0-9_()\[\]\-]*( (PK|FK|UK)(, (PK|FK|UK))*)?( "[^"\n]+")?/#
    let relation = #/\s\st[0-9]+ (\|\||\|o)--(o\{|o\|) t[0-9]+ : "[^"\n]+"/#
    let lines = Self.diagram(sql).mermaid.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "erDiagram")
    for line in lines.dropFirst() {
      let isKnown =
        try open.wholeMatch(in: line) != nil || row.wholeMatch(in: line) != nil || relation.wholeMatch(in: line) != nil
        || line == "  }"
      #expect(isKnown, "\(line)")
      for text in line.matches(of: quoted) {
        #expect(!text.output.contains { "<>`;\\{}%&".contains($0) && $0 != ";" }, "\(line)")
      }
    }
  }

  @Test(arguments: [(0, 0), (1, 1), (3, 4), (24, 40), (70, 110), (110, 300)])
  func boxesDoNotOverlap(_ count: Int, _ keys: Int) {
    let layout = EntityLayout(Self.diagram(Self.random(max(count, 1), count == 0 ? 0 : keys, seed: UInt64(count))))
    let boxes = layout.boxes
    for (number, box) in boxes.enumerated() {
      #expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= layout.width && box.y + box.height <= layout.height)
      for other in boxes[(number + 1)...] {
        let apart =
          box.x + box.width <= other.x || other.x + other.width <= box.x || box.y + box.height <= other.y
          || other.y + other.height <= box.y
        #expect(apart)
      }
    }
    for line in layout.lines where !line.isLoop {
      // From left to right all the way.
      #expect(zip(line.points, line.points.dropFirst()).allSatisfy { $0.x <= $1.x })
    }
    #expect(layout.height < 12_000)
  }

  @Test(arguments: [ReportTests.hostileSQL, ReportTests.shop, random(70, 110, seed: 7), ""])
  func theDrawingIsWellFormed(_ sql: String) throws {
    let diagram = Self.diagram(sql)
    let svg = diagram.svg(standalone: true)
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(svg.count { $0 == "\n" } > 3)
    #expect(svg.contains("<title id=\"er-title\">") && svg.contains("<desc id=\"er-text\">"))
    #expect(!svg.contains("<script"))
    #expect(!diagram.svg(standalone: false).contains("<?xml"))
  }

  @Test func manyTablesAreCut() {
    let alone = Self.diagram(Self.random(130, 20, seed: 3))
    #expect(alone.entities.count < 40)
    #expect(alone.omission?.contains("without relations") == true)
    let many = (0..<400).map { "CREATE TABLE t\($0) (id int PRIMARY KEY, k int REFERENCES t\(max(0, $0 - 1)));\n" }
      .joined()
    #expect(Self.diagram(many).entities.count == EntityDiagram.mostTables)
    #expect(Self.diagram(ReportTests.shop).omission == nil)
  }

  @Test func partitionsAreDrawnAsTheirParent() {
    let diagram = Self.diagram(
      """
      CREATE TABLE p (id int PRIMARY KEY);
      CREATE TABLE t (id int, p_id int) PARTITION BY LIST (id);
      CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
      CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2);
      ALTER TABLE t1 ADD FOREIGN KEY (p_id) REFERENCES p;
      ALTER TABLE t2 ADD FOREIGN KEY (p_id) REFERENCES p;
      """)
    #expect(diagram.entities.map(\.name.name) == ["p", "t"])
    #expect(diagram.relationships.count == 1)
    #expect(diagram.omission == "Not drawn: 2 partitions.")
  }

  @Test func longTablesAreShortened() {
    let columns = (0..<40).map { "c\($0) int" }.joined(separator: ", ")
    let diagram = Self.diagram("CREATE TABLE t (\(columns), id int PRIMARY KEY);")
    #expect(diagram.entities[0].rows.count == EntityDiagram.mostRows)
    #expect(diagram.entities[0].rows.last?.name == "id")
    #expect(diagram.entities[0].hidden == 41 - EntityDiagram.mostRows)
  }
}
