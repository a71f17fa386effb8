internal import ServiceLifecycle
internal import Synchronization

/// Wakes whoever waits for work. Any number of signals before a wait count as one.
///
/// Not an `AsyncStream`: that one ends for good when a wait for it is cancelled.
package final class Signal: Sendable {
    private struct State {
        var isPending = false
        var isCancelled = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    package func send() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            state.isPending = state.waiter == nil
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits for a signal, a time-out, a cancellation or a graceful shutdown. One waits at a time.
    package func wait(upTo timeout: Duration, clock: any Clock<Duration>) async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await self.next() }
                group.addTask { try? await clock.sleep(for: timeout) }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func next() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    defer { (state.isPending, state.isCancelled) = (false, false) }
                    if state.isPending || state.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                // Cancelled before it waits: the wait must end all the same.
                state.isCancelled = state.waiter == nil
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
