extension DomainData {
    static let reserved = """
        # Names that nobody's mail can come from, with all that is under them.
        # Source: the IANA registry of special-use domain names (RFC 2606, 6761, 6762, 7686, 8375, 9476);
        #   arpa as a whole (RFC 3172); internal (SAC113, reserved by ICANN's board in July 2024); corp,
        #   home and mail (not to be delegated: ICANN's board in February 2018); intranet, lan and private
        #   (in use on private networks: RFC 6762, appendix G)
        # Version: 2026-11-23
        # Licence: Apache-2.0, as the rest of Usher
        # Renew: by hand; keep it sorted by bytes
        alt
        arpa
        corp
        example
        example.com
        example.net
        example.org
        home
        internal
        intranet
        invalid
        lan
        local
        localhost
        mail
        onion
        private
        test
        """
}
