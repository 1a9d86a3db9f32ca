import CLinux
import Glibc
import HTTP

/// Heads that were read lately, to read no head twice: clients repeat theirs byte for byte, on one connection or on many.
///
/// A head is kept when it comes for the second time and is found by all of its bytes, credentials among them, so nobody is
/// taken for somebody else. What was not kept anew within ``lifetime`` is forgotten.
struct RecentHeads {
    /// A head with the request line, the fields and the empty line after them, as it lies in the input.
    struct Sighting {
        let range: Range<Int>
        fileprivate let hash: Int

        /// Looks for the end of a head; none is found in one that is long, or not complete.
        init?(in input: Span<UInt8>, from start: Int) {
            let reach = input.extracting(start..<min(input.count, start + RecentHeads.longest))
            let found = reach.withUnsafeBytes { bytes -> (count: Int, hash: Int)? in
                let count = linux_head_size(bytes.baseAddress, bytes.count)
                guard count > 0 else { return nil }
                var hasher = Hasher()
                hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                return (count, hasher.finalize())
            }
            guard let found else { return nil }
            range = start..<start + found.count
            hash = found.hash
        }
    }

    /// What was read of a head.
    struct Head {
        fileprivate let bytes: [UInt8]
        /// A request with this head; its body is empty.
        let request: HTTPRequest
        /// How many bytes of a body follow.
        let bodyCount: Int
    }

    /// The longest head that is kept, in bytes.
    private static let longest = 4_096
    /// How many bytes of heads are kept within a lifetime: those of some thousand clients. What was made of a head takes some
    /// times as much as its bytes.
    private static let capacity = 4 << 20
    /// Nanoseconds.
    private static let lifetime: Int64 = 60_000_000_000

    /// Those kept since the last turn, and those of the turn before, by the hash of their bytes.
    private var (young, old): ([Int: Head], [Int: Head]) = ([:], [:])
    private var turned: Int64 = 0
    /// How many bytes the young ones have.
    private var size = 0
    /// Hashes of heads that came once, each at the place that the hash itself says.
    private var seen = [Int](repeating: 0, count: 16_384)

    /// What was read of a head, if it is kept.
    mutating func find(_ sighting: Sighting, in input: Span<UInt8>, at now: Int64) -> Head? {
        if now - turned > Self.lifetime { (old, young, size, turned) = (young, [:], 0, now) }
        guard let head = young[sighting.hash] ?? old[sighting.hash],
            Self.isSame(input.extracting(sighting.range), head.bytes.span)
        else { return nil }
        return head
    }

    /// Keeps a request's head if it is worth it.
    ///
    /// - Parameters:
    ///   - request: A request that ends where its body does, on a connection that goes on.
    ///   - sighting: Where its head is in the input.
    mutating func keep(_ request: HTTPRequest, _ sighting: Sighting, in input: Span<UInt8>) {
        let place = Int(UInt(bitPattern: sighting.hash) % UInt(seen.count))
        guard seen[place] == sighting.hash else {
            seen[place] = sighting.hash
            return
        }
        // Such a body, or none, does not follow from the head alone.
        guard size + sighting.range.count <= Self.capacity, !request.headers.contains(.transferEncoding),
            !request.headers.contains(.expect)
        else { return }
        var bytes: [UInt8] = []
        bytes.append(input, sighting.range)
        size += bytes.count
        young[sighting.hash] = Head(
            bytes: bytes, request: request.repeated(body: [], peer: request.peer, arrival: request.arrival),
            bodyCount: request.body.count)
    }

    private static func isSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        return one.withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                guard let (one, count) = one.baseAddress.map({ ($0, one.count) }), let other = other.baseAddress else {
                    return true
                }
                return memcmp(one, other, count) == 0
            }
        }
    }
}
