import CLinux
import Glibc

/// The socket that takes connections; closed with the value.
final class ListeningSocket {
    let descriptor: Int32
    let port: UInt16

    init(_ configuration: HTTPServerConfiguration) throws(HTTPServerError) {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = linux_sock_stream()
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(configuration.host, String(configuration.port), &hints, &list)
        defer { freeaddrinfo(list) }
        guard code == 0, let address = list?.pointee else {
            let reason = String(cString: gai_strerror(code))
            throw HTTPServerError(code: .addressNotFound, message: "\(configuration.host) is no address: \(reason).")
        }
        descriptor = try Self.listen(address, configuration)
        port = Self.localPort(descriptor)
    }

    deinit { close(descriptor) }

    private static func listen(
        _ address: addrinfo,
        _ configuration: HTTPServerConfiguration
    ) throws(HTTPServerError) -> Int32 {
        let type = address.ai_socktype | linux_sock_flags()
        let descriptor = socket(address.ai_family, type, address.ai_protocol)
        guard descriptor >= 0 else { throw failure(errno, configuration) }
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if address.ai_family == AF_INET6 { setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0,
            Glibc.listen(descriptor, configuration.backlog) == 0
        else {
            let code = errno
            close(descriptor)
            throw failure(code, configuration)
        }
        return descriptor
    }

    private static func failure(_ code: Int32, _ configuration: HTTPServerConfiguration) -> HTTPServerError {
        let place = "\(configuration.host) port \(configuration.port)"
        switch code {
        case EADDRINUSE:
            return HTTPServerError(code: .addressInUse, message: "Another program listens on \(place).")
        case EACCES:
            return HTTPServerError(code: .addressNotAllowed, message: "This user may not listen on \(place).")
        case EADDRNOTAVAIL:
            return HTTPServerError(
                code: .addressNotFound, message: "\(configuration.host) is no address of this machine.")
        default:
            let reason = String(cString: strerror(code))
            return HTTPServerError(code: .system, message: "Cannot listen on \(place): \(reason).")
        }
    }

    private static func localPort(_ descriptor: Int32) -> UInt16 {
        var address = sockaddr_storage()
        _ = withSocketAddress(&address) { getsockname(descriptor, $0, $1) }
        return SocketAddress(address).port
    }

    /// What one attempt to accept gave.
    enum Accepted {
        case connection(descriptor: Int32, peer: String)
        case none
        case failed(errno: Int32)
    }

    /// Takes one waiting connection.
    func accept() -> Accepted {
        var address = sockaddr_storage()
        let accepted = withSocketAddress(&address) { linux_accept(descriptor, $0, $1) }
        guard accepted < 0 else {
            setOption(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            return .connection(descriptor: accepted, peer: SocketAddress(address).text)
        }
        switch errno {
        case EAGAIN, EWOULDBLOCK: return .none
        case let code: return .failed(errno: code)
        }
    }
}

private func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
}

private func withSocketAddress(
    _ address: inout sockaddr_storage,
    _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
) -> Int32 {
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
    }
}
