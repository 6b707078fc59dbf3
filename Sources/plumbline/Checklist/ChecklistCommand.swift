import ArgumentParser

/// `plumbline checklist`: what to check, and whether it was.
struct ChecklistCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checklist", _superCommandName: Plumbline.name,
    abstract: "What to check for a system or a diff, and whether a pull request's body answers it.",
    subcommands: [ChecklistShow.self, ChecklistCheck.self], defaultSubcommand: ChecklistShow.self)
}
