using System.Globalization;
using System.Net;
using CongVu.Formats.SenderAuthentication;

namespace CongVu.Formats.Tests.SenderAuthentication;

/// <summary>Answers of DNS as a test writes them.</summary>
public sealed class TestZone
{
    private readonly Dictionary<string, List<(string Kind, string Value)>> names = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Asked { get; } = [];

    public TestZone Add(string name, string kind, string value)
    {
        if (!names.TryGetValue(name.TrimEnd('.'), out var records))
            names[name.TrimEnd('.')] = records = [];
        records.Add((kind, value));
        return this;
    }

    public bool Has(string name, string kind) => names.TryGetValue(name, out var records) && records.Any(r => r.Kind == kind);

    public ValueTask<DnsAnswer> Lookup(string name, DnsKind kind, CancellationToken cancellationToken)
    {
        Asked.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {kind}"));
        return ValueTask.FromResult(Find(name, kind, 0));
    }

    private DnsAnswer Find(string name, DnsKind kind, int depth)
    {
        if (!names.TryGetValue(name, out var records))
            return DnsAnswer.NoSuchName;
        if (depth < 8 && records.Find(r => r.Kind == "CNAME") is { Value: { } other })
            return Find(other, kind, depth + 1);
        var wanted = kind.ToString().ToUpperInvariant();
        var values = records.Where(r => r.Kind == wanted && r.Value != "NONE").Select(r => r.Value).ToArray();
        if (values.Length == 0)
            return records.Exists(r => r.Kind == "TIMEOUT") ? DnsAnswer.Failed : DnsAnswer.Empty;
        return kind is DnsKind.A or DnsKind.Aaaa
            ? new(DnsStatus.Answered, [], [.. values.Select(IPAddress.Parse)])
            : new(DnsStatus.Answered, kind == DnsKind.Mx ? [.. values.OrderBy(v => int.Parse(v.Split(' ')[0], CultureInfo.InvariantCulture)).Select(v => v.Split(' ')[1])] : values, []);
    }
}
