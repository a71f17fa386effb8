internal import Foundation
private import Synchronization

/// A TCP proxy on 127.0.0.1 between a program and a server, which can refuse, cut and stall.
package final class TCPProxy: Sendable {
    package enum Mode: Sendable {
        case forwarding
        /// Nobody listens: a connection is refused. Those that are open go on.
        case refusing
        /// Connections stay open and new ones are taken, and no byte passes.
        case stalling
    }

    private struct State {
        var mode = Mode.forwarding
        var target: UInt16
        var connections = 0
        var isCut = false
        var isClosed = false
    }

    package let port: UInt16
    private let state: Mutex<State>

    /// How long a change of the mode takes to be noticed, at most.
    private static let slice: Int32 = 5

    /// - Parameter target: A port of 127.0.0.1.
    package init(to target: UInt16) throws {
        let listener = try TCPSocket.listening(on: 0)
        port = listener.port
        state = Mutex(State(target: target))
        let thread = Thread { [self] in serve(on: listener.descriptor) }
        thread.start()
    }

    /// The connections that it has taken so far, whatever became of them.
    package var connections: Int { state.withLock(\.connections) }

    package func set(_ mode: Mode) { state.withLock { $0.mode = mode } }

    /// Sends connections that are made from now on elsewhere; those that are open stay.
    package func forward(to target: UInt16) { state.withLock { $0.target = target } }

    /// Breaks every connection, in the midst of what it carries.
    package func cut() { state.withLock { $0.isCut = true } }

    package func close() { state.withLock { $0.isClosed = true } }

    // MARK: - The proxy's thread

    private func serve(on listener: Int32) {
        var listener: Int32? = listener
        var pairs: [Pair] = []
        while true {
            let now = state.withLock { state in
                defer { state.isCut = false }
                return state
            }
            if now.isCut || now.isClosed {
                pairs.forEach { $0.abort() }
                pairs = []
            }
            if now.isClosed || now.mode == .refusing {
                listener.map { _ = Glibc.close($0) }
                listener = nil
            } else if listener == nil {
                listener = try? TCPSocket.listening(on: port).descriptor
            }
            if now.isClosed { return }
            let isStalled = now.mode == .stalling
            wait(for: listener, isStalled ? [] : pairs)
            if let listener, let pair = accept(on: listener, for: now.target) {
                pairs.append(pair)
                state.withLock { $0.connections += 1 }
            }
            if !isStalled { pairs.removeAll { !$0.pass() } }
        }
    }

    private func wait(for listener: Int32?, _ pairs: [Pair]) {
        var watched = pairs.flatMap(\.watched)
        if let listener { watched.append(pollfd(fd: listener, events: Int16(POLLIN), revents: 0)) }
        poll(&watched, nfds_t(watched.count), Self.slice)
    }

    /// A connection that waits to be taken, with one to the target; nil when none waits.
    private func accept(on listener: Int32, for target: UInt16) -> Pair? {
        var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 0) > 0 else { return nil }
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return nil }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        guard let server = TCPSocket.connected(to: target) else {
            Glibc.close(client)
            return nil
        }
        return Pair(client: client, server: server.descriptor)
    }
}

/// Two connections, whose bytes go from one to the other.
private final class Pair {
    private let ways: [Way]

    init(client: Int32, server: Int32) {
        for descriptor in [client, server] {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            var now: Int32 = 1
            setsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &now,
                socklen_t(MemoryLayout<Int32>.size))
        }
        ways = [Way(from: client, to: server), Way(from: server, to: client)]
    }

    deinit { ways.forEach { close($0.source) } }

    var watched: [pollfd] { ways.map(\.watched) }

    /// Passes on what there is; false when either side has ended.
    func pass() -> Bool { ways.allSatisfy { $0.pass() } }

    /// Has the deinitializer send a reset rather than an end.
    func abort() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        for way in ways {
            setsockopt(
                way.source, SOL_SOCKET, SO_LINGER, &linger,
                socklen_t(MemoryLayout<Glibc.linger>.size))
        }
    }
}

/// One direction of a connection.
private final class Way {
    let source: Int32
    private let sink: Int32
    private var rest: ArraySlice<UInt8> = []

    init(from source: Int32, to sink: Int32) { (self.source, self.sink) = (source, sink) }

    /// Readable when there is nothing left to write, writable otherwise.
    var watched: pollfd {
        rest.isEmpty
            ? pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            : pollfd(fd: sink, events: Int16(POLLOUT), revents: 0)
    }

    func pass() -> Bool {
        if rest.isEmpty {
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(source, &buffer, buffer.count, 0)
            if count == 0 { return false }
            if count < 0 { return errno == EAGAIN }
            rest = buffer[..<count]
        }
        let count = rest.withUnsafeBytes {
            send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0 { return errno == EAGAIN }
        rest = rest.dropFirst(count)
        return true
    }
}
