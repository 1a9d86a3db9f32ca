/// What crosses processes: answers to what a server asked, cancellations, changes, and what must be found elsewhere.
///
/// No process remembers anything of a session that another one needs; it is here. ``LocalMailroom`` serves one process.
/// One over PostgreSQL keeps notes and logs as rows and sends letters with `NOTIFY`: a letter is small, or is a row whose
/// key is sent. Every function may wait for I/O, so none is called on an event loop or within a lock.
package protocol Mailroom: Sendable {
    /// Sends a letter to everybody who listens at an address now, in any process. Nobody need be there.
    func post(_ letter: [UInt8], to address: Address)

    /// Calls `body` with each letter to an address, until the reception ends. `body` must be quick.
    ///
    /// Letters that are posted after this function has returned are heard.
    func receive(at address: Address, _ body: @escaping @Sendable (Letter) -> Void) -> Reception

    /// The note that is kept under an address, if there is one that has not expired.
    func note(at address: Address) -> [UInt8]?

    /// Changes a note in one step that nothing comes between; `nil` removes it.
    ///
    /// - Parameter lifetime: How long the note is kept from now on.
    func amend<Result>(
        _ address: Address,
        for lifetime: Duration,
        _ body: (inout [UInt8]?) throws -> Result
    ) rethrows -> Result

    /// Adds an event to a log and sends it as a letter to the same address.
    ///
    /// - Returns: The event's position; the first has 1.
    func append(_ event: [UInt8], to address: Address, for lifetime: Duration) -> Int

    /// The events of a log behind a position; `nil` if there is no such log (any more).
    func events(at address: Address, after position: Int) -> [Letter]?
}

/// What arrives at an address.
package struct Letter: Sendable {
    /// What it says.
    package let bytes: [UInt8]
    /// Its position, if it is an event of a log.
    package let position: Int?

    /// Writes a letter.
    package init(_ bytes: [UInt8], position: Int? = nil) {
        self.bytes = bytes
        self.position = position
    }
}

/// Where letters, notes and logs are: a kind, and what tells one of that kind from others.
package struct Address: Sendable, Hashable {
    /// The address as text, at most 200 bytes.
    package let rawValue: String

    /// Takes an address as it was written down.
    package init(rawValue: String) { self.rawValue = rawValue }

    init(_ kind: String, _ parts: String...) {
        rawValue = ([kind] + parts).joined(separator: "/")
    }
}

/// Letters are received as long as this is kept.
package final class Reception: Sendable {
    private let cancel: @Sendable () -> Void

    /// Takes what ends the reception; it is called once.
    package init(_ cancel: @escaping @Sendable () -> Void) { self.cancel = cancel }

    deinit { cancel() }
}
