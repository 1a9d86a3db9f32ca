import Postgres

/// Audit events as the arrays that a statement takes them in: one array for each column, in which each event has one element.
struct AuditColumns {
    /// The names of the columns in ``arrays``, as a statement may call them.
    static let names: SQL = """
        at, actor, client_name, client_version, action, tool, entity, entity_id, changes, outcome, code, digest, peer, request,
            duration, size
        """

    private var at: BinaryArray
    private var actors: BinaryArray
    private var clientNames: BinaryArray
    private var clientVersions: BinaryArray
    private var actions: BinaryArray
    private var tools: BinaryArray
    private var entities: BinaryArray
    private var entityIDs: BinaryArray
    private var changes: BinaryArray
    private var outcomes: BinaryArray
    private var codes: BinaryArray
    private var digests: BinaryArray
    private var peers: BinaryArray
    private var requests: BinaryArray
    private var durations: BinaryArray
    private var sizes: BinaryArray

    init(_ events: [AuditEvent]) {
        let texts = BinaryArray(of: .text, capacity: events.count)
        let numbers = BinaryArray(of: .bigint, capacity: events.count)
        let keys = BinaryArray(of: .uuid, capacity: events.count)
        (at, durations, sizes) = (numbers, numbers, numbers)
        (actors, entityIDs) = (keys, keys)
        (clientNames, clientVersions, actions, tools, entities) = (texts, texts, texts, texts, texts)
        (changes, outcomes, codes, peers, requests) = (texts, texts, texts, texts, texts)
        digests = BinaryArray(of: .bytes, capacity: events.count)
        for event in events { append(event) }
    }

    private mutating func append(_ event: AuditEvent) {
        at.append(integer: event.at)
        actors.append(uuid: event.credential.key)
        clientNames.append(text: event.client.name.unlessEmpty)
        clientVersions.append(text: event.client.version.unlessEmpty)
        actions.append(text: event.action)
        tools.append(text: event.tool.unlessEmpty)
        entities.append(text: (event.entity?.kind).unlessEmpty)
        entityIDs.append(uuid: event.entity?.row.key)
        changes.append(text: event.changes.unlessEmpty)
        outcomes.append(text: event.outcome.rawValue)
        codes.append(text: event.errorCode.unlessEmpty)
        digests.append(bytes: event.argumentsDigest)
        peers.append(text: event.peer.unlessEmpty)
        requests.append(text: event.requestID.unlessEmpty)
        durations.append(integer: event.durationMicroseconds)
        sizes.append(integer: event.resultBytes)
    }

    /// The arrays, one after the other.
    var arrays: SQL {
        """
        \(at)::bigint[], \(actors)::uuid[], \(clientNames)::text[], \(clientVersions)::text[], \(actions)::text[],
            \(tools)::text[], \(entities)::text[], \(entityIDs)::uuid[], \(changes)::text[], \(outcomes)::text[],
            \(codes)::text[], \(digests)::bytea[], \(peers)::text[], \(requests)::text[], \(durations)::bigint[],
            \(sizes)::bigint[]
        """
    }
}

extension String? {
    fileprivate var unlessEmpty: String? { self?.isEmpty == true ? nil : self }
}
