import Glibc
import HTTP
import JSON
import Synchronization

/// The last message of the stateless era under a head, for the requests that repeat it byte for byte but for the id.
///
/// A client that lists tools again and again sends the same head and the same body with another number in it. What the
/// rules of the era find out follows from these, and from no id that is one, so it is found out once. Calls of tools are
/// left out: hardly one repeats the arguments of the last.
final class RepeatedMessage: Sendable {
    private final class Kept: Sendable {
        /// The body up to the id, and from the end of the id on.
        let (before, after): ([UInt8], [UInt8])
        let (method, params): (String, JSONNode?)
        let (form, canStream): (AnswerForm, Bool)
        let (revision, client): (Revision?, Client?)

        init?(_ reading: Reading) {
            guard reading.era == .stateless, case .request(_, let method, let params) = reading.message,
                let id = reading.root?["id"]
            else { return nil }
            let body = reading.request.body
            guard body.count <= RepeatedMessage.longest else { return nil }
            (before, after) = (Array(body[..<id.extent.lowerBound]), Array(body[id.extent.upperBound...]))
            (self.method, self.params) = (method, params)
            (form, canStream) = (reading.form, reading.canStream)
            (revision, client) = (reading.revision, reading.client)
        }
    }

    /// The longest body that is kept, in bytes, and the longest id that is looked at.
    private static let (longest, longestID) = (1_024, 64)

    private let kept = Mutex<Kept?>(nil)

    /// A place for the messages under a head; none where the head says that they repeat nothing.
    init?(version: RoutingHeader, method: RoutingHeader) {
        guard version.marksStatelessEra, case .value(let name) = method, name != "tools/call" else { return nil }
    }

    /// Keeps what the rules have found out about a message that all of them have let pass.
    func keep(_ reading: Reading) {
        guard let found = Kept(reading) else { return }
        kept.withLock { $0 = found }
    }

    /// Adds to a reading what is known if its body repeats the kept one, and says whether it does.
    func read(_ reading: inout Reading) -> Bool {
        guard let kept = kept.withLock(\.self) else { return false }
        let body = reading.request.body
        let (start, end) = (kept.before.count, body.count - kept.after.count)
        guard start < end, end - start <= Self.longestID, let id = Self.id(body[start..<end]),
            Self.isSame(body, 0, kept.before), Self.isSame(body, end, kept.after)
        else { return false }
        reading.message = .request(id: id, method: kept.method, params: kept.params)
        (reading.form, reading.canStream) = (kept.form, kept.canStream)
        (reading.era, reading.revision, reading.client) = (.stateless, kept.revision, kept.client)
        return true
    }

    /// The id that bytes are, if it is a plain one: digits, or a text of ASCII in which nothing is escaped.
    private static func id(_ bytes: ArraySlice<UInt8>) -> MessageID? {
        guard let first = bytes.first, let last = bytes.last else { return nil }
        if first == UInt8(ascii: "\"") {
            let text = bytes.dropFirst().dropLast()
            guard bytes.count >= 2, last == first,
                text.allSatisfy({ 0x20..<0x7f ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
            else { return nil }
            return .string(String(decoding: text, as: UTF8.self))
        }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard bytes.count <= 18, bytes.allSatisfy(digits.contains), bytes.count == 1 || first != digits.lowerBound
        else {
            return nil
        }
        return .integer(bytes.reduce(0) { $0 * 10 + Int64($1 - digits.lowerBound) })
    }

    private static func isSame(_ body: [UInt8], _ start: Int, _ part: [UInt8]) -> Bool {
        unsafe body.withUnsafeBytes { body in
            unsafe part.withUnsafeBytes { part in
                guard let from = body.baseAddress, let other = part.baseAddress else {
                    return unsafe part.isEmpty
                }
                return unsafe memcmp(from + start, other, part.count) == 0
            }
        }
    }
}
