internal import Foundation
internal import Hummingbird

/// Everything that requests change, together.
struct SandboxState {
    var book: ContactBook
    var other: ContactBook
    var limiter: RateLimiter
    var dice: FaultDice
    var log = RequestLog()
    /// Counts every change of `book`, so that saving knows when to.
    var changes = 0

    init(book: ContactBook, other: ContactBook, limiter: RateLimiter, dice: FaultDice) {
        self.book = book
        self.other = other
        self.limiter = limiter
        self.dice = dice
    }
}

/// A request after the checks that come before its answer.
struct AdmittedRequest {
    var seen: SeenRequest
    /// Why it goes no further.
    var refusal: APIError?
    var remaining: Int?
    var isForOther = false
    var draw = FaultDice.Draw()
}

extension SandboxState {
    /// Logs a request and checks, in this order: path, method, token, limit.
    mutating func admit(
        _ request: SandboxRequest, _ route: Result<SandboxRoute, APIError>, requestID: String,
        token: String,
        clock: SandboxClock
    ) -> AdmittedRequest {
        let now = clock.now()
        let found = try? route.get()
        let seen = log.append { number in
            SeenRequest(
                number: number, arrived: now, method: request.method.rawValue, path: request.path,
                endpoint: found?.endpoint, contactID: found?.contactID, requestID: requestID,
                body: request.method == .patch ? request.body.map { String(buffer: $0) } : nil)
        }
        var admission = AdmittedRequest(seen: seen)
        do throws(APIError) {
            let endpoint = try route.get().endpoint
            try checkToken(request, token: token)
            try drawToken(for: endpoint, contactID: found?.contactID, &admission)
            try checkLimit(of: endpoint, now: now, &admission)
            admission.draw = dice.drawRequest(
                for: endpoint, contactID: found?.contactID,
                hasCursor: request.query["cursor"]?.isEmpty == false)
            if let delay = admission.draw.delay, delay > .zero {
                admission.seen.faults.append(.latency)
            }
            if let fault = admission.draw.fault {
                admission.seen.faults.append(fault.kind)
                if fault.kind == .rateLimited {
                    admission.refusal = .rateLimited(retryAfter: fault.retryAfter)
                }
            }
        } catch {
            admission.refusal = error
        }
        return admission
    }

    private func checkToken(_ request: SandboxRequest, token: String) throws(APIError) {
        let scheme = "Bearer "
        guard let authorization = request.authorization, authorization.hasPrefix(scheme) else {
            throw .noAuthorization
        }
        guard authorization.dropFirst(scheme.count) == token else { throw .invalidToken }
    }

    private mutating func drawToken(
        for endpoint: SandboxEndpoint, contactID: String?, _ admission: inout AdmittedRequest
    ) throws(APIError) {
        guard let fault = dice.drawToken(for: endpoint, contactID: contactID) else { return }
        admission.seen.faults.append(fault)
        switch fault {
        case .unauthorized: throw .invalidToken
        case .wrongRegion: throw .wrongRegion
        case .forbidden: throw .permissionDenied
        default: admission.isForOther = true
        }
    }

    private mutating func checkLimit(
        of endpoint: SandboxEndpoint, now: Duration, _ admission: inout AdmittedRequest
    ) throws(APIError) {
        switch limiter.arrive(at: endpoint, now: now) {
        case .admitted(let remaining):
            admission.remaining = remaining
        case .refused(let wait):
            admission.remaining = 0
            throw .rateLimited(retryAfter: max(1, Int((wait / .seconds(1)).rounded(.up))))
        }
    }
}

extension SandboxState {
    /// - Returns: The answer, and the id of the contact that was changed, if any was.
    mutating func perform(
        _ operation: Operation, _ admission: AdmittedRequest, at time: Date
    ) throws(APIError) -> (AnswerBody, changed: String?) {
        if admission.isForOther {
            return try other.perform(operation, admission.draw.fault?.kind, at: time)
        }
        let result = try book.perform(operation, admission.draw.fault?.kind, at: time)
        if result.changed != nil { changes += 1 }
        return result
    }
}

extension ContactBook {
    fileprivate mutating func perform(
        _ operation: Operation, _ fault: SandboxFault.Kind?, at time: Date
    ) throws(APIError) -> (AnswerBody, changed: String?) {
        switch operation {
        case .me:
            return (.me(organisation), nil)
        case .page(let request):
            return (.page(page(request)), nil)
        case .get(let id):
            guard let entry = surviving(id) else { throw .contactNotFound }
            return (.contact(entry), nil)
        case .create(let write):
            let contact = try create(write, at: time)
            return (.contact(try existing(contact.id)), contact.id)
        case .update(let id, let write):
            let old = try existing(id)
            let new = try ContactChange(write: write, organisation: organisation)
                .apply(to: old.contact)
            try checkUnique(new)
            if fault == .notTaken { return (.contact(old), nil) }
            replace(with: new)
            return (.contact(try existing(id)), id)
        case .delete(let id):
            guard remove(id: id) else { throw .contactNotFound }
            return (.deleted, id)
        }
    }

    private func existing(_ id: String) throws(APIError) -> Entry {
        guard let entry = self[id] else { throw .contactNotFound }
        return entry
    }

    private mutating func create(
        _ write: ContactWrite, at time: Date
    ) throws(APIError) -> SandboxContact {
        var write = write
        write.emails = nil
        guard let name = write.name else { throw .invalid("name is required") }
        if write.accountID == "" { throw .invalid("account_id does not exist") }
        var blank = SandboxContact(id: UUID().uuidString.lowercased(), name: name)
        blank.portalRole = SandboxOrganisation.defaultRole
        let contact = try ContactChange(write: write, organisation: organisation).apply(to: blank)
        try checkUnique(contact)
        let now = Int64(time.timeIntervalSince1970 * 1000)
        insert(contact, createdAt: nextCreationTime(now: now))
        return contact
    }
}
