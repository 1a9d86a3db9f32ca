/// Small values that leave the process and come back unread and unchanged: session ids, cursors, request state.
///
/// A sealed value is base64url of key id (1 byte), nonce (12), AES-256-GCM ciphertext and tag (16). The nonce is random,
/// which is safe for 2³² values a key; rotate keys before that. Old keys stay in the list as long as their values may
/// come back.
package struct Seal: Sendable {
    private let newest: SealKey
    private let keys: [UInt8: SealKey]

    /// Takes the keys, newest first: the first one seals, all of them open.
    package init(keys: [SealKey]) throws(CryptoError) {
        guard let newest = keys.first else {
            throw CryptoError(code: .noKeys, message: "No seal key is given; at least one is needed.")
        }
        var byID: [UInt8: SealKey] = [:]
        for key in keys where byID.updateValue(key, forKey: key.id) != nil {
            throw CryptoError(code: .duplicateKeyID, message: "Two seal keys have the id \(key.id).")
        }
        self.newest = newest
        self.keys = byID
    }

    /// Encrypts and authenticates `plain`.
    ///
    /// - Parameters:
    ///   - plain: The value; any length, also empty.
    ///   - context: What the value is bound to, such as its purpose, the workspace and the credential. It is not in the
    ///     result: the same bytes must be given to ``open(_:context:)``.
    package func seal(_ plain: [UInt8], context: [UInt8]) -> String {
        let nonce = SecureRandom.bytes(AESGCM.nonceLength)
        let sealed = AESGCM.encrypt(plain, key: newest.secret, nonce: nonce, authenticating: [newest.id] + context)
        return Base64URL.encode([newest.id] + nonce + sealed)
    }

    /// Gives back what was sealed under the same context, or `nil` for everything else, without saying why.
    package func open(_ text: String, context: [UInt8]) -> [UInt8]? {
        guard let bytes = Base64URL.decode(text), bytes.count >= 1 + AESGCM.nonceLength + AESGCM.tagLength,
            let key = keys[bytes[0]]
        else { return nil }
        let nonce = Array(bytes[1...AESGCM.nonceLength])
        let sealed = Array(bytes[(1 + AESGCM.nonceLength)...])
        return AESGCM.decrypt(sealed, key: key.secret, nonce: nonce, authenticating: [key.id] + context)
    }
}
