internal import Foundation

/// How often a property is tried: the reduced number in `make test`, the full one in `make soak`.
public func size(_ reduced: Int, full: Int) -> Int {
  (ProcessInfo.processInfo.environment["PLUMBLINE_SOAK"] ?? "").isEmpty ? reduced : full
}
