internal import Foundation

/// An address of IPv4 or IPv6 that is to be connected to.
struct NetworkAddress: Sendable, Hashable {
  /// 4 or 16, the first of the address first.
  let bytes: [UInt8]

  /// From what the system connects to; nil for anything but IPv4 and IPv6.
  init?(_ address: UnsafeRawBufferPointer) {
    guard address.count >= MemoryLayout<sockaddr>.size else { return nil }
    switch Int32(address.loadUnaligned(as: sockaddr.self).sa_family) {
    case AF_INET:
      guard address.count >= MemoryLayout<sockaddr_in>.size else { return nil }
      self.init(withUnsafeBytes(of: address.loadUnaligned(as: sockaddr_in.self).sin_addr, Array.init))
    case AF_INET6:
      guard address.count >= MemoryLayout<sockaddr_in6>.size else { return nil }
      self.init(withUnsafeBytes(of: address.loadUnaligned(as: sockaddr_in6.self).sin6_addr, Array.init))
    default: return nil
    }
  }

  /// From its usual notation: no names, no numbers in other bases.
  init?(_ text: String) {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self.init(withUnsafeBytes(of: four, Array.init))
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      self.init(withUnsafeBytes(of: six, Array.init))
    } else {
      return nil
    }
  }

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  var text: String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 1)
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    guard inet_ntop(family, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "an address" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  var scope: AddressScope { bytes.count == 4 ? AddressScope.four(bytes[...]) : AddressScope.six(bytes[...]) }
}

/// Who can be reached at an address, by the registries of special-purpose addresses (RFC 6890 and its additions).
enum AddressScope: String, Sendable, Hashable, CaseIterable {
  case global
  case loopback
  case linkLocal
  case privateUse
  case shared
  case unspecified
  case documentation
  case benchmarking
  case reserved
  case multicast
  case broadcast

  /// Whether it may be connected to.
  func isAllowed(private isPrivateAllowed: Bool) -> Bool {
    switch self {
    case .global: true
    case .multicast, .broadcast: false
    default: isPrivateAllowed
    }
  }

  /// What follows “is”.
  var text: String {
    switch self {
    case .global: "a public address"
    case .loopback: "a loopback address"
    case .linkLocal: "a link-local address"
    case .privateUse: "a private address"
    case .shared: "an address shared behind a carrier's NAT"
    case .unspecified: "an address of this machine itself"
    case .documentation: "an address for documentation"
    case .benchmarking: "an address for benchmarks"
    case .reserved: "a reserved address"
    case .multicast: "a multicast address"
    case .broadcast: "the broadcast address"
    }
  }

  private typealias Block = (prefix: [UInt8], bits: Int, scope: AddressScope)

  /// The longest prefix that fits comes first.
  private static let fours: [Block] = [
    ([255, 255, 255, 255], 32, .broadcast), ([192, 0, 0], 24, .reserved), ([192, 0, 2], 24, .documentation),
    ([192, 88, 99], 24, .reserved), ([198, 51, 100], 24, .documentation), ([203, 0, 113], 24, .documentation),
    ([169, 254], 16, .linkLocal), ([192, 168], 16, .privateUse), ([198, 18], 15, .benchmarking),
    ([172, 16], 12, .privateUse), ([100, 64], 10, .shared), ([0], 8, .unspecified), ([10], 8, .privateUse),
    ([127], 8, .loopback), ([224], 4, .multicast), ([240], 4, .reserved),
  ]

  private static let sixes: [Block] = [
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 128, .unspecified),
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, .loopback),
    ([0x01, 0, 0, 0, 0, 0, 0, 0], 64, .reserved), ([0x00, 0x64, 0xFF, 0x9B, 0, 1], 48, .privateUse),
    ([0x20, 0x01, 0x0D, 0xB8], 32, .documentation), ([0x20, 0x01, 0], 23, .reserved),
    ([0x3F, 0xFF, 0], 20, .documentation), ([0xFE, 0x80], 10, .linkLocal), ([0xFE, 0xC0], 10, .privateUse),
    ([0xFF], 8, .multicast), ([0xFC], 7, .privateUse),
    // Nothing else is given out as yet.
    ([0x20], 3, .global), ([], 0, .reserved),
  ]

  static func four(_ bytes: ArraySlice<UInt8>) -> AddressScope { first(of: fours, for: bytes) ?? .global }

  static func six(_ bytes: ArraySlice<UInt8>) -> AddressScope {
    // Those that stand for an address of IPv4 go where that goes: mapped, compatible, by NAT64, by 6to4.
    let head = bytes.prefix(12)
    let tail = bytes.dropFirst(12)
    let isMapped = head.elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
    let isCompatible = head.allSatisfy { $0 == 0 } && tail.dropLast().contains { $0 != 0 }
    let isNAT64 = head.elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
    if isMapped || isCompatible || isNAT64 { return four(tail) }
    if bytes.starts(with: [0x20, 0x02]) { return four(bytes.dropFirst(2).prefix(4)) }
    return first(of: sixes, for: bytes) ?? .reserved
  }

  private static func first(of blocks: [Block], for bytes: ArraySlice<UInt8>) -> AddressScope? {
    blocks.first { block in
      for (index, pair) in zip(bytes, block.prefix).enumerated() {
        let bits = block.bits - index * 8
        guard bits > 0 else { break }
        let mask: UInt8 = bits >= 8 ? 0xFF : 0xFF << (8 - UInt8(bits))
        if (pair.0 ^ pair.1) & mask != 0 { return false }
      }
      return true
    }?.scope
  }
}
