package import Identity
package import JSON
package import Postgres

/// A call of a tool by way of another, with the checks of a direct call.
///
/// Tools that a profile does not list can be called so, and no others: permissions, lists, features, read-only and what
/// the request asked for hold as ever.
package struct PassedCall: Sendable {
    private let outer: ToolCall
    private let tool: Tool

    /// - Parameter name: The tool's name.
    /// - Throws: ``ToolError`` if there is no such tool.
    package init(_ name: String, by outer: ToolCall) throws(ToolError) {
        guard let tool = outer.registry[name], tool.name != outer.tool else {
            let near = Nearness.nearest(to: name, among: outer.registry.names).map { " Did you mean `\($0)`?" } ?? ""
            throw ToolError(
                .notFound, "There is no tool of that name to call.\(near)", hint: "Find tools with search_tools.")
        }
        self.outer = outer
        self.tool = tool
    }

    private func inner(_ arguments: JSONNode?) throws(ToolError) -> ToolCall {
        try ToolCall(
            tool, arguments: arguments, from: outer.credential, seal: outer.seal, registry: outer.registry,
            web: outer.web)
    }

    /// What a call of a tool that only reads asks the database.
    package func read(_ arguments: JSONNode?) throws(ToolError) -> Read {
        guard case .read(let plan) = tool.body, tool.effects != .passingOnReads else {
            throw ToolError(
                .validationFailed, "\(tool.name) cannot be called so: it writes, or passes calls on itself.",
                hint: "Call a tool that writes with call_write_tool.")
        }
        let planned: Result<Read, ToolError>
        do throws(ToolError) {
            planned = .success(try plan(try inner(arguments)))
        } catch {
            planned = .failure(error)
        }
        // What is wrong with the arguments is told only to those who may make the call.
        let statements = (try? planned.get())?.statements ?? []
        return Read(
            statements,
            proceed: { (results, principal) throws(ToolError) in
                try tool.requireCallable(by: principal.access, of: outer.registry)
                return named(try planned.get().proceed(results, principal))
            })
    }

    private func named(_ outcome: Read.Outcome) -> Read.Outcome {
        switch outcome {
        case .answer(let answer): .answer(answer.given(by: tool.name))
        case .more(let read): .more(named(read))
        case .wait(let gate, let next): .wait(for: gate) { named(next()) }
        }
    }

    private func named(_ read: Read) -> Read {
        Read(
            read.statements,
            proceed: { (results, principal) throws(ToolError) in named(try read.proceed(results, principal)) })
    }

    /// Makes a call of a tool that writes, or shows it first, as a direct call would.
    package func write(
        _ arguments: JSONNode?, _ principal: Principal, _ transaction: borrowing Transaction
    ) throws -> WriteOutcome {
        guard case .write(let body) = tool.body, tool.effects != .passingOn else {
            throw ToolError(
                .validationFailed, "\(tool.name) cannot be called so: it only reads, or passes calls on itself.",
                hint: "Call a tool that reads with call_read_tool.")
        }
        try tool.requireCallable(by: principal.access, of: outer.registry)
        let outcome = try WriteGate(tool, body).run(try inner(arguments), principal, transaction)
        return .acting(tool: tool.name, as: .ok, outcome)
    }
}

extension Tool {
    /// - Parameter registry: What the product has, which tells how the caller can ask for the tool.
    /// - Throws: ``ToolError`` with the one reason for which a caller may not call the tool.
    package func requireCallable(by access: ToolAccess, of registry: ToolRegistry) throws(ToolError) {
        guard !isCallable(by: access) else { return }
        let asks = registry["request_access"].map { registry.reaches($0, with: access) } ?? false
        let hint = asks ? "request_access asks the workspace's admins for it." : "Ask an admin of the workspace for it."
        // What holds for every token is not opened by giving one of them more.
        let settingsHint =
            asks
            ? "An admin has to change those settings, not this token; request_access puts the wish before them."
            : "An admin of the workspace has to change those settings; ask one."
        switch access.profile == .custom ? hiding(from: access) : hiding(from: access.listingAll) {
        case .permission:
            throw ToolError(
                .permissionDenied,
                "This credential lacks the permission \(permission?.name ?? "") that \(name) needs.", hint: hint)
        case .readOnly: throw ToolError(.readOnly, "\(name) writes, and nothing may be written here.")
        case .workspaceList:
            throw ToolError(
                .toolDisabled,
                "\(name) is switched off for this workspace: its settings leave the tool out for every token.",
                hint: settingsHint)
        case .server:
            throw ToolError(
                .toolDisabled,
                "\(name) is switched off for this server: an admin of the workspace says which tools it has.",
                hint: settingsHint)
        case .ownList:
            throw ToolError(
                .toolDisabled, "\(name) is switched off for this token: its own list leaves the tool out.", hint: hint)
        case .setting:
            throw ToolError(
                .toolDisabled, "\(name) is switched off by a setting of the workspace or of this token.", hint: hint)
        case .request:
            throw ToolError(
                .toolDisabled, "\(name) is left out by what this request itself selects.",
                hint: "Call it without that selection.")
        case .feature, .profile, nil:
            throw ToolError(
                .toolDisabled, "\(name) is switched off for this token: its features leave the tool's group out.",
                hint: hint)
        }
    }
}
