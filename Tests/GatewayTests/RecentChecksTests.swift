import MCP
import Testing

@testable import Gateway
@testable import Identity

@Suite("Callers of whom a check stands")
struct RecentChecksTests {
    private let checks = RecentChecks(standing: .seconds(600), mailroom: LocalMailroom())
    private let pepper = TokenPepper([UInt8](repeating: 1, count: 32))!
    private let one = WorkspaceID(RowID(uuid: String(repeating: "1", count: 32))!)
    private let other = WorkspaceID(RowID(uuid: String(repeating: "2", count: 32))!)

    private func credential(_ workspace: WorkspaceID) -> PresentedCredential {
        PresentedCredential(
            workspace: workspace, digest: TokenDigest(of: AccessToken(for: workspace), pepper: pepper))
    }

    private func principal(_ credential: PresentedCredential, endsAt: Int64? = nil) -> Principal {
        Principal(
            workspace: credential.workspace, credential: RowID(uuid: String(repeating: "3", count: 32))!, member: nil,
            access: ToolAccess(
                readOnly: true, customerComments: false, customerCommentFactors: 0),
            endsAt: endsAt)
    }

    private func keep(_ credential: PresentedCredential, session: [UInt8]? = nil, in checks: RecentChecks) {
        checks.keep(principal(credential), credential, session: session, since: checks.depart())
    }

    @Test("are found by their own token, workspace and session alone")
    func key() {
        let (mine, colleague, stranger) = (credential(one), credential(one), credential(other))
        keep(mine, session: [1], in: checks)
        #expect(checks.caller(mine, session: [1])?.principal.workspace == one)
        #expect(checks.caller(mine, session: [2]) == nil && checks.caller(mine, session: nil) == nil)
        #expect(checks.caller(colleague, session: [1]) == nil && checks.caller(stranger, session: [1]) == nil)
        #expect(checks.isKnown(one) && !checks.isKnown(other))
    }

    @Test("are forgotten with their workspace, and others are not")
    func forget() {
        let (mine, stranger) = (credential(one), credential(other))
        keep(mine, in: checks)
        keep(stranger, in: checks)
        checks.forget(one)
        #expect(checks.caller(mine, session: nil) == nil && checks.caller(stranger, session: nil) != nil)
        checks.forget(nil)
        #expect(checks.caller(stranger, session: nil) == nil)
    }

    @Test("are not kept when something was changed while they were checked")
    func race() {
        let mine = credential(one)
        let departure = checks.depart()
        checks.forget(one)
        checks.keep(principal(mine), mine, session: nil, since: departure)
        #expect(checks.caller(mine, session: nil) == nil)
    }

    @Test("end with their token")
    func end() {
        let mine = credential(one)
        for (end, stands) in [(Int64(1), false), (.max, true)] {
            checks.keep(principal(mine, endsAt: end), mine, session: nil, since: checks.depart())
            #expect((checks.caller(mine, session: nil) != nil) == stands)
        }
    }

    @Test("are no more than there is room for, and those that were made last")
    func capacity() {
        let checks = RecentChecks(standing: .seconds(600), mailroom: LocalMailroom(), capacity: 2)
        let credentials = (0..<5).map { _ in credential(one) }
        func known() -> [Bool] { credentials.map { checks.caller($0, session: nil) != nil } }
        for credential in credentials[..<4] { keep(credential, in: checks) }
        #expect(known() == [true, true, true, true, false])
        keep(credentials[4], in: checks)
        #expect(known() == [false, false, true, true, true])
        checks.forget(one)
        #expect(!known().contains(true))
        keep(credentials[0], in: checks)
        #expect(known() == [true, false, false, false, false])
    }

    @Test("stand beyond their time as long as everything is heard, and not for ever")
    func time() {
        let mine = credential(one)
        let now = ContinuousClock.now
        for (caughtUp, longest, stands) in [
            (now + .seconds(3_600), Duration.seconds(600), true),
            (now - .seconds(1), .seconds(600), false),
            (nil, .seconds(600), false),
            (now + .seconds(3_600), .zero, false),
        ] {
            let checks = RecentChecks(
                standing: .nanoseconds(1), longest: longest, mailroom: HearingMailroom(caughtUp: caughtUp))
            keep(mine, in: checks)
            let found = checks.caller(mine, session: nil)
            #expect((found != nil) == stands)
            if let found { #expect(found.time == caughtUp && checks.stands(found)) }
        }
        let none = RecentChecks(standing: .zero, mailroom: LocalMailroom())
        keep(mine, in: none)
        #expect(none.caller(mine, session: nil) == nil && !none.isKnown(one))
    }

    @Test("are forgotten when a letter tells of a change at another node")
    func letters() {
        let mailroom = LocalMailroom()
        let checks = RecentChecks(standing: .seconds(600), mailroom: mailroom)
        let (mine, stranger) = (credential(one), credential(other))
        checks.listen()
        keep(mine, in: checks)
        keep(stranger, in: checks)
        mailroom.post(one.uuid, to: RecentChecks.address)
        #expect(checks.caller(mine, session: nil) == nil && checks.caller(stranger, session: nil) != nil)
    }
}

/// A mailroom that has heard of everything up to some moment.
private struct HearingMailroom: Mailroom {
    let caughtUp: ContinuousClock.Instant?
    private let inner = LocalMailroom()

    init(caughtUp: ContinuousClock.Instant?) { self.caughtUp = caughtUp }

    func post(_ letters: [String], to address: Address) { inner.post(letters, to: address) }

    func receive(at address: Address, _ body: @escaping @Sendable (Delivery) -> Void) -> Reception {
        inner.receive(at: address, body)
    }

    func note(at address: Address) throws(MailroomError) -> [UInt8]? { try inner.note(at: address) }

    func amend<Result>(
        _ address: Address, for lifetime: Duration, _ body: (inout [UInt8]?) -> Result
    ) throws(MailroomError) -> Result { try inner.amend(address, for: lifetime, body) }

    func append(_ event: [UInt8], to address: Address, for lifetime: Duration) throws(MailroomError) -> Int {
        try inner.append(event, to: address, for: lifetime)
    }

    func events(at address: Address, after position: Int) throws(MailroomError) -> [LoggedEvent]? {
        try inner.events(at: address, after: position)
    }
}
