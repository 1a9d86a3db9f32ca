import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D), over whole values in memory.
enum AESGCM {
    static let keyLength = 32
    static let nonceLength = 12
    static let tagLength = 16

    /// Encrypts `plain` and appends the tag over it and over `associated`.
    static func encrypt(
        _ plain: [UInt8], key: [UInt8], nonce: [UInt8], authenticating associated: [UInt8]
    ) -> [UInt8] {
        let context = CipherContext(.encrypt, key: key, nonce: nonce)
        context.authenticate(associated)
        let cipher = context.update(plain)
        guard context.finish() else { fatalError("OpenSSL cannot finish an encryption.") }
        return cipher + context.tag()
    }

    /// Gives back the plain bytes, or `nil` if ciphertext, tag, key, nonce or associated bytes do not belong together.
    static func decrypt(
        _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], authenticating associated: [UInt8]
    ) -> [UInt8]? {
        guard sealed.count >= tagLength else { return nil }
        let context = CipherContext(.decrypt, key: key, nonce: nonce)
        context.authenticate(associated)
        let plain = context.update(Array(sealed.dropLast(tagLength)))
        context.expect(tag: Array(sealed.suffix(tagLength)))
        return context.finish() ? plain : nil
    }
}

/// One encryption or decryption under way.
///
/// It owns OpenSSL's context, with the key schedule in it, and frees it once, which also wipes it. Calls go in order:
/// `authenticate`, `update`, then `expect` (decrypting), `finish`, `tag` (encrypting).
private struct CipherContext: ~Copyable {
    enum Direction: CInt {
        case decrypt = 0
        case encrypt = 1
    }

    private let handle: OpaquePointer

    init(_ direction: Direction, key: [UInt8], nonce: [UInt8]) {
        precondition(key.count == AESGCM.keyLength && nonce.count == AESGCM.nonceLength)
        guard let handle = EVP_CIPHER_CTX_new() else { fatalError("OpenSSL is out of memory.") }
        self.handle = handle
        // 12 bytes are the mode's own nonce length, so none needs to be set.
        let status = EVP_CipherInit_ex2(handle, Cipher.aes256GCM.handle, key, nonce, direction.rawValue, nil)
        guard status == 1 else { fatalError("OpenSSL refuses an AES-256-GCM key.") }
    }

    deinit { EVP_CIPHER_CTX_free(handle) }

    /// Adds bytes that are authenticated but not encrypted.
    func authenticate(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        var written: CInt = 0
        guard EVP_CipherUpdate(handle, nil, &written, bytes, CInt(bytes.count)) == 1 else {
            fatalError("OpenSSL refuses authenticated bytes.")
        }
    }

    /// Turns plain bytes into as many encrypted ones, or back. What comes back is unproven until ``finish()``.
    func update(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        return [UInt8](unsafeUninitializedCapacity: bytes.count) { output, initialized in
            var written: CInt = 0
            let status = EVP_CipherUpdate(handle, output.baseAddress, &written, bytes, CInt(bytes.count))
            guard status == 1, Int(written) == bytes.count else { fatalError("OpenSSL refuses bytes to encrypt.") }
            initialized = bytes.count
        }
    }

    /// Gives the tag that ``finish()`` compares with.
    func expect(tag: [UInt8]) {
        var tag = tag
        guard EVP_CIPHER_CTX_ctrl(handle, EVP_CTRL_AEAD_SET_TAG, CInt(tag.count), &tag) == 1 else {
            fatalError("OpenSSL refuses a tag of \(tag.count) bytes.")
        }
    }

    /// Ends the operation; `false` if the tag is not the expected one.
    func finish() -> Bool {
        // GCM has no last block, but OpenSSL wants to be given somewhere to write it.
        var block = [UInt8](repeating: 0, count: Int(EVP_MAX_BLOCK_LENGTH))
        var written: CInt = 0
        return EVP_CipherFinal_ex(handle, &block, &written) == 1
    }

    /// The tag over everything, once finished.
    func tag() -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: AESGCM.tagLength)
        guard EVP_CIPHER_CTX_ctrl(handle, EVP_CTRL_AEAD_GET_TAG, CInt(tag.count), &tag) == 1 else {
            fatalError("OpenSSL has no tag.")
        }
        return tag
    }
}

/// An algorithm fetched from OpenSSL once, for fetching costs more than sealing a cursor.
///
/// Safe to share: a fetched algorithm is immutable, and OpenSSL lets any number of threads use it at once. It is never
/// freed, since the one instance lives as long as the process.
private final class Cipher: @unchecked Sendable {
    static let aes256GCM = Cipher(name: "AES-256-GCM")

    let handle: OpaquePointer

    private init(name: String) {
        guard let handle = EVP_CIPHER_fetch(nil, name, nil) else { fatalError("OpenSSL does not offer \(name).") }
        self.handle = handle
    }
}
