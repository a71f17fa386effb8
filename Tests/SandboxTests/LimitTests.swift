import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite struct LimitTests {
    private static func limiter(
        _ alignment: SandboxLimits.Alignment, limit: Int = 3, countsThrottled: Bool = false
    ) -> RateLimiter {
        RateLimiter(
            limits: SandboxLimits(
                perWindow: [.update: limit], window: .seconds(10), alignment: alignment,
                countsThrottled: countsThrottled))
    }

    @Test func aSlidingWindowNeverHoldsMoreThanItsLimit() {
        var limiter = Self.limiter(.sliding)
        var random = SplitMix64(seed: 7)
        var admitted: [Duration] = []
        var now = Duration.zero
        for _ in 0..<5_000 {
            now += .milliseconds(Int64(random.next() % 4_000))
            let recent = admitted.filter { $0 > now - .seconds(10) }
            switch limiter.arrive(at: .update, now: now) {
            case .admitted(let remaining):
                admitted.append(now)
                #expect(remaining == 3 - recent.count - 1)
                #expect(recent.count < 3)
            case .refused(let retryAfter):
                #expect(recent.count == 3)
                #expect(now + retryAfter == recent[0] + .seconds(10))
            }
        }
        #expect(admitted.count > 1_000)
    }

    @Test func aFixedWindowStartsAnewAtItsBorder() {
        var limiter = Self.limiter(.fixed)
        for second in [7, 8, 9] {
            #expect(
                limiter.arrive(at: .update, now: .seconds(second)) != .refused(retryAfter: .zero))
        }
        #expect(limiter.arrive(at: .update, now: .seconds(9)) == .refused(retryAfter: .seconds(1)))
        #expect(limiter.arrive(at: .update, now: .seconds(10)) == .admitted(remaining: 2))
        #expect(limiter.arrive(at: .update, now: .seconds(19)) == .admitted(remaining: 1))
        #expect(limiter.arrive(at: .update, now: .seconds(20)) == .admitted(remaining: 2))
    }

    @Test func throttledRequestsCountOnlyWhenTheyShould() {
        var lenient = Self.limiter(.sliding, limit: 1)
        #expect(lenient.arrive(at: .update, now: .zero) == .admitted(remaining: 0))
        #expect(lenient.arrive(at: .update, now: .seconds(5)) == .refused(retryAfter: .seconds(5)))
        #expect(lenient.arrive(at: .update, now: .seconds(10)) == .admitted(remaining: 0))
        var harsh = Self.limiter(.sliding, limit: 1, countsThrottled: true)
        #expect(harsh.arrive(at: .update, now: .zero) == .admitted(remaining: 0))
        #expect(harsh.arrive(at: .update, now: .seconds(5)) == .refused(retryAfter: .seconds(10)))
        #expect(harsh.arrive(at: .update, now: .seconds(10)) == .refused(retryAfter: .seconds(10)))
    }

    @Test(arguments: [
        (SandboxEndpoint.list, 60, 300), (.get, 60, 300), (.create, 60, 30), (.update, 60, 120),
        (.delete, 10, 30), (.search, 20, 120),
    ])
    func profilesAreThoseOfTheFacts(endpoint: SandboxEndpoint, seed: Int, vendor: Int) {
        #expect(SandboxLimits.profiles["seed"]?.perWindow[endpoint] == seed)
        #expect(SandboxLimits.profiles["2026-10"]?.perWindow[endpoint] == vendor)
        #expect(SandboxLimits.profiles["off"]?.perWindow.isEmpty == true)
        #expect(SandboxLimits.profiles.values.allSatisfy { $0.window == .seconds(60) })
    }

    @Test func overHTTPTheHeadersSayWhatIsLeftAndHowLongToWait() async throws {
        let clock = ManualClock()
        let options = SandboxOptions.quick {
            $0.limits = SandboxLimits(perWindow: [.update: 2], window: .milliseconds(2_500))
            $0.clock = clock.clock
        }
        try await SandboxServer.withRunning(options) { sandbox in
            let client = SandboxClient(sandbox)
            let id = sandbox.contacts[0].id
            for remaining in ["1", "0"] {
                let answer = try await client.update(id, "{}")
                #expect(answer.headers.first(name: "X-Rate-Limit-Remaining") == remaining)
                #expect(answer.headers.first(name: "X-Retry-After") == nil)
            }
            let refused = try await client.update(id, #"{"name":"Never"}"#)
            #expect(refused.status == 429)
            #expect(refused.code == "rate_limited")
            #expect(refused.headers.first(name: "X-Rate-Limit-Remaining") == "0")
            #expect(refused.headers.first(name: "X-Retry-After") == "3")
            #expect(sandbox.contact(id: id)?.name != "Never")
            #expect(try await client.get("/contacts/\(id)").status == 200)
            clock.advance(.milliseconds(2_499))
            #expect(try await client.update(id, "{}").status == 429)
            clock.advance(.milliseconds(1))
            #expect(try await client.update(id, "{}").status == 200)
        }
    }

    @Test func refusedTokensCostNothingAndWrongRequestsCost() async throws {
        let options = SandboxOptions.quick { $0.limits = SandboxLimits(perWindow: [.update: 1]) }
        try await SandboxServer.withRunning(options) { sandbox in
            var stranger = SandboxClient(sandbox)
            stranger.authorization = "Bearer wrong"
            let refused = try await stranger.update("x", "{}")
            let client = SandboxClient(sandbox)
            let wrong = try await client.update("x", "{}")
            let throttled = try await client.update("x", "{}")
            #expect([refused, wrong, throttled].map(\.status) == [401, 404, 429])
        }
    }
}
