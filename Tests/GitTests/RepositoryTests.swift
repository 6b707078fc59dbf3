import Foundation
import Testing

@testable import Git

@Suite("Repositories are read by the git command")
struct RepositoryTests {
  private func open(_ shop: Workshop, _ below: String = "") throws -> Repository {
    try Repository(containing: shop.folder + below, environment: shop.plain)
  }

  private func summary(_ diff: Diff) -> [String] {
    diff.files.map { file in
      let old = file.oldPath.map { String(decoding: $0, as: UTF8.self) + " > " } ?? ""
      return "\(file.status) \(old)\(String(decoding: file.path, as: UTF8.self))"
    }
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private let long = (1...40).map { "line \($0)\n" }.joined()

  @Test("Committed, staged and unstaged changes since the common commit are compared with the working tree")
  func workingTree() throws {
    let shop = try Workshop(["a.sql": "1\n", "b.sql": "1\n", "c.sql": "1\n", "moved.sql": long, "gone.sql": "1\n"])
    try shop.git("branch", "base")
    try shop.git("checkout", "-q", "base")
    try shop.commit(["only-on-base.sql": "x\n"])
    try shop.git("checkout", "-q", "main")
    try shop.commit(["a.sql": "2\n"])
    try shop.write(["b.sql": "2\n", "sub/new.sql": "n\n"])
    try shop.git("add", "-A")
    try shop.write(["c.sql": "2\n", "unknown.sql": "u\n", "heap/1": "", "heap/2": ""])
    try shop.git("mv", "moved.sql", "sub/moved.sql")
    try shop.remove("gone.sql")

    for below in ["", "/sub"] {
      let repository = try open(shop, below)
      let diff = try repository.diff(base: "base", head: nil)
      #expect(diff.hasCommonCommit)
      #expect(
        summary(diff) == [
          "modified a.sql", "modified b.sql", "modified c.sql", "deleted gone.sql", "renamed moved.sql > sub/moved.sql",
          "added sub/new.sql",
        ])
      #expect(repository.workingFile(bytes("c.sql"), largest: 100) == .text(bytes("2\n")))
      #expect(repository.workingFile(bytes("sub/new.sql"), largest: 1) == .tooLarge)
      #expect(repository.workingFile(bytes("gone.sql"), largest: 100) == .missing)
      #expect(try repository.untracked().map { String(decoding: $0, as: UTF8.self) } == ["heap/", "unknown.sql"])
    }
    #expect(summary(try open(shop).diff(base: "base", head: "main")) == ["modified a.sql"])
  }

  @Test("A bare repository is compared commit by commit; its contents come by their ids")
  func bare() throws {
    let shop = try Workshop(["a.sql": "1\n"])
    try shop.commit(["a.sql": "2\n", "b.bin": "\0\0", "big.sql": long], "second")
    let bare = try Workshop()
    try bare.git("clone", "-q", "--bare", shop.folder, "x.git")
    let repository = try open(bare, "/x.git")
    #expect(repository.isBare)
    #expect(throws: GitProblem.noWorkingTree(folder: repository.root)) { try repository.diff(base: "main~", head: nil) }
    let diff = try repository.diff(base: "main~", head: "main")
    #expect(summary(diff) == ["modified a.sql", "added b.bin", "added big.sql"])
    let ids = diff.files.compactMap(\.newBlob) + diff.files.compactMap(\.oldBlob)
    var found: [String: FileContents] = [:]
    try repository.blobs(ids, largest: 50) { found[$0] = $1 }
    #expect(ids.map { found[$0] } == [.text(bytes("2\n")), .binary, .tooLarge, .text(bytes("1\n"))])
    #expect(try repository.untracked().isEmpty)
  }

  @Test("Thousands of contents are read without a standstill, and those that exceed what is kept one by one")
  func many() throws {
    var files: [String: String] = [:]
    for number in 0..<2500 { files["f\(number)"] = String(repeating: "\(number) ", count: 400) }
    files["huge"] = String(repeating: "x", count: 40 << 20)
    let shop = try Workshop(["start": ""])
    try shop.commit(files)
    let repository = try open(shop)
    let diff = try repository.diff(base: "HEAD~", head: "HEAD")
    var found: [String: FileContents] = [:]
    let ids = diff.files.compactMap(\.newBlob)
    try repository.blobs(ids, largest: 1 << 20) { found[$0] = $1 }
    #expect(found.count == 2501)
    #expect(found.values.count { $0 == .tooLarge } == 1)
    #expect(
      diff.files.allSatisfy { file in
        let path = String(decoding: file.path, as: UTF8.self)
        guard let id = file.newBlob, path != "huge" else { return true }
        return found[id] == .text(Array((files[path] ?? "").utf8))
      })
  }

  @Test("A shallow clone without a common commit, and unrelated histories, are compared directly")
  func shallow() throws {
    let shop = try Workshop(["a": "1\n"])
    for number in 2...5 { try shop.commit(["a": "\(number)\n"]) }
    try shop.git("branch", "side", "HEAD~3")
    try shop.git("checkout", "-q", "side")
    try shop.commit(["b": "1\n"])
    let clone = try Workshop()
    try clone.git("clone", "-q", "--depth=1", "--no-single-branch", "file://\(shop.folder)", "x")
    let repository = try open(clone, "/x")
    #expect(repository.isShallow)
    let diff = try repository.diff(base: "origin/main", head: nil)
    #expect(!diff.hasCommonCommit)
    #expect(summary(diff) == ["modified a", "added b"])

    try shop.git("checkout", "-q", "--orphan", "other")
    try shop.commit(["c": "1\n"])
    #expect(try !open(shop).diff(base: "main", head: nil).hasCommonCommit)
  }

  @Test("A partial clone is read as far as it goes; nothing is fetched")
  func partial() throws {
    let shop = try Workshop(["a": long, "b": "1\n", "c": "1\n"])
    try shop.commit(["b": "2\n", "c": "2\n"])
    try shop.git("mv", "a", "d")
    try shop.commit(["d": long + "more\n"])
    try shop.git("config", "uploadpack.allowFilter", "true")
    let clone = try Workshop()
    try clone.git("clone", "-q", "--filter=blob:none", "file://\(shop.folder)", "x")
    let repository = try open(clone, "/x")
    #expect(repository.isPartial)
    let diff = try repository.diff(base: "HEAD~2", head: nil)
    #expect(!diff.looksForRenames)
    #expect(summary(diff) == ["deleted a", "modified b", "modified c", "added d"])
    var found: [FileContents] = []
    try repository.blobs(diff.files.compactMap(\.oldBlob), largest: 1000) { found.append($1) }
    #expect(found == [.missing, .missing, .missing])
    // The contents that are checked out are there.
    try repository.blobs(diff.files.compactMap(\.newBlob), largest: 1000) { found.append($1) }
    #expect(found.suffix(3) == [.text(bytes("2\n")), .text(bytes("2\n")), .text(bytes(long + "more\n"))])
  }

  @Test("Of a sparse checkout the files that are not there have their contents all the same")
  func sparse() throws {
    let shop = try Workshop(["in/a": "1\n", "out/b": "1\n"])
    try shop.commit(["in/a": "2\n", "out/b": "2\n"])
    try shop.git("sparse-checkout", "set", "in")
    let repository = try open(shop)
    let diff = try repository.diff(base: "HEAD~", head: nil)
    #expect(summary(diff) == ["modified in/a", "modified out/b"])
    #expect(repository.workingFile(bytes("out/b"), largest: 10) == .missing)
    #expect(diff.files[1].newBlob != nil)
  }

  @Test("Links, modes, types and submodules are told apart; an unsettled merge is what lies in the working tree")
  func kinds() throws {
    let other = try Workshop(["x": "1\n"])
    let shop = try Workshop(["run.sh": "1\n", "file": "1\n", "both": "1\n"])
    try shop.git("submodule", "--quiet", "add", other.folder, "module")
    try shop.commit([:], "with a module")
    try shop.git("checkout", "-q", "-b", "side")
    try shop.commit(["both": "side\n", "new": "side\n"])
    try shop.git("checkout", "-q", "main")
    try shop.commit(["both": "main\n", "new": "main\n"])
    try shop.git("tag", "here", "HEAD~")
    chmod("\(shop.folder)/run.sh", 0o755)
    try shop.remove("file")
    symlink("/etc/passwd", "\(shop.folder)/file")
    symlink("run.sh", "\(shop.folder)/link")
    try shop.git("add", "-A")
    try other.commit(["x": "2\n"])
    try shop.git("-C", "module", "pull", "-q")
    try shop.git("commit", "-q", "-m", "more")
    _ = try? shop.git("merge", "side")
    let repository = try open(shop)
    let diff = try repository.diff(base: "here", head: nil)
    #expect(
      summary(diff) == [
        "modified both", "typeChanged file", "added link", "submodule module", "added new", "modified run.sh",
      ])
    #expect(diff.files.map(\.isLink) == [false, true, true, false, false, false])
    #expect(diff.files.last?.isModeChanged == true)
    #expect(repository.workingFile(bytes("link"), largest: 10) == .missing)
  }

  @Test("Any name that git can hold comes through byte by byte")
  func names() throws {
    let names: [[UInt8]] = [
      bytes("-rf"), bytes("--output=x"), bytes("new\nline"), bytes("quo\"te'"), bytes(" blank "), bytes("back\\slash"),
      [0x66, 0xFF, 0xFE], bytes("ü.sql"), bytes(":(top)x"), bytes("*.sql"), bytes("\u{202E}lqs"), bytes("\t"),
    ]
    let shop = try Workshop(["start": ""])
    for name in names {
      let path = (Array("\(shop.folder)/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
      let file = Foundation.open(path, O_WRONLY | O_CREAT, 0o644)
      #expect(file >= 0)
      #expect(write(file, "text\n", 5) == 5)
      close(file)
    }
    try shop.commit([:])
    let repository = try open(shop)
    let diff = try repository.diff(base: "HEAD~", head: nil)
    #expect(Set(diff.files.map(\.path)) == Set(names))
    #expect(names.allSatisfy { repository.workingFile($0, largest: 10) == .text(bytes("text\n")) })
  }

  @Test("What is no revision is refused with what there is, and is never an option")
  func revisions() throws {
    let shop = try Workshop(["a": "1\n"])
    try shop.git("tag", "v1")
    let repository = try open(shop)
    for name in ["mian", "", "-p", "--output=x", "--all", "HEAD:a", "a b", "v1..main", "^main", "x\0y"] {
      #expect(throws: GitProblem.noSuchRevision(name, names: ["main", "v1"], isShallow: false)) {
        try repository.diff(base: name, head: nil)
      }
    }
    #expect(throws: GitProblem.noSuchRevision("nowhere", names: ["main", "v1"], isShallow: false)) {
      try repository.diff(base: "main", head: "nowhere")
    }
    #expect(!FileManager.default.fileExists(atPath: "\(shop.folder)/x"))
  }

  @Test("No repository, no git, and a branch without commits are said")
  func failures() throws {
    let shop = try Workshop()
    #expect(throws: GitProblem.noRepository(folder: shop.folder)) { try open(shop) }
    #expect(throws: GitProblem.noRepository(folder: "\(shop.folder)/nothing")) { try open(shop, "/nothing") }
    #expect(throws: GitProblem.noGit) { try Repository(containing: shop.folder, environment: ["PATH": shop.folder]) }
    try shop.git("init", "-q", "-b", "main")
    #expect(throws: GitProblem.noSuchRevision("HEAD", names: [], isShallow: false)) {
      try open(shop).diff(base: "HEAD", head: nil)
    }
  }

  @Test("Nothing that a repository's configuration names is run, and nothing is written")
  func hostile() throws {
    let shop = try Workshop(["a.sql": long, "b.sql": "1\n", ".gitattributes": "*.sql filter=evil diff=evil\n"])
    try shop.commit(["c.sql": "1\n"])
    let mark = "\(shop.folder)/.git/marks"
    try FileManager.default.createDirectory(atPath: mark, withIntermediateDirectories: true)
    let settings = [
      "core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "filter.evil.clean",
      "filter.evil.smudge", "filter.evil.process", "filter.a=b.clean", "core.sshCommand", "core.pager", "pager.diff",
      "core.gitProxy", "credential.helper", "core.askPass", "core.alternateRefsCommand", "core.editor", "gpg.program",
    ]
    for setting in settings { try shop.git("config", setting, "touch \(mark)/\(setting); cat") }
    try shop.git("config", "core.hooksPath", "\(shop.folder)/hooks")
    var hooks: [String: String] = [:]
    for name in ["post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman"] {
      hooks["hooks/\(name)"] = "#!/bin/sh\ntouch \(mark)/hook-\(name)\n"
    }
    try shop.write(hooks)
    for name in hooks.keys { chmod("\(shop.folder)/\(name)", 0o755) }
    try shop.write(["a.sql": long + "x\n", "b.sql": "2\n"])
    // The same contents with another time: git would look into it to know.
    try shop.write(["c.sql": "1\n"])
    let index = FileManager.default.contents(atPath: "\(shop.folder)/.git/index")
    let repository = try open(shop)
    let diff = try repository.diff(base: "HEAD~", head: nil)
    #expect(summary(diff) == ["modified a.sql", "modified b.sql", "added c.sql"])
    try repository.blobs(diff.files.compactMap(\.oldBlob), largest: 1000) { _, _ in }
    #expect(try repository.untracked().count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: mark) == [])
    #expect(FileManager.default.contents(atPath: "\(shop.folder)/.git/index") == index)
  }
}
