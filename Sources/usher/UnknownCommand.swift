import ArgumentParser
import Contacts
import Rules

extension ValidationError {
    /// A word where a command was expected, and the command that was probably meant.
    ///
    /// - Returns: nil where something else is wrong with the arguments.
    init?(unknownCommandIn arguments: [String], of root: any ParsableCommand.Type) {
        var (command, path) = (root, root._commandName)
        for argument in arguments {
            let commands = command.configuration.subcommands
            guard !commands.isEmpty, !argument.hasPrefix("-"), argument != "help" else {
                return nil
            }
            guard let next = commands.first(where: { $0.names.contains(argument) }) else {
                let names = commands.filter { $0.configuration.shouldDisplay }.map {
                    $0._commandName
                }
                let advice =
                    Suggestion.name(to: argument, among: names).map {
                        "did you mean \(path) \($0)?"
                    }
                    ?? "it has \(names.joined(separator: ", "))"
                self.init("\(path) has no command \(argument.quoted); \(advice)")
                return
            }
            (command, path) = (next, "\(path) \(next._commandName)")
        }
        return nil
    }
}

extension ParsableCommand {
    fileprivate static var names: [String] { [_commandName] + configuration.aliases }
}
