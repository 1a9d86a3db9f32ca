/// A one-dimensional array in the server's binary form, which it takes in without reading any text.
///
/// It is sent as it stands, so the statement has to say its type: `\(keys)::uuid[]`. The form is that of the server's
/// `array_recv`: dimensions, whether there are nulls, the elements' type, count and first index, then for each element its
/// length and its bytes, all numbers with the highest byte first.
package struct BinaryArray: Sendable, Equatable {
    /// The types of elements, as the server numbers them.
    package enum Element: UInt32, Sendable {
        case bytes = 17
        case bigint = 20
        case text = 25
        case uuid = 2_950
    }

    private static let headerSize = 20

    private let element: Element
    private var count: UInt32 = 0
    private var hasNull = false
    /// Elements behind the room for the header.
    private var storage: [UInt8]

    /// An empty array.
    ///
    /// - Parameter capacity: For how many elements to make room.
    package init(of element: Element, capacity: Int = 0) {
        self.element = element
        storage = []
        storage.reserveCapacity(Self.headerSize + capacity * 24)
        storage.append(contentsOf: repeatElement(0, count: Self.headerSize))
    }

    /// A `text[]`.
    package init(texts: some Collection<String?>) {
        self.init(of: .text, capacity: texts.count)
        for text in texts { append(text: text) }
    }

    /// A `bigint[]`.
    package init(integers: some Collection<Int64>) {
        self.init(of: .bigint, capacity: integers.count)
        for number in integers { append(integer: number) }
    }

    /// A `uuid[]`.
    package init(uuids: some Collection<UUIDKey?>) {
        self.init(of: .uuid, capacity: uuids.count)
        for key in uuids { append(uuid: key) }
    }

    /// Adds an element to a `text[]`.
    package mutating func append(text: String?) {
        guard var text else { return appendNull() }
        text.withUTF8 { append($0) }
    }

    /// Adds an element to a `bigint[]`.
    package mutating func append(integer: Int64) {
        withUnsafeBytes(of: integer.bigEndian) { append($0.bindMemory(to: UInt8.self)) }
    }

    /// Adds an element to a `bytea[]`.
    package mutating func append(bytes: [UInt8]?) {
        if let bytes { bytes.withUnsafeBufferPointer { append($0) } } else { appendNull() }
    }

    /// Adds an element to a `uuid[]`.
    package mutating func append(uuid: UUIDKey?) {
        if let uuid { uuid.withBytes { append($0.bindMemory(to: UInt8.self)) } } else { appendNull() }
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        appendCount(UInt32(bytes.count))
        storage.append(contentsOf: bytes)
    }

    private mutating func appendNull() {
        appendCount(.max)
        hasNull = true
    }

    private mutating func appendCount(_ size: UInt32) {
        count += 1
        withUnsafeBytes(of: size.bigEndian) { storage.append(contentsOf: $0) }
    }
}

extension BinaryArray: Bindable {
    /// The array as it is sent.
    package var bind: Bind {
        var bytes = storage
        let header = [count == 0 ? 0 : 1, hasNull ? 1 : 0, element.rawValue, count, 1]
        for (place, number) in header.enumerated() {
            withUnsafeBytes(of: number.bigEndian) { number in
                for (offset, byte) in number.enumerated() { bytes[place * 4 + offset] = byte }
            }
        }
        // One without elements has no dimension, of which nothing is told.
        if count == 0 { bytes.removeLast(8) }
        return .bytes(bytes)
    }
}
