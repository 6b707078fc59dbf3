import Foundation
import Testing

@testable import Terminal

@Suite struct SystemTerminalTests {
  @Test(arguments: [("1", true), ("true", true), ("", false), ("false", false)])
  func takesAContinuousIntegrationMachineForNobody(_ row: (value: String, isMachine: Bool)) {
    #expect(SystemTerminal.isMachine(["CI": row.value]) == row.isMachine)
  }

  @Test func knowsThatAPipeIsNoTerminal() throws {
    let pipe = Pipe()
    let terminal = SystemTerminal(
      environment: [:], input: pipe.fileHandleForReading.fileDescriptor,
      output: pipe.fileHandleForWriting.fileDescriptor)
    #expect(!terminal.isInteractive)
    #expect(!terminal.hasColor)
    try pipe.fileHandleForWriting.write(contentsOf: Data("one\r\ntwo".utf8))
    try pipe.fileHandleForWriting.close()
    #expect(terminal.readLine() == .line("one"))
    #expect(terminal.readLine() == .line("two"))
    #expect(terminal.readLine() == .end)
  }

  @Test func reportsBytesThatAreNotText() throws {
    let pipe = Pipe()
    let terminal = SystemTerminal(environment: [:], input: pipe.fileHandleForReading.fileDescriptor, output: -1)
    try pipe.fileHandleForWriting.write(contentsOf: Data([0xFF, 0x0A, 0x61, 0x0A]))
    #expect(terminal.readLine() == .unreadable("the line is not UTF-8"))
    #expect(terminal.readLine() == .line("a"))
  }
}
