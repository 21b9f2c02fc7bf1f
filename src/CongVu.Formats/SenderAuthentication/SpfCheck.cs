using System.Net;
using System.Net.Sockets;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>
/// check_host() of RFC 7208 §4: may this address send for this domain? One object asks once: it counts the questions to DNS, which a record may
/// not drive beyond the limits of §4.6.4.
/// </summary>
public sealed class SpfCheck
{
    /// <summary>Terms that ask DNS.</summary>
    private const int MaxLookups = 10;

    /// <summary>Questions that found nothing.</summary>
    private const int MaxVoidLookups = 2;

    /// <summary>Mail servers of one mx, names of one ptr.</summary>
    private const int MaxNames = 10;

    private readonly DnsLookup dns;
    private readonly IPAddress client;
    private readonly SpfMacroValues values;
    private readonly CancellationToken cancellationToken;
    private int lookups;
    private int voidLookups;
    private string? explanation;

    private SpfCheck(SpfQuery query, DnsLookup dns, DateTimeOffset now, CancellationToken cancellationToken)
    {
        this.dns = dns;
        this.cancellationToken = cancellationToken;
        client = query.Client.IsIPv4MappedToIPv6 ? query.Client.MapToIPv4() : query.Client;
        // §2.4 and §4.3: what has no local part is postmaster's.
        var sender = query.Sender.Length == 0 ? $"postmaster@{query.Helo}" : query.Sender.StartsWith('@') ? $"postmaster{query.Sender}" : query.Sender;
        values = new(sender.Contains('@', StringComparison.Ordinal) ? sender : $"postmaster@{sender}", "", client, query.Helo, query.Receiver, now);
    }

    /// <summary>Asks.</summary>
    /// <param name="query">About whom.</param>
    /// <param name="dns">Answers.</param>
    /// <param name="now">For the macro t.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<SpfOutcome> RunAsync(SpfQuery query, DnsLookup dns, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var check = new SpfCheck(query, dns, now, cancellationToken);
        // §4.3: not a name of at least two labels: there is nobody to ask.
        if (DomainNames.Normalize(check.values.SenderDomain) is not { } domain || !domain.Contains('.', StringComparison.Ordinal))
            return new(SpfResult.None, "");
        var result = await check.CheckHostAsync(domain, mayExplain: true);
        return new(result, domain, result == SpfResult.Fail ? check.explanation : null);
    }

    private async ValueTask<SpfResult> CheckHostAsync(string domain, bool mayExplain)
    {
        // 1. The record (§4.4-4.5).
        var answer = await dns(domain, DnsKind.Txt, cancellationToken);
        if (answer.Status == DnsStatus.Failed)
            return SpfResult.TempError;
        var records = answer.Texts.Where(SpfRecord.IsRecord).Take(2).ToArray();
        if (records.Length == 0)
            return SpfResult.None;
        if (records.Length > 1 || SpfRecord.Parse(records[0]) is not { } record)
            return SpfResult.PermError;

        // 2. The first mechanism that matches decides (§4.6.2).
        foreach (var directive in record.Directives)
        {
            if (CountsAsLookup(directive.Mechanism) && ++lookups > MaxLookups)
                return SpfResult.PermError;
            var (matches, error) = await MatchesAsync(directive, domain);
            if (voidLookups > MaxVoidLookups)
                return SpfResult.PermError;
            if (error != SpfResult.None)
                return error;
            if (!matches)
                continue;
            if (directive.Result == SpfResult.Fail && mayExplain && record.Explanation is not null)
                explanation = await ExplainAsync(record.Explanation, domain);
            return directive.Result;
        }

        // 3. None did: the other domain's record, or nothing is said (§6.1, §4.7).
        if (record.Redirect is null)
            return SpfResult.Neutral;
        if (++lookups > MaxLookups)
            return SpfResult.PermError;
        var target = await TargetAsync(record.Redirect, domain);
        var result = target is null ? SpfResult.None : await CheckHostAsync(target, mayExplain);
        return result == SpfResult.None ? SpfResult.PermError : result;
    }

    private static bool CountsAsLookup(SpfMechanism mechanism) => mechanism is not (SpfMechanism.All or SpfMechanism.Ip4 or SpfMechanism.Ip6);

    private async ValueTask<(bool Matches, SpfResult Error)> MatchesAsync(SpfDirective directive, string domain)
    {
        switch (directive.Mechanism)
        {
            case SpfMechanism.All:
                return (true, SpfResult.None);
            case SpfMechanism.Ip4 or SpfMechanism.Ip6:
                return (IsIn(directive.Network!, directive), SpfResult.None);
        }
        // A name that cannot exist matches nothing (§4.8).
        var target = directive.Target is null ? domain : await TargetAsync(directive.Target, domain);
        if (target is null)
            return (false, directive.Mechanism == SpfMechanism.Include ? SpfResult.PermError : SpfResult.None);
        return directive.Mechanism switch
        {
            SpfMechanism.Include => await IncludeAsync(target),
            SpfMechanism.A => await HasAddressAsync(target, directive, countVoid: true),
            SpfMechanism.Mx => await MxAsync(target, directive),
            SpfMechanism.Ptr => (await ValidatedNamesAsync(target, countVoid: true) is [var name, ..] && DomainNames.IsWithin(name, target), SpfResult.None),
            _ => await ExistsAsync(target),
        };
    }

    // §5.2: a pass there is a match here; without a record there it is this record's fault.
    private async ValueTask<(bool Matches, SpfResult Error)> IncludeAsync(string target) => await CheckHostAsync(target, mayExplain: false) switch
    {
        SpfResult.Pass => (true, SpfResult.None),
        SpfResult.TempError => (false, SpfResult.TempError),
        SpfResult.PermError or SpfResult.None => (false, SpfResult.PermError),
        _ => (false, SpfResult.None),
    };

    private async ValueTask<(bool Matches, SpfResult Error)> HasAddressAsync(string host, SpfDirective directive, bool countVoid)
    {
        var answer = await AskAsync(host, client.AddressFamily == AddressFamily.InterNetwork ? DnsKind.A : DnsKind.Aaaa, countVoid);
        if (answer.Status == DnsStatus.Failed)
            return (false, SpfResult.TempError);
        foreach (var address in answer.Addresses)
        {
            if (IsIn(address, directive))
                return (true, SpfResult.None);
        }
        return (false, SpfResult.None);
    }

    private async ValueTask<(bool Matches, SpfResult Error)> MxAsync(string target, SpfDirective directive)
    {
        var answer = await AskAsync(target, DnsKind.Mx, countVoid: true);
        if (answer.Status == DnsStatus.Failed)
            return (false, SpfResult.TempError);
        for (var i = 0; i < answer.Texts.Count; i++)
        {
            if (i >= MaxNames)
                return (false, SpfResult.PermError);
            if (DomainNames.Normalize(answer.Texts[i]) is not { } host)
                continue;
            var found = await HasAddressAsync(host, directive, countVoid: false);
            if (found.Matches || found.Error != SpfResult.None)
                return found;
        }
        return (false, SpfResult.None);
    }

    // §5.7: the kind is A, whatever the client's address is.
    private async ValueTask<(bool Matches, SpfResult Error)> ExistsAsync(string target)
    {
        var answer = await AskAsync(target, DnsKind.A, countVoid: true);
        return (answer.Addresses.Count > 0, answer.Status == DnsStatus.Failed ? SpfResult.TempError : SpfResult.None);
    }

    // §5.5: names of the address which have the address; those within the domain first. Errors are no match.
    private async ValueTask<IReadOnlyList<string>> ValidatedNamesAsync(string domain, bool countVoid)
    {
        var answer = await AskAsync(DomainNames.Reverse(client), DnsKind.Ptr, countVoid);
        var names = new List<string>();
        foreach (var text in answer.Texts.Take(MaxNames))
        {
            if (DomainNames.Normalize(text) is not { } name)
                continue;
            var addresses = await AskAsync(name, client.AddressFamily == AddressFamily.InterNetwork ? DnsKind.A : DnsKind.Aaaa, countVoid: false);
            if (addresses.Addresses.Contains(client))
                names.Add(name);
        }
        names.Sort((a, b) => Rank(a).CompareTo(Rank(b)));
        return names;

        int Rank(string name) => name.Equals(domain, StringComparison.OrdinalIgnoreCase) ? 0 : DomainNames.IsWithin(name, domain) ? 1 : 2;
    }

    private async ValueTask<DnsAnswer> AskAsync(string name, DnsKind kind, bool countVoid)
    {
        var answer = await dns(name, kind, cancellationToken);
        if (countVoid && answer.IsVoid)
            voidLookups++;
        return answer;
    }

    private async ValueTask<string?> TargetAsync(string spec, string domain)
    {
        if (await ExpandAsync(spec, domain, SpfMacroUse.Domain) is not { } target)
            return null;
        // §7.3: too long a name loses labels from its left.
        if (target.EndsWith('.'))
            target = target[..^1];
        while (target.Length > 253 && target.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot)
            target = target[(dot + 1)..];
        return DomainNames.CanBeAsked(target) ? target : null;
    }

    private async ValueTask<string?> ExpandAsync(string text, string domain, SpfMacroUse use)
    {
        var name = SpfMacro.UsesValidatedName(text) && await ValidatedNamesAsync(domain, countVoid: false) is [var first, ..] ? first : "unknown";
        return SpfMacro.Expand(text, use, values with { Domain = domain }, name);
    }

    // §6.2: whatever is wrong with it, there is no explanation then.
    private async ValueTask<string?> ExplainAsync(string spec, string domain)
    {
        if (await TargetAsync(spec, domain) is not { } target)
            return null;
        var answer = await dns(target, DnsKind.Txt, cancellationToken);
        return answer.Texts is [var text] ? await ExpandAsync(text, domain, SpfMacroUse.Explanation) : null;
    }

    private bool IsIn(IPAddress network, SpfDirective directive)
    {
        if (network.AddressFamily != client.AddressFamily)
            return false;
        Span<byte> left = stackalloc byte[16], right = stackalloc byte[16];
        network.TryWriteBytes(left, out var length);
        client.TryWriteBytes(right, out _);
        var bits = length == 4 ? directive.Prefix4 : directive.Prefix6;
        var whole = bits / 8;
        if (!left[..whole].SequenceEqual(right[..whole]))
            return false;
        return bits % 8 == 0 || (left[whole] ^ right[whole]) >> (8 - (bits % 8)) == 0;
    }
}
