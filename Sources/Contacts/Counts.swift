extension Int {
    /// Such as `1 contact` or `5 contacts`.
    ///
    /// - Parameter plural: Where it is not the noun with an s.
    package func count(of noun: String, _ plural: String? = nil) -> String {
        "\(self) \(self == 1 ? noun : plural ?? noun + "s")"
    }
}
