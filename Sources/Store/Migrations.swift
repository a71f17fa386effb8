package import Postgres

extension Store {
    /// The schema's history, in order; each file is never edited again.
    package static let migrations: [Migration] = [
        Migration(name: "0001_log", bytes: PackageResources._001_log_sql),
        Migration(name: "0002_snapshot", bytes: PackageResources._002_snapshot_sql),
        Migration(name: "0003_work", bytes: PackageResources._003_work_sql),
        Migration(name: "0004_audit", bytes: PackageResources._004_audit_sql),
        Migration(name: "0005_rechecks", bytes: PackageResources._005_rechecks_sql),
        Migration(name: "0006_limits", bytes: PackageResources._006_limits_sql),
        Migration(name: "0007_reverts", bytes: PackageResources._007_reverts_sql),
        Migration(name: "0008_ages", bytes: PackageResources._008_ages_sql),
        Migration(name: "0009_unordered", bytes: PackageResources._009_unordered_sql),
        Migration(name: "0010_holds", bytes: PackageResources._010_holds_sql),
        Migration(name: "0011_access", bytes: PackageResources._011_access_sql),
        Migration(name: "0012_alerts", bytes: PackageResources._012_alerts_sql),
        Migration(name: "0013_unreadable", bytes: PackageResources._013_unreadable_sql),
        Migration(name: "0014_breakers", bytes: PackageResources._014_breakers_sql),
        Migration(name: "0015_absence", bytes: PackageResources._015_absence_sql),
        Migration(name: "0016_forgotten", bytes: PackageResources._016_forgotten_sql),
        Migration(name: "0017_audit", bytes: PackageResources._017_audit_sql),
        Migration(name: "0018_scopes", bytes: PackageResources._018_scopes_sql),
        Migration(name: "0019_decisions", bytes: PackageResources._019_decisions_sql),
        Migration(name: "0020_grants", bytes: PackageResources._020_grants_sql),
        Migration(name: "0021_expiry", bytes: PackageResources._021_expiry_sql),
    ]

    /// Makes the roles and gives them their rights; may be run again and again.
    package static let rolesScript = String(decoding: PackageResources.roles_sql, as: UTF8.self)
}

extension Migration {
    fileprivate init(name: String, bytes: [UInt8]) {
        self.init(name: name, sql: String(decoding: bytes, as: UTF8.self))
    }
}
