using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CongVu.Mail.Store;

/// <summary>
/// Back-off after failed sign-ins: by login and network together, so that a stranger cannot lock the holder out, and by network alone, so that
/// one stranger cannot try many logins. Each failure past the free ones doubles the wait. A login that many networks try at once is under attack: then a network that it
/// has not been used from has one free try instead of five. Wherever the holder is, one try is always free, and the right password ends the wait (A13.6).
/// </summary>
internal sealed class SignInThrottle(TimeProvider clock)
{
    private const int FreeTriesOfLogin = 5;
    private const int FreeTriesOfNetwork = 50;
    private const int AttackFailures = 50;
    private const int FreeTriesUnderAttack = 1;
    private const int MaxRemembered = 100_000;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Login, string Network), Failures> remembered = new();
    private readonly ConcurrentDictionary<(string Login, string Network), byte> familiar = new();

    internal bool IsBlocked(string login, IPAddress? from) => IsBlocked(OfLogin(login, from)) || IsBlocked(OfNetwork(from));

    internal bool IsBlocked(IPAddress? from) => IsBlocked(OfNetwork(from));

    internal void Failed(IPAddress? from)
    {
        if (from is not null)
            Count(OfNetwork(from), FreeTriesOfNetwork);
    }

    internal void Failed(string login, IPAddress? from)
    {
        var key = OfLogin(login, from);
        var isAttacked = Count((key.Item1, EveryNetwork), AttackFailures).Count > AttackFailures;
        Count(key, isAttacked && !familiar.ContainsKey(key) ? FreeTriesUnderAttack : FreeTriesOfLogin);
        if (from is not null)
            Count(OfNetwork(from), FreeTriesOfNetwork);
    }

    internal void Succeeded(string login, IPAddress? from)
    {
        var key = OfLogin(login, from);
        remembered.TryRemove(key, out _);
        if (familiar.Count >= MaxRemembered)
            familiar.Clear();
        familiar[key] = 1;
    }

    // No address is written so.
    private const string EveryNetwork = "*";

    private static (string, string) OfLogin(string login, IPAddress? from) => (login.Length > 320 ? login[..320] : Address.Normalize(login), Network(from));

    private static (string, string) OfNetwork(IPAddress? from) => ("", Network(from));

    // A subscriber has a /64 of IPv6.
    private static string Network(IPAddress? from) => from switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => from.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(from.GetAddressBytes().AsSpan(0, 8)),
        _ => from.ToString(),
    };

    private bool IsBlocked((string, string) key) => remembered.TryGetValue(key, out var failures) && clock.GetUtcNow() < failures.BlockedUntil;

    private Failures Count((string, string) key, int free)
    {
        if (remembered.Count >= MaxRemembered)
            Forget();
        var now = clock.GetUtcNow();
        return remembered.AddOrUpdate(key, _ => new(1, now, now), (_, before) => After(before, free, now));
    }

    private static Failures After(Failures before, int free, DateTimeOffset now)
    {
        var count = now - before.LastAt > ForgottenAfter ? 1 : before.Count + 1;
        if (count <= free)
            return new(count, now, now);
        var wait = FirstWait * Math.Pow(2, Math.Min(count - free - 1, 20));
        return new(count, now, now + (wait < LongestWait ? wait : LongestWait));
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (key, failures) in remembered)
        {
            if (now >= failures.BlockedUntil)
                remembered.TryRemove(key, out _);
        }
    }

    private readonly record struct Failures(int Count, DateTimeOffset LastAt, DateTimeOffset BlockedUntil);
}
