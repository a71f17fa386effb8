extension EmbeddedPostgres {
    package static func running(in stateDirectory: String) -> String? { nil }
}
