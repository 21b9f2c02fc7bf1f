using CongVu.Formats.Files;
using CongVu.Formats.Mime;
using CongVu.Formats.Text;

namespace CongVu.Mail.Delivery.Inspect;

/// <summary>What the scanner said.</summary>
public enum VirusResult
{
    /// <summary>There is no scanner to ask.</summary>
    NotAsked,

    /// <summary>Nothing was found.</summary>
    Clean,

    /// <summary>A virus.</summary>
    Infected,

    /// <summary>Nobody answered.</summary>
    Away,
}

/// <summary>What the virus scanner found.</summary>
/// <param name="Result">What.</param>
/// <param name="Name">The virus, or why there was no answer.</param>
public sealed record VirusFinding(VirusResult Result, string Name = "");

/// <summary>A mark of a state secret. It names the place, never the words around it.</summary>
/// <param name="Level">The level.</param>
/// <param name="Where">"subject", "body", or the file's path.</param>
public sealed record SecretFinding(SecretLevel Level, string Where);

/// <summary>What a filter asks for.</summary>
public enum SpamRequest
{
    /// <summary>Its points decide.</summary>
    ByScore,

    /// <summary>Deliver.</summary>
    Accept,

    /// <summary>Junk.</summary>
    Junk,

    /// <summary>Refuse.</summary>
    Refuse,

    /// <summary>Later.</summary>
    Defer,
}

/// <summary>How much a message looks like spam.</summary>
/// <param name="Filter">Who said it: "rspamd", "embedded".</param>
/// <param name="Score">Points.</param>
/// <param name="Rules">What gave them.</param>
/// <param name="Request">What an outside filter asks for.</param>
public sealed record SpamFinding(string Filter, double Score, IReadOnlyList<(string Rule, double Points)> Rules, SpamRequest Request = SpamRequest.ByScore);

/// <summary>What a message shows about how official addresses are used.</summary>
public enum UsageKind
{
    /// <summary>The address was used to register at a social network or a shop (A13.4).</summary>
    SignUp = 1,

    /// <summary>Labelled as advertising (decree 91/2020/NĐ-CP: [QC], [AD]).</summary>
    Advertising = 2,

    /// <summary>Forwarded into the system by another mailbox (A13.5).</summary>
    ForwardedIn = 3,

    /// <summary>Marked as a state secret (A13.7).</summary>
    StateSecret = 4,

    /// <summary>A virus was sent by an account here (A13.2).</summary>
    Virus = 5,
}

/// <summary>Something that is listed for the holder and the organization.</summary>
/// <param name="Kind">What.</param>
/// <param name="Evidence">Why: a domain, a field.</param>
public sealed record UsageFinding(UsageKind Kind, string Evidence);

/// <summary>Everything that was found about one message. It decides nothing.</summary>
/// <param name="Facts">What it is.</param>
/// <param name="Files">Its files.</param>
/// <param name="Virus">What the scanner said.</param>
/// <param name="Secrets">Marks of state secrets.</param>
/// <param name="Usage">What is to be listed.</param>
/// <param name="Spam">Of mail from outside; null for what was not asked about.</param>
public sealed record Findings(MessageFacts Facts, FileReport Files, VirusFinding Virus, IReadOnlyList<SecretFinding> Secrets, IReadOnlyList<UsageFinding> Usage, SpamFinding? Spam);
