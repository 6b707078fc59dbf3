internal import Foundation
internal import TextFormats

/// A fingerprint of any value through reflection: a field that a type gains later takes part by itself.
struct StructuralFingerprint {
  private var fingerprint = Fingerprint()

  static func of(_ value: Any) -> String {
    var made = StructuralFingerprint()
    made.mix(value)
    return made.fingerprint.text
  }

  private mutating func mix(_ value: Any) {
    switch value {
    case let text as String: fingerprint.mix(text)
    case let number as Decimal: fingerprint.mix(number.description)
    case let number as Int: fingerprint.mix(String(number))
    case let flag as Bool: fingerprint.mix(flag ? "true" : "false")
    default:
      let mirror = Mirror(reflecting: value)
      switch mirror.displayStyle {
      case .dictionary, .set:
        // Hash tables have no order of their own.
        fingerprint.mix("{")
        for part in mirror.children.map({ StructuralFingerprint.of($0.value) }).sorted() { fingerprint.mix(part) }
        fingerprint.mix("}")
      default:
        guard !mirror.children.isEmpty else {
          fingerprint.mix(String(describing: value))
          return
        }
        fingerprint.mix("(")
        for child in mirror.children {
          // The label of an enum's payload is the case.
          if let label = child.label { fingerprint.mix(label) }
          mix(child.value)
        }
        fingerprint.mix(")")
      }
    }
  }
}
