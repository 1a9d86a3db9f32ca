import JSON

/// The two ways in which clients have spoken the protocol.
package enum EraName: String, Sendable, CaseIterable {
    /// Up to 2025-11-25: `initialize` first, then a session.
    case handshake
    /// From 2026-07-28: every request says everything.
    case stateless
}

/// One way of speaking the protocol: which methods it has, how a request is read, how a result is written.
///
/// Methods and results are written once and know no era; a method that an era lacks is not in its table.
struct Era<P: Provider>: Sendable {
    let name: EraName
    /// The methods by name.
    let methods: [String: Method<P>]
    /// The rules between the classification of a request and its method.
    let rungs: [Rung]
    let envelope: Envelope

    /// Takes all methods of the era; those that the program does not offer are left out.
    init(_ name: EraName, offering offer: Offer, methods: [Method<P>], rungs: [Rung], envelope: Envelope) {
        self.name = name
        let offered = methods.filter { $0.isOffered(offer) }
        self.methods = Dictionary(uniqueKeysWithValues: offered.map { ($0.name, $0) })
        self.rungs = rungs
        self.envelope = envelope
    }
}

/// How an era writes what a method found out.
struct Envelope: Sendable {
    /// Writes the members of `result`.
    let write: @Sendable (_ result: MethodResult, inout JSONWriter) -> Void
}
