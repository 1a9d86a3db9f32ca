import Testing

@testable import Crypto

@Suite("Sealed values")
struct SealTests {
    private let context = Array("cursor of workspace 1".utf8)

    @Test("open under the same context", arguments: [0, 1, 15, 16, 17, 1000, 100_000])
    func roundTrip(length: Int) throws {
        let seal = try Seal(keys: [.random(id: 7)])
        let plain = SecureRandom.bytes(length)
        #expect(seal.open(seal.seal(plain, context: context), context: context) == plain)
    }

    @Test("differ each time")
    func nonces() throws {
        let seal = try Seal(keys: [.random(id: 7)])
        let texts = Set((0..<100).map { _ in seal.seal([1, 2, 3], context: context) })
        #expect(texts.count == 100)
    }

    @Test("do not open when any bit was changed")
    func tampering() throws {
        let seal = try Seal(keys: [.random(id: 1), .random(id: 0), .random(id: 3)])
        let bytes = try #require(Base64URL.decode(seal.seal(Array("page 2".utf8), context: context)))
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(seal.open(Base64URL.encode(changed), context: context) == nil)
            }
        }
    }

    @Test("do not open when cut, lengthened or foreign")
    func wrongLength() throws {
        let seal = try Seal(keys: [.random(id: 1)])
        let bytes = try #require(Base64URL.decode(seal.seal([1, 2, 3, 4], context: context)))
        for count in bytes.indices {
            #expect(seal.open(Base64URL.encode(Array(bytes[..<count])), context: context) == nil)
        }
        #expect(seal.open(Base64URL.encode(bytes + [0]), context: context) == nil)
        #expect(seal.open("not a sealed value", context: context) == nil)
        #expect(seal.open("", context: context) == nil)
    }

    @Test("do not open under another context or key")
    func binding() throws {
        let seal = try Seal(keys: [.random(id: 1)])
        let other = try Seal(keys: [.random(id: 1)])
        let text = seal.seal([1, 2, 3], context: context)
        #expect(seal.open(text, context: []) == nil)
        #expect(seal.open(text, context: context + [0]) == nil)
        #expect(other.open(text, context: context) == nil)
    }

    @Test("outlive a rotation until their key is gone")
    func rotation() throws {
        let old = SealKey.random(id: 1)
        let new = SealKey.random(id: 2)
        let text = try Seal(keys: [old]).seal([9], context: context)
        let rotated = try Seal(keys: [new, old])
        #expect(rotated.open(text, context: context) == [9])
        #expect(try Seal(keys: [new]).open(text, context: context) == nil)
        #expect(try Seal(keys: [new]).open(rotated.seal([8], context: context), context: context) == [8])
    }

    @Test("under one secret with two ids are not interchangeable")
    func keyID() throws {
        let secret = SecureRandom.bytes(32)
        let seal = try Seal(keys: [SealKey(id: 1, secret: secret), SealKey(id: 2, secret: secret)])
        var bytes = try #require(Base64URL.decode(seal.seal([5], context: context)))
        bytes[0] = 2
        #expect(seal.open(Base64URL.encode(bytes), context: context) == nil)
    }

    @Test("need keys that are whole and distinct")
    func keyMistakes() {
        #expect(throws: CryptoError(code: .noKeys, message: "No seal key is given; at least one is needed.")) {
            try Seal(keys: [])
        }
        #expect(throws: CryptoError(code: .duplicateKeyID, message: "Two seal keys have the id 3.")) {
            try Seal(keys: [.random(id: 3), .random(id: 3)])
        }
        #expect(throws: CryptoError(code: .keyLength, message: "Seal key 3 has 31 bytes; it needs 32.")) {
            try SealKey(id: 3, secret: [UInt8](repeating: 0, count: 31))
        }
    }

    @Test("never print their key")
    func printing() throws {
        let key = try SealKey(id: 3, secret: [UInt8](repeating: 222, count: 32))
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "SealKey 3")
        #expect(!dumped.contains("222"))
    }
}

@Suite("AES-256-GCM")
struct AESGCMTests {
    @Test(
        "matches the test cases 13, 14 and 16 of its specification",
        arguments: [
            (
                "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "",
                "530f8afbc74536b9a963b4f1c4cb738b"
            ),
            (
                "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
                "00000000000000000000000000000000", "",
                "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
            ),
            (
                "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba"
                    + "637b39", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abc"
                    + "c9f66276fc6ece0f4e1768cddf8853bb2d551b"
            ),
        ])
    func vectors(key: String, nonce: String, plain: String, associated: String, sealed: String) throws {
        let key = try #require(Hex.decode(key))
        let nonce = try #require(Hex.decode(nonce))
        let plain = try #require(Hex.decode(plain))
        let associated = try #require(Hex.decode(associated))
        let encrypted = AESGCM.encrypt(plain, key: key, nonce: nonce, authenticating: associated)
        #expect(Hex.encode(encrypted) == sealed)
        #expect(AESGCM.decrypt(encrypted, key: key, nonce: nonce, authenticating: associated) == plain)
    }
}

@Suite("Random bytes")
struct SecureRandomTests {
    @Test("have the length asked for and do not repeat")
    func bytes() {
        #expect(SecureRandom.bytes(0).isEmpty)
        #expect(SecureRandom.bytes(1000).count == 1000)
        #expect(Set((0..<1000).map { _ in SecureRandom.bytes(16) }).count == 1000)
    }
}
