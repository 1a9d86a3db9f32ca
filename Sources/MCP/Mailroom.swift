/// What crosses processes: answers to what a server asked, cancellations, changes, and what must be found elsewhere.
///
/// No process remembers anything of a session that another one needs; it is here. ``LocalMailroom`` serves one process;
/// one over a database keeps notes and logs as rows and sends letters as notifications.
///
/// A letter is a hint that may be lost: whatever must not be lost is a note or a log, and its letter only says that there
/// is something to look at. When letters may have been lost, every receiver is told so by ``Delivery/gap``.
package protocol Mailroom: Sendable {
    /// Sends letters, each of at most 4,000 bytes of UTF-8, to everybody who listens at an address now, in any process.
    ///
    /// Returns at once. Nobody need be there. Letters that are posted together travel together.
    func post(_ letters: [String], to address: Address)

    /// Calls `body` with each delivery to an address, until the reception ends. `body` must be quick and not wait.
    ///
    /// Returns at once. Letters that are posted after this function has returned are heard.
    func receive(at address: Address, _ body: @escaping @Sendable (Delivery) -> Void) -> Reception

    /// A moment before which everything was delivered here that had been posted, by anybody; later ones the longer letters
    /// are heard. `nil` if none has been heard yet.
    var caughtUp: ContinuousClock.Instant? { get }

    /// The note that is kept under an address, if there is one that has not expired. May wait for I/O.
    func note(at address: Address) throws(MailroomError) -> [UInt8]?

    /// Changes a note in one step that nothing comes between; `nil` removes it. May wait for I/O.
    ///
    /// - Parameters:
    ///   - lifetime: How long the note is kept from now on.
    ///   - body: Changes the note; it may run again when another process was quicker, so it has no effect beside.
    /// - Returns: What the last run of `body` returned, once the note is kept.
    @discardableResult
    func amend<Result>(
        _ address: Address,
        for lifetime: Duration,
        _ body: (inout [UInt8]?) -> Result
    ) throws(MailroomError) -> Result

    /// Adds an event to a log and delivers it at the same address. May wait for I/O.
    ///
    /// - Returns: The event's position; the first has 1.
    func append(_ event: [UInt8], to address: Address, for lifetime: Duration) throws(MailroomError) -> Int

    /// The events of a log behind a position; `nil` if there is no such log (any more). May wait for I/O.
    func events(at address: Address, after position: Int) throws(MailroomError) -> [LoggedEvent]?
}

extension Mailroom {
    /// Sends one letter.
    package func post(_ letter: String, to address: Address) { post([letter], to: address) }
}

/// What arrives at an address.
package enum Delivery: Sendable {
    /// A letter, as it was posted.
    case letter(String)
    /// An event that was added to the log at the address.
    case event(LoggedEvent)
    /// Something may have been lost; what matters has to be looked up.
    case gap
}

/// An event of a log.
package struct LoggedEvent: Sendable, Equatable {
    /// Where it stands; the first has 1.
    package let position: Int
    /// What it says.
    package let bytes: [UInt8]

    /// Takes an event as it was kept.
    package init(_ bytes: [UInt8], at position: Int) {
        self.position = position
        self.bytes = bytes
    }
}

/// Where letters, notes and logs are: a tenant, a kind, and what tells one of that kind from others.
package struct Address: Sendable, Hashable {
    /// Among whose rows notes and logs are kept; empty for addresses of letters alone.
    package let tenant: String
    /// The address as text, at most 200 bytes. It tells the address alone: names of two tenants never are the same.
    package let name: String

    /// Takes an address as it was written down.
    package init(tenant: String = "", name: String) {
        self.tenant = tenant
        self.name = name
    }

    init(of tenant: String, _ kind: String, _ parts: String...) {
        self.init(tenant: tenant, name: ([kind] + parts).joined(separator: "/"))
    }
}

/// Why a mailroom cannot keep or find something now.
package struct MailroomError: Error, Sendable {
    /// One sentence for the log; clients are told less.
    package let message: String

    /// Gives the reason.
    package init(_ message: String) { self.message = message }
}

/// Deliveries are received as long as this is kept.
package final class Reception: Sendable {
    private let cancel: @Sendable () -> Void

    /// Takes what ends the reception; it is called once.
    package init(_ cancel: @escaping @Sendable () -> Void) { self.cancel = cancel }

    deinit { cancel() }
}
