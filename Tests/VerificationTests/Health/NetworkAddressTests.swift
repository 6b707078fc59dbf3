import Foundation
import TestSupport
import Testing

@testable import Verification

@Suite("Which addresses are public")
struct NetworkAddressTests {
  @Test(
    "Each block of the registries, at its ends and just beside them",
    arguments: [
      ("8.8.8.8", .global), ("1.1.1.1", .global), ("0.0.0.0", .unspecified), ("0.255.255.255", .unspecified),
      ("1.0.0.0", .global), ("9.255.255.255", .global), ("10.0.0.0", .privateUse), ("10.255.255.255", .privateUse),
      ("11.0.0.0", .global), ("100.63.255.255", .global), ("100.64.0.0", .shared), ("100.127.255.255", .shared),
      ("100.128.0.0", .global), ("126.255.255.255", .global), ("127.0.0.0", .loopback), ("127.0.0.1", .loopback),
      ("127.255.255.255", .loopback), ("128.0.0.0", .global), ("169.253.255.255", .global),
      ("169.254.0.0", .linkLocal), ("169.254.169.254", .linkLocal), ("169.254.255.255", .linkLocal),
      ("169.255.0.0", .global), ("172.15.255.255", .global), ("172.16.0.0", .privateUse),
      ("172.31.255.255", .privateUse), ("172.32.0.0", .global), ("192.0.0.1", .reserved), ("192.0.1.0", .global),
      ("192.0.2.7", .documentation), ("192.0.3.0", .global), ("192.88.99.1", .reserved), ("192.167.255.255", .global),
      ("192.168.0.0", .privateUse), ("192.168.255.255", .privateUse), ("192.169.0.0", .global),
      ("198.17.255.255", .global), ("198.18.0.0", .benchmarking), ("198.19.255.255", .benchmarking),
      ("198.20.0.0", .global), ("198.51.100.1", .documentation), ("203.0.113.1", .documentation),
      ("223.255.255.255", .global), ("224.0.0.0", .multicast), ("239.255.255.255", .multicast),
      ("240.0.0.0", .reserved), ("255.255.255.254", .reserved), ("255.255.255.255", .broadcast),
    ] as [(String, AddressScope)])
  func four(text: String, scope: AddressScope) throws {
    #expect(try #require(NetworkAddress(text)).scope == scope)
    // However an address of IPv6 stands for it, it is judged as itself.
    #expect(try #require(NetworkAddress("::ffff:\(text)")).scope == scope)
    #expect(try #require(NetworkAddress("64:ff9b::\(text)")).scope == scope)
    let parts = text.split(separator: ".").compactMap { UInt8($0) }.map { String(format: "%02x", Int($0)) }
    let sixToFour = "2002:\(parts[0])\(parts[1]):\(parts[2])\(parts[3])::1"
    #expect(try #require(NetworkAddress(sixToFour)).scope == scope)
  }

  @Test(
    "IPv6",
    arguments: [
      ("::", .unspecified), ("::1", .loopback), ("::7f00:1", .loopback), ("::a00:1", .privateUse),
      ("::2", .reserved), ("2606:4700::1111", .global), ("2001:4860:4860::8888", .global), ("2001:200::1", .global),
      ("2001::1", .reserved), ("2001:1ff:ffff::", .reserved), ("2001:db8::1", .documentation),
      ("2001:db9::1", .global), ("3ffe::1", .global), ("3fff::1", .documentation), ("3fff:fff::1", .documentation),
      ("3fff:1000::1", .global), ("4000::1", .reserved), ("5f00::1", .reserved), ("100::1", .reserved),
      ("64:ff9b:1::1", .privateUse), ("64:ff9b:0:1::1", .reserved), ("fc00::1", .privateUse),
      ("fd00:ec2::254", .privateUse), ("fdff:ffff::1", .privateUse), ("fe00::1", .reserved), ("fe80::1", .linkLocal),
      ("febf::1", .linkLocal), ("fec0::1", .privateUse), ("feff::1", .privateUse), ("ff02::1", .multicast),
      ("::ffff:0:127.0.0.1", .reserved), ("::fffe:127.0.0.1", .reserved),
    ] as [(String, AddressScope)])
  func six(text: String, scope: AddressScope) throws {
    #expect(try #require(NetworkAddress(text)).scope == scope)
  }

  @Test("Only public addresses are asked; with leave, all but those of many hosts at once")
  func allowed() {
    for scope in AddressScope.allCases {
      #expect(scope.isAllowed(private: false) == (scope == .global))
      #expect(scope.isAllowed(private: true) == (scope != .multicast && scope != .broadcast))
      #expect(!scope.text.isEmpty)
    }
  }

  @Test("What the system connects to is read as it is, and nothing shorter or of another kind")
  func system() throws {
    var four = sockaddr_in()
    four.sin_family = sa_family_t(AF_INET)
    four.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    #expect(withUnsafeBytes(of: four) { NetworkAddress($0) } == NetworkAddress("127.0.0.1"))
    var six = sockaddr_in6()
    six.sin6_family = sa_family_t(AF_INET6)
    six.sin6_addr = in6addr_loopback
    #expect(withUnsafeBytes(of: six) { NetworkAddress($0) } == NetworkAddress("::1"))
    #expect(withUnsafeBytes(of: six) { NetworkAddress(UnsafeRawBufferPointer(rebasing: $0.prefix(20))) } == nil)
    #expect(withUnsafeBytes(of: six) { NetworkAddress(UnsafeRawBufferPointer(rebasing: $0.prefix(4))) } == nil)
    var local = sockaddr_un()
    local.sun_family = sa_family_t(AF_UNIX)
    #expect(withUnsafeBytes(of: local) { NetworkAddress($0) } == nil)
  }

  @Test("Other spellings are no addresses here: the system's own reading of them counts")
  func spellings() {
    for text in ["0x7f000001", "2130706433", "0177.0.0.1", "127.1", "localhost", "", "fe80::1%eth0", "[::1]"] {
      #expect(NetworkAddress(text) == nil)
    }
  }

  @Test("Any address has a scope, and its text leads back to it")
  func random() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<size(2_000, full: 200_000) {
      let words = (0..<8).map { _ in
        Bool.random(using: &generator) ? 0 : Int.random(in: 0...0xFFFF, using: &generator)
      }
      let text = words.map { String($0, radix: 16) }.joined(separator: ":")
      let address = try #require(NetworkAddress(text))
      #expect(NetworkAddress(address.text) == address)
      // What is public is of 2000::/3, or stands for a public address of IPv4.
      if address.scope == .global {
        #expect(address.bytes[0] & 0xE0 == 0x20 || address.bytes.starts(with: [0, 0]) || address.bytes[1] == 0x64)
      }
    }
  }
}
