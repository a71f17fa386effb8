/// The roles that every workspace has; custom ones have no order.
package enum PortalRole {
    /// The least first.
    package static let names = ["no_access", "member", "admin"]

    package static func rank(of name: String) -> Int? {
        names.firstIndex { $0.hasSameBytes(as: name) }
    }

    /// How much a role opens.
    package enum Standing: Hashable, Sendable {
        /// The position in `names`; no role at all is `no_access`.
        case ranked(Int)
        /// A custom role, by its slug or its id: above `no_access`, in no order with the others.
        case custom(String)

        package static let noAccess = Standing.ranked(0)

        package init(ofRole name: String) {
            self = PortalRole.rank(of: name).map { .ranked($0) } ?? .custom(name)
        }

        /// The position among the roles that have an order; nil for a custom role.
        package var rank: Int? { if case .ranked(let rank) = self { rank } else { nil } }

        /// A change from this standing to another one.
        package func effect(ofChangeTo other: Standing) -> AccessEffect {
            switch (self, other) {
            case (.ranked(let now), .ranked(let then)):
                now == then ? .neutral : then < now ? .lowers : .grants
            case (.custom(let now), .custom(let then)):
                now.hasSameBytes(as: then) ? .neutral : .unknown
            case (.custom, .noAccess): .lowers
            case (.noAccess, .custom): .grants
            case (.custom, .ranked), (.ranked, .custom): .unknown
            }
        }

        /// Whether it certainly opens no more than another one.
        package func isWithin(_ other: Standing) -> Bool {
            switch other.effect(ofChangeTo: self) {
            case .lowers, .neutral: true
            case .grants, .unknown: false
            }
        }
    }
}

/// The effect of a change on what a contact can see.
///
/// The one classification for limits, send order, privileges and guardrails: what cannot be ordered
/// counts as granting where it is limited, and as lowering where speed protects.
package enum AccessEffect: Sendable, CaseIterable {
    case lowers, grants, neutral
    /// Nobody can tell: to or from a custom role, or to another account.
    case unknown

    /// Whether limits count it as a change that gives access.
    package var isLimitedAsGrant: Bool { self == .grants || self == .unknown }
    /// Whether it is sent before everything else.
    package var isSentFirst: Bool { self == .lowers || self == .unknown }
}

extension Contact {
    package var roleStanding: PortalRole.Standing {
        portalRole.map { .init(ofRole: $0) } ?? portalRoleID.map { .custom($0) } ?? .noAccess
    }

    /// The effect of setting a field of this contact to a value.
    package func accessEffect(of field: SettableField, _ value: String) -> AccessEffect {
        switch field {
        case .name, .avatarURL, .customField: .neutral
        case .accountID: holds(value, in: field) ? .neutral : .unknown
        case .portalRole: roleStanding.effect(ofChangeTo: .init(ofRole: value))
        case .portalRoleID:
            if holds(value, in: field) {
                .neutral
            } else {
                roleStanding.effect(ofChangeTo: .custom(value))
            }
        }
    }

    /// Whether its role may open more than that of another contact.
    package func mayHaveMoreAccess(than other: Contact) -> Bool {
        !roleStanding.isWithin(other.roleStanding)
    }
}
