/// What was answered for one trait, in the trait's base unit.
public enum Answer: Sendable, Hashable {
  case quantity(Interval)
  case flag(Bool)
  case choice(String)
  case set(Set<String>)
  /// Asked, and not known: any value of the trait's domain.
  case unknown
}
