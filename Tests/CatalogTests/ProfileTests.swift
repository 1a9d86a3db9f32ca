import Catalog
import Identity
import Testing
import Tools

@Suite("Profiles and what narrows them")
struct ProfileTests {
    private let registry = Catalog.registry

    private func access(
        _ profile: Profile, confirmation: ConfirmationMode = .none, features: Set<String>? = nil,
        allow: Set<String>? = nil, workspace: Set<String>? = nil, server: Set<String>? = nil
    ) -> ToolAccess {
        ToolAccess(
            readOnly: false, customerComments: true, customerCommentFactors: 0,
            workspaceList: ToolList(allowed: workspace), ownList: ToolList(allowed: allow), server: server,
            profile: profile, features: features, confirmation: confirmation)
    }

    private func names(_ access: ToolAccess) -> [String] { registry.visible(to: access).map(\.name) }

    @Test("name Workestra's 63 tools, each once, in its 13 groups")
    func workestra() {
        let sizes = [
            "contacts": 5, "deals": 5, "companies": 4, "activities": 4, "pipeline": 2, "invoicing": 6, "tickets": 4,
            "projects": 6, "analytics": 6, "recruiting": 6, "knowledge": 5, "quotations": 4, "workspace": 6,
        ]
        #expect(
            Dictionary(uniqueKeysWithValues: WorkestraTools.groups.map { ($0.name, $0.tools.count) }) == sizes)
        #expect(WorkestraTools.groups.flatMap(\.tools).count == 63 && WorkestraTools.names.count == 63)
    }

    @Test("show exactly the listed tools that there are, in the registry's order")
    func shown() {
        #expect(names(access(.workestra)) == registry.names.filter(WorkestraTools.names.contains))
        #expect(names(access(.taskTracking)) == Array(registry.names.prefix(6)))
        let core = Set(registry.names.prefix(6)).union(CoreTools.names)
        #expect(names(access(.core)) == registry.names.filter(core.contains))
        #expect(CoreTools.names.count == 20)
        #expect(names(access(.all)) == registry.names)
        #expect(names(access(.custom)) == [])
        #expect(names(access(.custom, allow: ["whoami", "get_contact"])) == ["get_contact", "whoami"])
    }

    @Test("take Workestra's groups for features in its profile, and toolsets in the others")
    func features() {
        #expect(
            names(access(.workestra, features: ["workspace"])).allSatisfy {
                WorkestraTools.groups.last?.tools.contains($0) == true
            })
        #expect(names(access(.workestra, features: ["workspace"])).contains("bulk_update_contacts"))
        #expect(
            names(access(.all, features: ["contacts"]))
                == registry.tools.filter { $0.toolset == "contacts" }.map(\.name))
    }

    @Test(
        "show of a server's tools what the profile and the lists leave in, and say of the others that it has them not")
    func servers() throws {
        #expect(names(access(.custom, server: ["whoami", "get_contact"])) == ["get_contact", "whoami"])
        #expect(names(access(.custom, server: [])) == [])
        #expect(names(access(.taskTracking, server: ["whoami", "getTaskDetails"])) == ["getTaskDetails"])
        #expect(names(access(.all, allow: ["whoami", "get_contact"], server: ["whoami", "get_deal"])) == ["whoami"])
        let deal = try #require(registry["get_deal"])
        #expect(deal.hiding(from: access(.all, server: ["whoami"])) == .server)
        #expect(deal.hiding(from: access(.all, allow: ["whoami"], server: ["whoami"])) == .ownList)
        // What a profile does not list may be called only if the server has it.
        #expect(deal.isCallable(by: access(.core, server: ["get_deal"])))
        #expect(!deal.isCallable(by: access(.core, server: ["whoami"])))
        let error = #expect(throws: ToolError.self) {
            try deal.requireCallable(by: access(.core, server: ["whoami"]), of: registry)
        }
        #expect(error?.code == .toolDisabled && error?.message.contains("for this server") == true)
    }

    @Test("say whose list hides a tool, and ask where asking helps")
    func whose() throws {
        let deal = try #require(registry["get_deal"])
        let others = Set(registry.names).subtracting(["get_deal"])
        let cases: [(ToolAccess, Tool.Hiding, String, String)] = [
            (access(.all, workspace: others), .workspaceList, "for this workspace", "not this token; request_access"),
            (access(.all, allow: others), .ownList, "for this token", "request_access asks"),
            (access(.all, allow: ["whoami"]), .ownList, "for this token", "Ask an admin"),
            (
                access(.all, workspace: ["whoami"]), .workspaceList, "for this workspace",
                "has to change those settings; ask"
            ),
            (access(.all, allow: ["whoami"], workspace: others), .workspaceList, "for this workspace", "settings; ask"),
            (access(.all, server: others), .server, "for this server", "not this token; request_access"),
            (access(.custom), .ownList, "for this token", "Ask an admin"),
        ]
        for (access, reason, message, hint) in cases {
            #expect(deal.hiding(from: access) == reason)
            let error = #expect(throws: ToolError.self) { try deal.requireCallable(by: access, of: registry) }
            #expect(error?.code == .toolDisabled && error?.message.contains(message) == true, "\(reason)")
            #expect(error?.hint?.contains(hint) == true, "\(reason): \(error?.hint ?? "")")
        }
        let denied = ToolList(denied: ["get_deal"])
        for (access, reason) in [
            (
                ToolAccess(
                    readOnly: false, customerComments: true, customerCommentFactors: 0, workspaceList: denied,
                    ownList: denied, profile: .all), Tool.Hiding.workspaceList
            ),
            (
                ToolAccess(
                    readOnly: false, customerComments: true, customerCommentFactors: 0, ownList: denied, profile: .all),
                .ownList
            ),
        ] {
            #expect(deal.hiding(from: access) == reason)
        }
    }

    @Test("let confirmations through wherever a write may wait", arguments: Profile.allCases)
    func confirmations(profile: Profile) {
        for features in [nil, ["contacts"]] as [Set<String>?] {
            let names = names(access(profile, confirmation: .risky, features: features, allow: ["delete_contact"]))
            #expect(names.contains("confirm_action") && names.contains("cancel_action"))
        }
        let without = names(access(profile))
        #expect(without.contains("confirm_action") == [.core, .all].contains(profile))
    }

    private func list(of registry: ToolRegistry, _ random: inout Chooser) -> ToolList {
        ToolList(
            allowed: random.isTrue() ? random.some(of: registry.names) : nil,
            denied: random.isTrue() ? random.some(of: registry.names) : [])
    }

    @Test("never show or let call more to a request than to its credential")
    func narrowing() {
        var random = Chooser(state: 42)
        let toolsets = registry.toolsets + WorkestraTools.groups.map(\.name)
        for _ in 0..<3_000 {
            let credential = ToolAccess(
                readOnly: random.isTrue(), customerComments: random.isTrue(), customerCommentFactors: 0,
                workspaceList: list(of: registry, &random), ownList: list(of: registry, &random),
                server: random.isTrue() ? random.some(of: registry.names) : nil,
                profile: random.one(of: Profile.allCases),
                permissions: random.isTrue() ? random.some(of: Permission.all.map(\.name)) : nil,
                features: random.isTrue() ? random.some(of: toolsets) : nil,
                confirmation: random.one(of: ConfirmationMode.allCases), lockdown: random.isTrue())
            var selection = Selection()
            for _ in 0..<random.below(3) { selection.toolsets.insert(random.some(of: toolsets)) }
            for _ in 0..<random.below(3) { selection.tools.insert(random.some(of: registry.names)) }
            if random.isTrue() { selection.excluded = random.some(of: registry.names) }
            selection.readOnly = random.isTrue()
            selection.lockdown = random.isTrue()
            let request = credential.narrowed(by: selection)
            let seen = Set(registry.visible(to: request).map(\.name))
            #expect(seen.isSubset(of: registry.visible(to: credential).map(\.name)))
            let callable = { (access: ToolAccess) in
                Set(registry.tools.filter { $0.isCallable(by: access) }.map(\.name))
            }
            #expect(callable(request).isSubset(of: callable(credential)))
            #expect(seen.isDisjoint(with: selection.excluded))
            #expect(!request.readOnly || registry.tools.allSatisfy { !seen.contains($0.name) || !$0.effects.writes })
            #expect(request.lockdown || !credential.lockdown && !selection.lockdown)
            #expect(request.confirmation == credential.confirmation)
        }
    }
}

/// Choices that are the same in every run.
private struct Chooser {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func isTrue() -> Bool { below(2) == 0 }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func some(of names: [String]) -> Set<String> {
        let share = 1 + below(4)
        return Set(names.filter { _ in below(4) < share })
    }
}
