private import Foundation

extension ClusterFiles {
    /// Makes an empty cluster; killed half-way, the next one begins anew.
    func create(
        _ installation: Installation, as user: ServerUser, durability: EmbeddedPostgres.Durability
    ) async throws {
        try makeDirectory(unfinishedData, for: user)
        // By its owner: root does not delete where another user could put links meanwhile.
        try await Command.run(
            user.commandLine("/usr/bin/find", [unfinishedData, "-mindepth", "1", "-delete"]))
        let sync = durability == .off ? ["--no-sync"] : []
        try await Command.run(
            user.commandLine(
                installation.program("initdb"),
                [
                    "--pgdata=\(unfinishedData)", "--username=\(Self.superuser)",
                    "--auth-local=peer", "--auth-host=reject", "--encoding=UTF8", "--locale=C",
                    "--data-checksums", "--no-instructions",
                ] + sync))
        guard rename(unfinishedData, data) == 0 else {
            throw EmbeddedPostgresError.unusablePath(data, reason: lastSystemError())
        }
        syncBase()
    }

    /// Makes the new name last, before anything is written under it that must.
    private func syncBase() {
        let descriptor = open(base, O_RDONLY | O_CLOEXEC)
        fsync(descriptor)
        close(descriptor)
    }

    /// Lets in the one who started us, as the superuser, and nobody else.
    ///
    /// The server asks the kernel who is at the other end of its socket (`peer`), so there is no
    /// password that could be read.
    func writeAccessRules(for user: ServerUser) throws {
        try "local all all peer map=usher\n"
            .write(toFile: accessRules, atomically: true, encoding: .utf8)
        let name = user.clientName.replacing("\"", with: "\"\"")
        try "usher \"\(name)\" \(Self.superuser)\n"
            .write(toFile: userMap, atomically: true, encoding: .utf8)
        for path in [accessRules, userMap] where chmod(path, 0o644) != 0 {
            throw EmbeddedPostgresError.unusablePath(path, reason: lastSystemError())
        }
    }

    /// What the server is started with; there is no secret in it.
    func serverArguments(durability: EmbeddedPostgres.Durability) -> [String] {
        let socketList = "\"" + socketDirectory.replacing("\"", with: "\"\"") + "\""
        var settings = [
            "listen_addresses": "", "port": "\(Self.port)",
            "unix_socket_directories": socketList, "hba_file": accessRules, "ident_file": userMap,
            "log_line_prefix": "%m [%p] ",
        ]
        if durability == .off {
            for name in ["fsync", "synchronous_commit", "full_page_writes"] {
                settings[name] = "off"
            }
        }
        return ["-D", data] + settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0)=\($1)"] }
    }
}
