internal import ServiceLifecycle
internal import Synchronization

/// Wakes whoever waits for work. Any number of signals before a wait count as one.
package final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func send() { continuation.yield() }

    /// Waits for a signal, for a time-out, for cancellation or for a graceful shutdown.
    package func wait(upTo timeout: Duration, clock: any Clock<Duration>) async {
        await cancelWhenGracefulShutdown { [stream] in
            await withTaskGroup { group in
                group.addTask {
                    for await _ in stream { return }
                }
                group.addTask { try? await clock.sleep(for: timeout) }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
