import ArgumentParser
import Contacts
import Foundation
import RuleLint
import Rules
import Store
import Worker

extension RulesCommand {
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the values that the rules want for a contact, and why.",
            discussion: """
                The contact is one in the database, one in a file as JSON (the API's whole \
                response to GET /contacts/{id} is accepted), or just an address. Contacts given \
                with --file or --email count as first seen now.
                """)

        @OptionGroup var files: RuleFilesOptions
        @OptionGroup var target: TargetOptions
        @Option(help: "A contact in the database, by its id or primary e-mail address.")
        var contact: String?
        @Option(help: "A contact with this primary e-mail address and nothing else.")
        var email: String?
        @Option(help: "A file with one contact as JSON; - reads standard input.")
        var file: String?
        @Option(
            help: "Only this rule, and what prevents it; for a table, the matching rows.")
        var rule: String?
        @OptionGroup var rows: RowsOption
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard [email, file, contact].count(where: { $0 != nil }) == 1 else {
                throw ValidationError("give one of --email ADDRESS, --contact ID, --file FILE")
            }
        }

        func run() async throws {
            let ruleset = try output.ruleset(at: files.location(of: target.workspace))
            let (contact, memory) = try await subject()
            if let rule {
                try output.show(try explanation(of: rule, in: ruleset, on: contact, memory))
            } else {
                let explanation = ruleset.explain(contact, memory: memory, now: .now)
                try output.show(explanation.folded(rows.folding(of: ruleset)))
            }
        }

        private func explanation(
            of id: String, in ruleset: Ruleset, on contact: Contact, _ memory: ContactMemory
        ) throws -> RuleExplanation {
            guard
                let explanation = ruleset.explain(
                    rule: id, on: contact, memory: memory, now: .now,
                    maxRows: rows.rows ? .max : Ruleset.shownRows)
            else {
                note("the rules have \(ruleset.missing(id))")
                throw ExitCode.failure
            }
            return explanation
        }

        /// The contact, and what Usher remembers of its own changes of it.
        private func subject() async throws -> (Contact, ContactMemory) {
            if let contact {
                let known = try await target.withStore { try await $0.histories(of: contact) }
                guard let story = known.first else {
                    note("no contact has the id or address \(contact.quoted)")
                    throw ExitCode.failure
                }
                if known.count > 1 {
                    let id = story.contact.id.word
                    note("\(known.count) contacts have this address; this is \(id)")
                }
                return (story.contact, story.memory)
            }
            var contact =
                try file.map { try ContactFile($0).contact } ?? Contact(id: "example", email: email)
            contact.firstSeen = Date.now
            return (contact, ContactMemory())
        }
    }
}
