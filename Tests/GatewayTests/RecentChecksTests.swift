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

    @Test("are no more than there is room for")
    func capacity() {
        let checks = RecentChecks(standing: .seconds(600), mailroom: LocalMailroom(), capacity: 2)
        let credentials = (0..<3).map { _ in credential(one) }
        for credential in credentials { keep(credential, in: checks) }
        #expect(credentials.map { checks.caller($0, session: nil) != nil } == [true, true, false])
        checks.forget(one)
        keep(credentials[2], in: checks)
        #expect(checks.caller(credentials[2], session: nil) != nil)
    }

    @Test("do not outlast their time")
    func time() {
        let checks = RecentChecks(standing: .nanoseconds(1), mailroom: LocalMailroom())
        let mine = credential(one)
        keep(mine, in: checks)
        #expect(checks.caller(mine, session: nil) == nil)
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
