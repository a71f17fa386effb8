import ArgumentParser
import Contacts
import Foundation
import Store

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "List values that another party changed after a rule set them.",
        discussion: """
            Rules do not overwrite such a value unless they set on_drift: reassert. To let a rule \
            set its value again: usher approve drift:CONTACT:FIELD --reason …
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var count = 0
        var list = JSONList()
        try await target.withStore { store in
            try await store.readDrift { drift in
                count += 1
                switch output.format {
                case .text: print(drift.text)
                case .json: try list.add(drift)
                }
                try StandardOutput.shared.check()
            }
        }
        switch output.format {
        case .text where count == 0: print("nothing has drifted")
        case .text: print(count.count(of: "value"))
        case .json: list.end()
        }
    }
}

extension ContactDrift {
    fileprivate var text: String {
        "\(contactID.word)".strong + "  \(email?.quoted ?? "no address")  \(field.word): "
            + "\(rule.word) wants \(value.quoted), found \(found?.text ?? "nothing") "
            + "since \(since.formatted(.iso8601))"
    }
}
