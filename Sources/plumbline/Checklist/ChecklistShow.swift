import ArgumentParser

/// `plumbline checklist [answers.yaml]`: the checks that apply.
struct ChecklistShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "The checks that apply, by phase and area; the default.")

  func run() throws {}
}
