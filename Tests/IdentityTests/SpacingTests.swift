import Testing

@testable import Identity

@Suite("Spacing")
struct SpacingTests {
    private let start = ContinuousClock.now
    private var spacing = Spacing(over: .seconds(1), pausingAtMost: .milliseconds(50))

    @Test("spreads steps over less than their time, each a pause after the one before, less what that took")
    func spread() {
        var spacing = spacing
        spacing.spread(40)
        #expect(spacing.pause(at: start) == .zero, "The first has nothing to wait for")
        spacing.begin(at: start)
        #expect(spacing.pause(at: start + .milliseconds(5)) == .milliseconds(15))
        #expect(spacing.pause(at: start + .milliseconds(20)) == .zero)
        #expect(spacing.pause(at: start + .milliseconds(90)) == .zero)
        spacing.spread(80)
        #expect(spacing.pause(at: start) == .milliseconds(10))
    }

    @Test("never pauses for long, however few there are, and not at all in a hurry")
    func bounds() {
        var spacing = spacing
        spacing.begin(at: start)
        for few in [0, 1, 2] {
            spacing.spread(few)
            #expect(spacing.pause(at: start) == .milliseconds(50))
        }
        spacing.isHurried = true
        #expect(spacing.pause(at: start) == .zero)
    }
}
