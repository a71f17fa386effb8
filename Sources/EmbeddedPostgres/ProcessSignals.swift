package import Foundation

extension Process {
    /// Starts the program with no signal blocked.
    ///
    /// A program inherits the mask of the thread that starts it, and Dispatch's threads block
    /// nearly all: a shell would not even notice the end of its children.
    package func runWithSignals() throws {
        var none = sigset_t()
        var mask = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &mask)
        defer { pthread_sigmask(SIG_SETMASK, &mask, nil) }
        try run()
    }
}
