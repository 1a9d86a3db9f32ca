import JSON
import MCP

/// What the bridge does about tools: leaves some out, and learns what it has to know to send calls.
extension BridgeSession {
    /// The reading of the whole list by the bridge itself.
    struct Listing {
        /// When it began.
        let start: ContinuousClock.Instant
        /// The members that each page's parameters have besides the cursor.
        let params: [JSONMember]
        /// Calls that wait for it.
        var waiting: [CallKey] = []
        var pages = 0
    }

    /// Whether a call is let through.
    enum Admission: Equatable {
        case admitted
        /// The tool is not to be seen, so it is answered like one that does not exist.
        case refused(String)
        /// The list of tools has to be asked for first.
        case unknown
    }

    /// Decides about a call.
    func admission(of call: Call) -> Admission {
        guard call.owner == .client, !narrowing.leavesAll, let tool = call.tool else { return .admitted }
        guard narrowing.admits(tool) else { return .refused(tool) }
        guard narrowing.isReadOnly else { return .admitted }
        switch catalog.freshEntry(tool, at: now) {
        case .known(let entry): return entry.isReadOnly ? .admitted : .refused(tool)
        case .missing: return .refused(tool)
        case nil: return .unknown
        }
    }

    /// Passes a page of the list on, as narrowing leaves it.
    mutating func hand(page root: JSONNode, of call: Call) {
        guard let page = ToolPage(root) else { return write(root.raw.bytes) }
        catalog.learn(page.tools, at: now)
        // A list of one page is the whole list.
        if call.message.params?["cursor"] == nil, page.nextCursor == nil { catalog.complete(since: now) }
        let narrowing = narrowing
        let isStateless = call.era == .stateless
        let isKept = { (tool: JSONNode) in narrowing.shows(tool) && (!isStateless || ToolCatalog.isUsable(tool)) }
        if isStateless {
            let unusable = page.tools.count { !ToolCatalog.isUsable($0) }
            if unusable > 0 { note(.toolsHidden(unusable)) }
        }
        write(page.tools.allSatisfy(isKept) ? root.raw.bytes : page.keeping(isKept))
    }

    // MARK: Reading the list

    /// Lets a call wait until the list has been read.
    mutating func waitForTools(_ key: CallKey) {
        guard let call = calls[key] else { return }
        calls[key]?.phase = .waitingForTools
        guard listing == nil else {
            listing?.waiting.append(key)
            return
        }
        listing = Listing(start: now, params: Self.listParams(like: call), waiting: [key])
        list(after: nil)
    }

    /// What a page's parameters have to say in the era of a call: who asks, and what it can do.
    private static func listParams(like call: Call) -> [JSONMember] {
        guard call.era == .stateless else { return [] }
        let kept = [MetaKey.protocolVersion, MetaKey.clientCapabilities, MetaKey.clientInfo]
        let members = (call.message.params?["_meta"]?.members ?? []).filter { kept.contains($0.name) }
        return [JSONMember("_meta", .object(members.map { JSONMember($0.name, .raw($0.value.raw)) }))]
    }

    private mutating func list(after cursor: RawJSON?) {
        guard let listing else { return }
        let params = listing.params + (cursor.map { [JSONMember("cursor", .raw($0))] } ?? [])
        guard let key = addErrand(.listing, "tools/list", RawJSON(.object(params))) else { return }
        send(key)
    }

    /// Takes a page, and asks for the next if there is one.
    mutating func completeListing(_ root: JSONNode) {
        guard var reading = listing else { return }
        guard let page = ToolPage(root) else { return failListing(.answerNotUnderstood(nil)) }
        catalog.learn(page.tools, at: now)
        reading.pages += 1
        listing = reading
        // An endpoint whose list has no end is not asked for ever.
        if let cursor = page.nextCursor, reading.pages < 1000 { return list(after: cursor) }
        catalog.complete(since: reading.start)
        listing = nil
        for key in reading.waiting where calls[key]?.phase == .waitingForTools { admit(key) }
    }

    /// The list cannot be had, so nothing can be decided.
    mutating func failListing(_ refusal: Refusal) {
        guard let reading = listing else { return }
        listing = nil
        for key in reading.waiting where calls[key]?.phase == .waitingForTools { fail(key, refusal) }
    }

    // MARK: Repeated arguments

    /// Whether the endpoint refused a call because a header is missing that its tool's schema asks for.
    func isHeaderMismatch(_ root: JSONNode, for call: Call) -> Bool {
        call.era == .stateless && call.owner == .client && call.tool != nil && !call.hasRefreshedTools
            && root["error"]?["code"]?.integer == ProtocolError(.headerMismatch).answer(in: .stateless).code
    }

    /// Reads the list anew and sends a call again, once; it was refused before anything was carried out.
    mutating func refreshTools(for key: CallKey) {
        calls[key]?.hasRefreshedTools = true
        waitForTools(key)
    }
}
