namespace CongVu.Formats.SenderAuthentication;

/// <summary>What a domain asks of receivers for mail that fails (RFC 9989 §4.7).</summary>
public enum DmarcPolicy
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Treat it as suspicious.</summary>
    Quarantine,

    /// <summary>Do not take it.</summary>
    Reject,
}

/// <summary>A policy record "v=DMARC1; …" of RFC 9989, or of RFC 7489 before it.</summary>
/// <param name="Policy">p=.</param>
/// <param name="Subdomains">sp=; p= where it is not given.</param>
/// <param name="Missing">np=, for names that do not exist; sp= where it is not given.</param>
/// <param name="StrictDkim">adkim=s.</param>
/// <param name="StrictSpf">aspf=s.</param>
/// <param name="IsTesting">t=y, or pct=0 of the predecessor: the policy is one step milder.</param>
/// <param name="PublicSuffix">psd=: true, false, or not said.</param>
/// <param name="Reports">rua=, as given.</param>
public sealed record DmarcRecord(
    DmarcPolicy Policy, DmarcPolicy Subdomains, DmarcPolicy Missing, bool StrictDkim, bool StrictSpf, bool IsTesting, bool? PublicSuffix, string Reports)
{
    /// <summary>Reads a record; null where it is none, or says nothing that can be followed.</summary>
    public static DmarcRecord? Parse(string text)
    {
        if (TagList.Parse(text) is not { } tags || tags.First != "v" || tags["v"] != "DMARC1")
            return null;
        var reports = tags["rua"] ?? "";
        var policy = PolicyOf(tags["p"]);
        // §4.7: without a policy that can be read it only asks for reports, or for nothing.
        if (policy is null || (tags["sp"] is not null && PolicyOf(tags["sp"]) is null) || (tags["np"] is not null && PolicyOf(tags["np"]) is null))
        {
            if (!reports.Contains("mailto:", StringComparison.OrdinalIgnoreCase))
                return null;
            policy = DmarcPolicy.None;
        }
        var subdomains = PolicyOf(tags["sp"]) ?? policy.Value;
        return new(
            policy.Value,
            subdomains,
            PolicyOf(tags["np"]) ?? subdomains,
            Is(tags["adkim"], "s"),
            Is(tags["aspf"], "s"),
            Is(tags["t"], "y") || tags["pct"] == "0",
            Is(tags["psd"], "y") ? true : Is(tags["psd"], "n") ? false : null,
            reports);
    }

    private static bool Is(string? value, string wanted) => wanted.Equals(value, StringComparison.OrdinalIgnoreCase);

    private static DmarcPolicy? PolicyOf(string? text) => text?.ToLowerInvariant() switch
    {
        "none" => DmarcPolicy.None,
        "quarantine" => DmarcPolicy.Quarantine,
        "reject" => DmarcPolicy.Reject,
        _ => null,
    };
}
