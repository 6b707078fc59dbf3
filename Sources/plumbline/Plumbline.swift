import ArgumentParser
import Foundation

/// The command line: arguments in, exit status out.
@main
struct Plumbline: ParsableCommand {
  static let name = "plumbline"
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Architecture decisions that name their rule, their number and their distance to the next threshold.",
    discussion: """
      Answer a short questionnaire and get a design document that holds up in review.

        plumbline ask                      the questionnaire, then the documents
        plumbline decide answers.yaml      what the rules say
        plumbline design answers.yaml      the documents from a file

      Exit status: 0 done, 1 findings, 2 bad usage or input, 3 could not be done, 130 interrupted.
      """,
    version: version,
    subcommands: [
      Ask.self, AnswersCommand.self, Decide.self, Design.self, Explain.self, Compare.self, RevisitCommand.self,
      Records.self, ChecklistCommand.self, PullRequestTemplateCommand.self, SiteCommand.self, Recover.self, Orient.self,
      SchemaCommand.self, MigrationCommand.self, HealthCommand.self, KB.self,
    ])

  static func main() {
    Foundation.exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  /// The named command is parsed alone, which spares building all others; what it refuses is parsed again from the
  /// root, for messages that name the whole command. It has a `_superCommandName`, so that the parser does not look
  /// first for a wish for completions, of which the root knows.
  private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
    if !arguments.contains(where: { ["-h", "--help", "-help", "help", "--version"].contains($0) }) {
      var type: any ParsableCommand.Type = Plumbline.self
      var rest = arguments[...]
      while let next = type.configuration.subcommands.first(where: { $0.configuration.commandName == rest.first }) {
        type = next
        rest = rest.dropFirst()
      }
      type = type.configuration.defaultSubcommand ?? type
      if type != Plumbline.self, let command = try? type.parseAsRoot(Array(rest)) { return command }
    }
    return try parseAsRoot(arguments)
  }

  /// Runs a command and maps every ending to the exit status that the contract names.
  static func run(_ arguments: [String]) -> Int32 {
    do {
      var command = try parsed(arguments)
      try command.run()
      return 0
    } catch let ending as Ending {
      if let message = ending.message { Output.error(message) }
      return ending.status
    } catch {
      let text = fullMessage(for: error)
      if exitCode(for: error) == .success {
        do { try Output.write(text + "\n") } catch { return 3 }
        return 0
      }
      Output.error(text)
      return 2
    }
  }
}

/// How a command ends other than well.
struct Ending: Error {
  var status: Int32
  var message: String?

  /// There are findings.
  static let findings = Ending(status: 1)
  static func badInput(_ message: String) -> Ending { Ending(status: 2, message: message) }
  static func cannot(_ message: String) -> Ending { Ending(status: 3, message: message) }
}

/// Results go to standard output, diagnostics to standard error.
enum Output {
  /// - Throws: `Ending` with status 3 where it cannot be written, as on a full disk.
  static func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  static func write(_ data: Data) throws { try data.withUnsafeBytes(write) }

  static func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Foundation.write(1, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw Ending.cannot("standard output cannot be written: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// Columns of the terminal that results go to, 40 to 100; 100 where they go elsewhere.
  static var columns: Int {
    var size = winsize()
    guard isatty(1) == 1, ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return min(max(Int(size.ws_col), 40), 100)
  }

  static func error(_ text: String) {
    // Where not even this can be said, there is nobody to say it to.
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }

  /// The system's own words for a failed file operation.
  static func reason(_ error: any Error) -> String {
    if let cocoa = error as? CocoaError {
      switch cocoa.code {
      case .fileNoSuchFile, .fileReadNoSuchFile: return "no such file or folder"
      case .fileWriteNoPermission, .fileReadNoPermission: return "permission denied"
      case .fileWriteOutOfSpace: return "no space left on the disk"
      case .fileWriteVolumeReadOnly: return "the disk is read-only"
      case .fileWriteFileExists: return "something else of that name is in the way"
      default: break
      }
    }
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
    return underlying.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(underlying.code)))
      : "the system refused it (\(underlying.domain) \(underlying.code))"
  }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

extension String {
  /// One word of a command line that a person can copy.
  var quotedForShell: String {
    allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,%+@".contains($0)) } && !isEmpty
      ? self : "'\(replacing("'", with: "'\\''"))'"
  }
}
