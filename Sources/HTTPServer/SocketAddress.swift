import CLinux
import Glibc

/// An address and a port as the system gave them.
struct SocketAddress {
    private let storage: sockaddr_storage

    init(_ storage: sockaddr_storage) { self.storage = storage }

    var port: UInt16 {
        switch Int32(storage.ss_family) {
        case AF_INET: UInt16(bigEndian: read(sockaddr_in.self).sin_port)
        case AF_INET6: UInt16(bigEndian: read(sockaddr_in6.self).sin6_port)
        default: 0
        }
    }

    /// The address without its port; IPv4 that came over an IPv6 socket reads as IPv4.
    var text: String {
        switch Int32(storage.ss_family) {
        case AF_INET: return Self.text(AF_INET, read(sockaddr_in.self).sin_addr)
        case AF_INET6:
            let text = Self.text(AF_INET6, read(sockaddr_in6.self).sin6_addr)
            return text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
        default: return ""
        }
    }

    private func read<Address>(_: Address.Type) -> Address {
        withUnsafeBytes(of: storage) { $0.loadUnaligned(as: Address.self) }
    }

    private static func text(_ family: Int32, _ address: some Any) -> String {
        withUnsafeBytes(of: address) { bytes in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
                guard let start = buffer.baseAddress,
                    inet_ntop(family, bytes.baseAddress, start, socklen_t(buffer.count)) != nil
                else { return "" }
                return String(cString: start)
            }
        }
    }
}
