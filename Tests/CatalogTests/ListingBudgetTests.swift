import Catalog
import Foundation
import Identity
import JSON
import MCP
import Testing
import Tools

/// The listing of tools stands in a model's context in every conversation, so it is measured and bounded.
@Suite("The cost of a list of tools")
struct ListingBudgetTests {
    private static let budget = Result {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "listing-budget.json")
        return try JSONDocument(Array(Data(contentsOf: file))).root.value
    }

    private func bound(_ path: String...) throws -> Int64? {
        try path.reduce(Self.budget.get() as JSONValue?) { $0?[$1] }?.integer
    }

    /// The listing whose every tool is there; confirmations as they are usual for the profile.
    private func listing(_ profile: Profile) -> (all: Int, each: [(name: String, bytes: Int)]) {
        let access = ToolAccess(
            readOnly: false, customerComments: true, customerCommentFactors: 2,
            profile: profile, confirmation: profile.confirmation)
        return ToolListing(Catalog.registry.visible(to: access).map { $0.description(for: access) })
            .bytes(for: .july2026)
    }

    @Test("stays within the budget of its profile", arguments: [Profile.taskTracking, .core, .workestra])
    func profiles(profile: Profile) throws {
        let bound = try #require(try bound("profiles", profile.rawValue))
        let cost = listing(profile).all / 4
        #expect(cost <= bound, "\(profile.rawValue) costs \(cost) tokens")
        #expect(cost > 0)
    }

    @Test("is at most 350 tokens for each tool")
    func tools() throws {
        let standard = try #require(try bound("tool"))
        for (name, bytes) in listing(.all).each {
            #expect(bytes / 4 <= standard, "\(name) costs \(bytes / 4) tokens")
        }
    }
}
