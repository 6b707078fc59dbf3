/// A place in a condition's text: UTF-8 offsets, end exclusive.
public struct Span: Sendable, Hashable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }
}

/// Arithmetic over traits, thresholds and literals.
public indirect enum Formula: Sendable, Hashable {
  case trait(String, Span)
  case threshold(String, Span)
  case literal(Quantity, Span)
  case binary(Arithmetic, Formula, Formula)
  /// a ÷ (a + b)
  case share(Formula, Formula)
  case smaller(Formula, Formula)
  case larger(Formula, Formula)

  public enum Arithmetic: String, Sendable, Hashable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
  }

  /// The traits it reads, in order, once each.
  public var traits: [String] {
    switch self {
    case .trait(let id, _): [id]
    case .threshold, .literal: []
    case .binary(_, let a, let b), .share(let a, let b), .smaller(let a, let b), .larger(let a, let b):
      (a.traits + b.traits).uniqued()
    }
  }

  public var thresholds: [String] {
    switch self {
    case .threshold(let id, _): [id]
    case .trait, .literal: []
    case .binary(_, let a, let b), .share(let a, let b), .smaller(let a, let b), .larger(let a, let b):
      (a.thresholds + b.thresholds).uniqued()
    }
  }
}

public enum Comparison: String, Sendable, Hashable, CaseIterable {
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "="
  case notEqual = "!="

  public var negated: Comparison {
    switch self {
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    case .equal: .notEqual
    case .notEqual: .equal
    }
  }
}

/// When something holds. A value, so that rules can be stored, explained and proved.
public indirect enum Condition: Sendable, Hashable {
  /// `otherwise`
  case always(Span)
  case compare(Formula, Comparison, Formula, Span)
  case flag(String, Span)
  /// A choice trait has one of these values.
  case choice(String, [String], Span)
  case has(String, Quantifier, [String], Span)
  case isEmpty(String, Span)
  /// Another decision came out as one of these.
  case outcome(String, [String], Span)
  case not(Condition)
  case and([Condition])
  case or([Condition])

  public enum Quantifier: String, Sendable, Hashable { case any, all }

  /// The comparisons and tests it is made of, in order.
  public var leaves: [Condition] {
    switch self {
    case .not(let inner): inner.leaves
    case .and(let parts), .or(let parts): parts.flatMap(\.leaves)
    default: [self]
    }
  }

  /// The span of a leaf; of the first to the last leaf for a compound.
  public var span: Span {
    switch self {
    case .always(let span), .compare(_, _, _, let span), .flag(_, let span), .choice(_, _, let span),
      .has(_, _, _, let span), .isEmpty(_, let span), .outcome(_, _, let span):
      span
    case .not(let inner): inner.span
    case .and(let parts), .or(let parts): Span(parts.first?.span.start ?? 0, parts.last?.span.end ?? 0)
    }
  }

  /// The traits it reads, in order, once each (not those behind other decisions).
  public var traits: [String] {
    leaves.flatMap { leaf -> [String] in
      switch leaf {
      case .compare(let a, _, let b, _): a.traits + b.traits
      case .flag(let id, _), .choice(let id, _, _), .has(let id, _, _, _), .isEmpty(let id, _): [id]
      default: []
      }
    }.uniqued()
  }

  public var thresholds: [String] {
    leaves.flatMap { leaf -> [String] in
      if case .compare(let a, _, let b, _) = leaf { a.thresholds + b.thresholds } else { [] }
    }.uniqued()
  }

  public var decisions: [String] {
    leaves.compactMap { if case .outcome(let id, _, _) = $0 { id } else { nil } }.uniqued()
  }
}

extension Sequence where Element: Hashable {
  /// The elements in order, each once.
  @inlinable
  public func uniqued() -> [Element] {
    var seen = Set<Element>()
    return filter { seen.insert($0).inserted }
  }
}

extension Decision {
  /// Its conditions in a mode: applicability first, then the rules in order.
  public func conditions(in mode: Mode) -> [Condition] {
    (applies.map { [$0[mode].condition] } ?? []) + rules.map { $0.when[mode].condition }
  }

  /// The traits it reads itself, in order.
  public func inputs(in mode: Mode) -> [String] { conditions(in: mode).flatMap(\.traits).uniqued() }
}
