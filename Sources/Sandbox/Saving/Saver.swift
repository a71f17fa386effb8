internal import Logging
internal import Synchronization

/// Keeps the state file up to date.
final class Saver: Sendable {
    private let file: StateFile
    private let pylon: LocalPylon
    private let savedChanges = Mutex<Int?>(nil)

    init(file: StateFile, pylon: LocalPylon) {
        self.file = file
        self.pylon = pylon
    }

    /// Saves what has changed, once every `interval`, until the task is cancelled.
    func saveRepeatedly(every interval: Duration, _ logger: Logger) async {
        while !Task.isCancelled {
            save(logger)
            try? await Task.sleep(for: interval)
        }
    }

    /// Saves if anything changed since the last time; a failure is logged and tried again.
    func save(_ logger: Logger) {
        savedChanges.withLock { saved in
            guard saved != pylon.changes else { return }
            let (book, changes) = pylon.saveable()
            do {
                try file.write(book)
                saved = changes
            } catch {
                logger.error("sandbox contacts not saved", metadata: ["error": "\(error)"])
            }
        }
    }
}
