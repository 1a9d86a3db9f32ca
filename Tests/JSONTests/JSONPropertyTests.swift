import JSON
import Testing

@Suite("For any value")
struct JSONPropertyTests {
    @Test("writing and reading gives it back", arguments: UInt64(1)...40)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let value = anyValue(depth: 0, &random)
            let document = try JSONDocument(RawJSON(value).bytes)
            #expect(document.root.value == value)
            let canonical = document.root.canonical
            #expect(try JSONDocument(canonical).root.canonical == canonical)
        }
    }

    @Test(
        "changed bytes are refused, or read as something that can be written and read again", arguments: UInt64(1)...40)
    func mutation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let interesting =
            Array("\"\\{}[]:,0123456789eE+-.untrfals \n".utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC0, 0xED, 0xF4, 0xFF]
        for _ in 0..<200 {
            var bytes = RawJSON(anyValue(depth: 0, &random)).bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let position = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: position)
                case 1 where position < bytes.count: bytes.remove(at: position)
                default: bytes = Array(bytes[..<position]) + Array(bytes[(position / 2)...])
                }
            }
            do throws(JSONError) {
                let value = try JSONDocument(bytes).root.value
                #expect(try JSONDocument(RawJSON(value).bytes).root.value == value)
                #expect(String(validating: bytes, as: UTF8.self) != nil)
            } catch {
                #expect((0...bytes.count).contains(error.offset))
            }
        }
    }

    @Test("every proper beginning of an object is refused")
    func prefixes() {
        let bytes = Array(#"{"a":[1.5e3,"\ud83d\ude00é",true,null],"b":{"c":-0}}"#.utf8)
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSONDocument(Array(bytes[..<length])) }
        }
    }

    private func anyValue(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer(Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: return .double(Double.random(in: -1e6...1e6, using: &random) + 0.1)
        case 4, 5: return .string(anyText(&random))
        case 6:
            return .array((0..<Int.random(in: 0..<6, using: &random)).map { _ in anyValue(depth: depth + 1, &random) })
        default:
            let names = Set((0..<Int.random(in: 0..<20, using: &random)).map { _ in anyText(&random) })
            // Compared as bytes: `Set` takes canonically equal texts for one, which only makes fewer names.
            return .object(names.sorted().map { JSONMember($0, anyValue(depth: depth + 1, &random)) })
        }
    }

    private func anyText(_ random: inout SeededGenerator) -> String {
        let scalars: [UInt32] = [
            0, 0x0A, 0x1F, 0x22, 0x2F, 0x5C, 0x41, 0x7F, 0xE9, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x1F600,
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            let scalar =
                Bool.random(using: &random)
                ? scalars.randomElement(using: &random) : .random(in: 0x20...0x7E, using: &random)
            text.unicodeScalars.append(scalar.flatMap(UnicodeScalar.init) ?? "?")
        }
        return text
    }
}
