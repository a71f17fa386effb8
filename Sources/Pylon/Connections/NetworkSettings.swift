internal import NIOSSL

/// How requests leave this machine: the trusted authorities, and the proxies in the way.
package struct NetworkSettings: Sendable {
    private var certificates = TrustedCertificates()
    private var encryptedProxy: ProxyAddress?
    private var plainProxy: ProxyAddress?
    private var exceptions = ProxyExceptions()

    /// The system's certificates, and no proxy.
    package init() {}

    /// Takes the variables that most programs know, in lower case first.
    ///
    /// - Returns: The settings, and everything that is wrong with them. No problem quotes a proxy's
    ///   URL, which may hold a password.
    package static func read(
        _ environment: [String: String]
    ) -> (settings: NetworkSettings, problems: [String]) {
        var settings = NetworkSettings()
        var problems: [String] = []
        func take(_ names: String..., use: (String) throws(InvalidSetting) -> Void) {
            guard let name = names.first(where: { environment[$0]?.isEmpty == false }),
                let value = environment[name]
            else { return }
            do { try use(value) } catch { problems.append("\(name): \(error)") }
        }
        take("SSL_CERT_FILE") { (path) throws(InvalidSetting) in
            try settings.certificates.readFile(path)
        }
        take("SSL_CERT_DIR") { (paths) throws(InvalidSetting) in
            try settings.certificates.readFolders(paths)
        }
        take("https_proxy", "HTTPS_PROXY") { (url) throws(InvalidSetting) in
            settings.encryptedProxy = try ProxyAddress(url)
        }
        take("http_proxy", "HTTP_PROXY") { (url) throws(InvalidSetting) in
            settings.plainProxy = try ProxyAddress(url)
        }
        take("no_proxy", "NO_PROXY") { (text) throws(InvalidSetting) in
            settings.exceptions = try ProxyExceptions(text)
        }
        return (settings, problems)
    }

    /// nil is a direct connection.
    func proxy(to server: Destination) -> ProxyAddress? {
        guard let proxy = server.isEncrypted ? encryptedProxy : plainProxy,
            !exceptions.cover(server)
        else { return nil }
        return proxy
    }

    /// nil is the system's.
    var tlsConfiguration: TLSConfiguration? { certificates.configuration }
}
