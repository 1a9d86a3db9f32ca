import Dispatch
import HTTP
import JSON

extension Method {
    /// Opens a stream of changes, in the stateless era.
    static var listen: Method<P> {
        Method("subscriptions/listen", where: \Offer.hasNotifications) { call throws(ProtocolError) in
            guard let wish = call.params?["notifications"], wish.kind == .object else {
                throw ProtocolError(.invalidParams, "notifications must be an object")
            }
            guard call.canStream else { throw ProtocolError(.notAcceptable) }
            if wish["taskIds"] != nil { try call.requireTasks() }
            let filter = try ListenFilter(wish, offer: call.provider.offer)
            return .open { caller, channel in
                call.openStream(filter, for: caller, channel)
            }
        }
    }
}

/// What a client wants to hear of, as far as the server has it.
struct ListenFilter: Sendable {
    var lists: Set<ListKind> = []
    var uris: Set<String>?
    var tasks: [String]?

    init(_ node: JSONNode, offer: Offer) throws(ProtocolError) {
        for kind in ListKind.allCases where node["\(kind.rawValue)ListChanged"]?.bool == true {
            if offer.changingLists.contains(kind) { lists.insert(kind) }
        }
        if let uris = node["resourceSubscriptions"] {
            let uris = try Self.texts(uris, "resourceSubscriptions")
            if offer.hasResourceSubscriptions { self.uris = Set(uris) }
        }
        if let tasks = node["taskIds"] {
            let tasks = try Self.texts(tasks, "taskIds")
            if offer.hasTasks { self.tasks = tasks }
        }
    }

    private static func texts(_ node: JSONNode, _ name: String) throws(ProtocolError) -> [String] {
        guard let elements = node.elements, elements.count <= 200, elements.allSatisfy({ $0.kind == .string }) else {
            throw ProtocolError(.invalidParams, "\(name) must be an array of at most 200 texts")
        }
        return elements.compactMap(\.string)
    }

    /// What the server will tell of.
    func json(tasks known: [String]) -> JSONValue {
        var members = ListKind.allCases.filter(lists.contains).map { JSONMember("\($0.rawValue)ListChanged", true) }
        if let uris {
            members.append(JSONMember("resourceSubscriptions", .array(uris.sorted().map { .string($0) })))
        }
        if tasks != nil { members.append(JSONMember("taskIds", .array(known.map { .string($0) }))) }
        return .object(members)
    }

    func wants(_ change: Change) -> Bool {
        switch change {
        case .list(let kind): lists.contains(kind)
        case .resource(let uri): uris?.contains(uri) ?? false
        case .access: true
        }
    }
}

extension MethodCall {
    /// Opens the stream; tasks have to be looked up first, where that may wait.
    fileprivate func openStream(_ filter: ListenFilter, for caller: P.Caller, _ channel: any ResponseChannel) {
        guard let ids = filter.tasks else { return openStream(filter, tasks: [], for: caller, channel) }
        let isStarted = server.threads.run(for: binding) {
            do throws(MailroomError) {
                var known: [String] = []
                for id in ids where try taskShelf.record(id) != nil { known.append(id) }
                openStream(filter, tasks: known, for: caller, channel)
            } catch {
                channel.send(responder.answer(ProtocolError(error)))
            }
        }
        if !isStarted { channel.send(.busy(id)) }
    }

    private func openStream(
        _ filter: ListenFilter, tasks: [String], for caller: P.Caller, _ channel: any ResponseChannel
    ) {
        guard let id else { return }
        guard server.openStreams.count(of: binding) < server.limits.streamsPerCaller else {
            return channel.send(.tooMany(id))
        }
        let tag = [JSONMember(MetaKey.subscriptionID, id.json)]
        let farewell = responder.message(MethodResult(meta: tag) { _ in })
        let subject = ChangeStream.Subject(wants: filter.wants, tag: tag, farewell: farewell)
        let stream = ChangeStream(subject, server.limits)
        stream.listen(to: provider.scopes(of: caller), in: server.mailroom)
        for task in tasks { follow(task, on: stream, tag) }
        let sink = channel.open(EventStream.headers)
        server.hold(stream, sink, of: binding, for: caller)
        let acknowledgement: JSONValue = ["notifications": filter.json(tasks: tasks), "_meta": .object(tag)]
        stream.open(on: sink, with: notification("notifications/subscriptions/acknowledged", acknowledgement))
    }

    /// Tells of each state of a task.
    private func follow(_ task: String, on stream: ChangeStream, _ tag: [JSONMember]) {
        let shelf = taskShelf
        stream.keep(
            server.mailroom.receive(at: shelf.address(task)) { [weak stream] _ in
                shelf.errands.async { [weak stream] in
                    guard let stream, let record = (try? shelf.record(task)) ?? nil else { return }
                    let params = JSONValue.object(record.details + [JSONMember("_meta", .object(tag))])
                    stream.send(notification("notifications/tasks", params))
                }
            }
        )
    }
}
