import DecisionEngine
import Foundation
import KnowledgeModel
import Testing

@testable import Questionnaire

/// A folder that goes away with the test.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(UUID().uuidString)").path

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func fullDisk(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: off_t) -> Int {
  errno = ENOSPC
  return -1
}

@Suite struct JournalTests {
  let folder = TemporaryFolder()
  let knowledge: Knowledge

  init() throws { knowledge = try SmallKnowledge.make() }

  private func open(_ output: String = "/home/ana/architecture") throws -> Journal {
    try Journal(folder: folder.path, output: output, vocabulary: knowledge.traits)
  }

  private func state(_ lines: String...) -> Interview.State {
    var interview = Interview(knowledge)
    for line in lines { _ = interview.handle(line) }
    return interview.state
  }

  @Test func keepsAnswersAndPlace() throws {
    var kept = state("Checkout", "6..8", "40M/day # last year", "2:1", "", "800 GB", "unknown")
    kept.areas = [.caching, .load]
    kept.isRevising = true
    kept.proposals = [
      "qps": .init(answer: .quantity(Interval(5, 6)), query: "SELECT 1;", remark: "Over ten seconds.")
    ]
    kept.sheet.date = "2026-11-22"
    kept.sheet.people.informed = ["Ana", "Bo \u{202E}"]
    kept.sheet.knowledge = .init(version: "1", hash: "2")
    var journal: Journal? = try open()
    #expect(journal?.saved == nil)
    #expect(journal?.append(state("Checkout")) == nil)
    #expect(journal?.append(kept) == nil)
    journal = nil
    #expect(try open().saved == kept)
  }

  @Test func keepsFoldersApart() throws {
    let first = try open("/a/architecture")
    let second = try open("/b/architecture")
    #expect(first.path != second.path)
    #expect(first.append(state("A")) == nil)
    #expect(second.append(state("B")) == nil)
    #expect(
      Journal.path(folder: "/s", output: "/a/ärchi tecture") == Journal.path(folder: "/s", output: "/a/ärchi tecture"))
  }

  @Test func turnsASecondRunAway() throws {
    let first = try open()
    let problem = #expect(throws: JournalProblem.self) { try open() }
    #expect(problem == .busy(output: "/home/ana/architecture"))
    #expect(first.append(state("A")) == nil)
  }

  @Test("A lock that a process leaves just now is waited for")
  func waits() throws {
    let path = try open().path
    let other = Foundation.open(path, O_RDWR)
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    let end = Thread {
      usleep(60_000)
      close(other)
    }
    end.start()
    #expect(throws: Never.self) { try open() }
  }

  @Test func losesOneReplyAtMostWhenALineIsCutOff() throws {
    let (first, second) = (state("Checkout", "6"), state("Checkout", "6", "100"))
    var journal: Journal? = try open()
    let path = try #require(journal?.path)
    #expect(journal?.append(first) == nil)
    let whole = try Data(contentsOf: URL(filePath: path)).count
    #expect(journal?.append(second) == nil)
    journal = nil
    let content = try Data(contentsOf: URL(filePath: path))
    for length in whole..<content.count {
      try content.prefix(length).write(to: URL(filePath: path))
      #expect(try open().saved == first, "cut at \(length)")
    }
    try content.write(to: URL(filePath: path))
    #expect(try open().saved == second)
  }

  @Test func writesOverACutOffLine() throws {
    let (first, second) = (state("Checkout", "6"), state("Checkout", "6", "100"))
    var journal: Journal? = try open()
    let path = try #require(journal?.path)
    #expect(journal?.append(first) == nil)
    journal = nil
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(("{\"journal\":1,\"out" + String(repeating: "x", count: 5000)).utf8))
    try handle.close()
    journal = try open()
    #expect(journal?.saved == first)
    #expect(journal?.append(second) == nil)
    journal = nil
    #expect(try open().saved == second)
    #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 2)
  }

  @Test func passesOverLinesThatAreNotOurs() throws {
    let path = Journal.path(folder: folder.path, output: "/home/ana/architecture")
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try Data("nonsense\n{\"journal\":2}\n{\"journal\":1,\"output\":\"/elsewhere\",\"step\":\"review\"}\n\u{0}\n".utf8)
      .write(to: URL(filePath: path))
    #expect(try open().saved == nil)
  }

  @Test func isGoneAfterTheEnd() throws {
    let journal = try open()
    #expect(journal.append(state("A")) == nil)
    journal.remove()
    #expect(!FileManager.default.fileExists(atPath: journal.path))
    // The old lock is on a file without a name, and must not keep a new run out.
    #expect(try open().saved == nil)
  }

  @Test func saysThatAFolderCannotBeUsed() throws {
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    let file = folder.path + "/file"
    try Data().write(to: URL(filePath: file))
    let problem = #expect(throws: JournalProblem.self) {
      try Journal(folder: file + "/state", output: "/a", vocabulary: knowledge.traits)
    }
    #expect(problem?.description.contains(file) == true)
  }

  @Test func goesOnWhenTheDiskIsFull() throws {
    let journal = try open()
    journal.writeAt = fullDisk
    let problem = journal.append(state("A"))
    #expect(problem?.description.contains("No space left") == true)
    #expect(journal.append(state("A")) == nil, "reported twice")
    let other = try open("/b")
    other.writeAt = fullDisk
    var frontEnd = LineFrontEnd(Interview(knowledge), journal: other, resumeCommand: "r")
    var terminal = ScriptedTerminal(LineFrontEndTests.answers)
    guard case .finished = frontEnd.run(on: &terminal) else {
      Issue.record("stopped")
      return
    }
    #expect(terminal.shown.components(separatedBy: "No space left").count == 2)
  }

  @Test func leavesCompleteLinesWholeWhenAWriteFailsHalfway() throws {
    var journal: Journal? = try open()
    let (first, second) = (state("Checkout", "6"), state("Checkout", "6", "100"))
    #expect(journal?.append(first) == nil)
    let path = try #require(journal?.path)
    let size = try Data(contentsOf: URL(filePath: path)).count
    journal?.writeAt = { descriptor, bytes, offset in
      guard offset == off_t(size) else { return fullDisk(descriptor, bytes, offset) }
      return pwrite(descriptor, bytes.baseAddress, 20, offset)
    }
    #expect(journal?.append(second)?.description.contains(path) == true)
    #expect(try Data(contentsOf: URL(filePath: path)).count == size)
    journal = nil
    #expect(try open().saved == first)
  }

  @Test func isForTheOwnerAlone() throws {
    let journal = try open()
    let attributes = try FileManager.default.attributesOfItem(atPath: journal.path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }
}
