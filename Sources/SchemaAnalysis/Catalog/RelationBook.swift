/// Relations by their names, each in a box of its own: what is copied and moved when there are very many is small.
public struct RelationBook: Sendable {
  private var ledger = Ledger<ObjectName, Box>()

  fileprivate final class Box: Sendable {
    let relation: Relation

    init(_ relation: Relation) { self.relation = relation }
  }

  public var isEmpty: Bool { ledger.entries.isEmpty }

  /// In no order.
  public var names: [ObjectName] { Array(ledger.entries.keys) }

  /// In no order.
  public func forEach(_ body: (Relation) throws -> Void) rethrows {
    for box in ledger.entries.values { try body(box.relation) }
  }

  /// Those for which something holds, by name.
  func sorted(where isKept: (Relation) -> Bool) -> RelationList {
    var boxes: [Box] = []
    boxes.reserveCapacity(ledger.entries.count)
    for box in ledger.entries.values where isKept(box.relation) { boxes.append(box) }
    boxes.sort { $0.relation.name < $1.relation.name }
    return RelationList(boxes)
  }

  public internal(set) subscript(name: ObjectName) -> Relation? {
    get { ledger[name]?.relation }
    set { ledger[name] = newValue.map { Box($0) } }
  }

  /// Changes one, by a new box: books that were copied from this one go on with the old.
  /// - Returns: nil where there is none.
  mutating func change<Result>(_ name: ObjectName, _ body: (inout Relation) -> Result) -> Result? {
    ledger.change(name) { box in
      var relation = box.relation
      defer { box = Box(relation) }
      return body(&relation)
    }
  }

  mutating func begin() { ledger.begin() }
  mutating func commit() { ledger.commit() }
  mutating func rollBack() { ledger.rollBack() }
}

/// Relations in the order of their names.
public struct RelationList: RandomAccessCollection, Sendable {
  fileprivate let boxes: [RelationBook.Box]

  fileprivate init(_ boxes: [RelationBook.Box]) { self.boxes = boxes }

  public var startIndex: Int { 0 }
  public var endIndex: Int { boxes.count }
  public subscript(index: Int) -> Relation { boxes[index].relation }

  /// Those for which something holds.
  func filtered(_ isKept: (Relation) -> Bool) -> RelationList {
    allSatisfy(isKept) ? self : RelationList(boxes.filter { isKept($0.relation) })
  }
}
