internal import Contacts
internal import Crypto
package import Foundation
internal import Postgres
internal import Rules

/// A condition that needs an operator's attention.
package struct Alert: Sendable, Equatable {
    /// A stable name for routing alerts; docs/operations.md explains each, and what ends it.
    package enum Code: String, Sendable, CaseIterable, Codable {
        case unauthorized
        case otherOrganisation = "other_organisation"
        case massDelete = "mass_delete"
        case conflict
        case unsettledRules = "unsettled_rules"
        case ownChanges = "own_changes"
        case blocked
        case rulesetRefused = "ruleset_refused"
        case sweepAborted = "sweep_aborted"
        case sharedBudget = "shared_budget"
        case held
        case revert
        case otherRules = "other_rules"
        case unusableRules = "unusable_rules"
        case guardrail
        case stuck
        case holdExpiry = "hold_expiry"
        case drift
        case database
        case lateSweep = "late_sweep"
        case clock
        case unreadable
        case apiFailing = "api_failing"
        case log

        /// How soon it is news again while it is open: after an hour where many contacts may raise it,
        /// at once where each raising is about something else, never where one condition stays.
        var noticeInterval: Duration? {
            switch self {
            case .blocked, .ownChanges, .revert, .drift, .unreadable: .seconds(3600)
            case .held, .holdExpiry, .rulesetRefused: .zero
            default: nil
            }
        }

        /// How long it stays open without being raised again; nil where something else ends it.
        var lifetime: Duration? {
            switch self {
            case .sharedBudget: .seconds(900)
            case .holdExpiry: .seconds(86_400)
            // A process that watches such a condition raises it again every minute.
            case .rulesetRefused, .otherRules, .unusableRules, .stuck, .database, .clock, .log:
                .seconds(300)
            default: nil
            }
        }
    }

    /// What tells alerts of one workspace apart.
    package struct Key: Sendable, Hashable {
        package let code: Code
        /// What it is about. Empty where there is one at a time.
        package let subject: String

        package init(_ code: Code, subject: String = "") {
            (self.code, self.subject) = (code, Self.bounded(subject))
        }

        /// As contacts name it.
        var text: String { "\(code.rawValue) \(subject)" }

        /// Longest subject, in bytes: it is part of a database key, and rules may have long names.
        static let maxSubject = 256

        /// The subject, or its beginning and a digest of all of it.
        private static func bounded(_ subject: String) -> String {
            guard subject.utf8.count > maxSubject else { return subject }
            let digest = SHA256.hash(data: Data(subject.utf8)).prefix(8).hexadecimal
            return subject.prefix(maxSubject / 8) + "… " + digest
        }
    }

    package let key: Key
    /// The event, its object and the remedy; never a contact's data.
    package let message: String
    package var contactID: String? = nil

    package init(code: Code, subject: String = "", message: String, contactID: String? = nil) {
        key = Key(code, subject: subject)
        self.message = message
        self.contactID = contactID
    }

    package var code: Code { key.code }
    package var subject: String { key.subject }
}

/// An alert that is on record and not over.
package struct OpenAlert: Sendable, Equatable {
    package let alert: Alert
    package let raisedAt: Date
    /// The event that told of it last.
    let raisedSeq: Int
    /// When people were told of it last.
    let toldAt: Date
    let seenAt: Date

    /// Between two writes of `seen_at`: what is raised in every pass costs no more than that.
    static let seenInterval: Duration = .seconds(30)

    /// Whether people are told again when it is raised at a moment.
    func isNews(at now: Date) -> Bool {
        alert.code.noticeInterval.map { toldAt + $0 <= now } ?? false
    }

    func isSeenLately(at now: Date) -> Bool { now < seenAt + Self.seenInterval }
}

/// An alert that is over.
package struct ResolvedAlert: Sendable, Equatable {
    package let alert: Alert
    package let raisedAt: Date

    package init(alert: Alert, raisedAt: Date) {
        (self.alert, self.raisedAt) = (alert, raisedAt)
    }
}
