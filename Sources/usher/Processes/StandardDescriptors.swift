import Foundation

/// What every process of Usher needs of the operating system before it does anything.
enum StandardDescriptors {
    /// Files and sockets that one process may have open: 8 to the database, 32 to the API, 4 hooks
    /// with their pipes, and what the runtime itself takes.
    static let needed: rlim_t = 64
    /// What the soft limit is raised to where the hard one allows it; more would make `select` in
    /// programs that Usher starts fail.
    static let wanted: rlim_t = 1024

    /// Opens what is closed of standard input, output and error, ignores SIGPIPE, and looks whether
    /// enough files may be opened.
    ///
    /// - Throws: `TooFewDescriptors`.
    static func prepare() throws {
        openClosed()
        // A reader that goes away is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        try raiseLimit()
    }

    /// Without this, the next file or socket would take the place of a closed one, and what is
    /// printed would go there.
    private static func openClosed() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // Results that nobody can read are an error: what is open for reading takes none.
            let mode = descriptor == STDERR_FILENO ? O_RDWR : O_RDONLY
            let opened = open("/dev/null", mode)
            if opened >= 0, opened != descriptor {
                dup2(opened, descriptor)
                close(opened)
            }
        }
    }

    private static func raiseLimit() throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        if limit.rlim_cur < wanted, limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        guard limit.rlim_cur >= needed else { throw TooFewDescriptors(allowed: limit.rlim_cur) }
    }
}

/// The operating system lets the process open too few files and sockets to work.
struct TooFewDescriptors: Error, CustomStringConvertible {
    let allowed: rlim_t

    var description: String {
        "this process may open only \(allowed) files and sockets, and needs "
            + "\(StandardDescriptors.needed): raise the limit (ulimit -n, LimitNOFILE=)"
    }
}
