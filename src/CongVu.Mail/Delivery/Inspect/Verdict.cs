using System.Globalization;
using System.Text;
using CongVu.Formats.Files;

namespace CongVu.Mail.Delivery.Inspect;

/// <summary>Why a message waits in quarantine.</summary>
public enum HoldReason
{
    /// <summary>It does not.</summary>
    None = 0,

    /// <summary>A mark of a state secret (A13.7): two people release it.</summary>
    StateSecret = 1,

    /// <summary>A document with macros or packages.</summary>
    ActiveContent = 2,

    /// <summary>An encrypted archive or document.</summary>
    Encrypted = 3,

    /// <summary>An archive that cannot be looked into.</summary>
    Unreadable = 4,

    /// <summary>No virus scanner answered.</summary>
    NotScanned = 5,

    /// <summary>A program.</summary>
    Program = 6,
}

/// <summary>What is to become of a message.</summary>
/// <param name="Refusal">It is not taken.</param>
/// <param name="Hold">It waits in quarantine.</param>
/// <param name="IsJunk">It goes to Junk.</param>
/// <param name="Detail">The file, virus or place that it is about.</param>
/// <param name="Fields">Header fields for it.</param>
/// <param name="Notice">What its sender is told although it was taken.</param>
public sealed record Verdict(MessageRefusal Refusal, HoldReason Hold, bool IsJunk, string Detail, string Fields, string Notice)
{
    /// <summary>Names of files in one line of a header.</summary>
    private const int MaxNamed = 5;

    /// <summary>The field that names what was noticed about files.</summary>
    public const string FilesField = "X-CongVu-Files";

    /// <summary>
    /// The one place that decides. What is refused comes before what is held, so that a sender who can mend something is told at once; a virus and a program
    /// come before all.
    /// </summary>
    public static Verdict Of(Findings found, InspectionPolicy policy)
    {
        // 1. What is never taken, and programs unless the policy lets them wait.
        if (found.Virus.Result == VirusResult.Infected)
            return Refuse(MessageRefusal.Virus, found.Virus.Name);
        if (policy.Programs == FindingAction.Refuse && First(found, FileConcern.Executable) is { } program)
            return Refuse(MessageRefusal.Executable, program.Path);
        if (found.Virus.Result == VirusResult.Away && policy.ScannerAway == WhenAway.Defer)
            return Refuse(MessageRefusal.NotScanned, "");

        // 2. What is refused by policy, or held by it.
        var hold = HoldReason.None;
        var detail = "";
        var secret = found.Secrets.Count > 0 ? found.Secrets[0] : null;
        var refused = Consider(secret is null ? null : policy.StateSecrets, MessageRefusal.StateSecret, HoldReason.StateSecret, secret?.Where)
            ?? ConsiderFile(FileConcern.Executable, policy.Programs, MessageRefusal.Executable, HoldReason.Program)
            ?? ConsiderFile(FileConcern.ActiveContent, policy.ActiveContent, MessageRefusal.ActiveContent, HoldReason.ActiveContent)
            ?? ConsiderFile(FileConcern.Encrypted, policy.Encrypted, MessageRefusal.Encrypted, HoldReason.Encrypted)
            ?? ConsiderFile(FileConcern.Unreadable, policy.Unreadable, MessageRefusal.Unreadable, HoldReason.Unreadable);
        if (refused is not null)
            return refused;
        if (found.Virus.Result == VirusResult.Away)
            (hold, detail) = hold == HoldReason.None ? (HoldReason.NotScanned, "") : (hold, detail);

        // 3. Spam.
        var junk = false;
        if (found.Spam is { } spam)
        {
            if (spam.Request == SpamRequest.Defer)
                return Refuse(MessageRefusal.SpamLater, "");
            if (spam.Request == SpamRequest.Refuse || (spam.Request == SpamRequest.ByScore && spam.Score >= policy.RefuseScore))
                return Refuse(MessageRefusal.Spam, "");
            junk = spam.Request == SpamRequest.Junk || (spam.Request == SpamRequest.ByScore && spam.Score >= policy.JunkScore);
        }
        return new(MessageRefusal.None, hold, junk, detail, FieldsOf(found, policy, junk), NoticeOf(found, policy, hold));

        Verdict? ConsiderFile(FileConcern concern, FindingAction action, MessageRefusal refusal, HoldReason reason) =>
            First(found, concern) is { } file ? Consider(action, refusal, reason, file.Path) : null;

        // The first reason to hold stands: it is the gravest.
        Verdict? Consider(FindingAction? action, MessageRefusal refusal, HoldReason reason, string? about)
        {
            if (action == FindingAction.Refuse)
                return Refuse(refusal, about!);
            if (action == FindingAction.Hold && hold == HoldReason.None)
                (hold, detail) = (reason, about!);
            return null;
        }
    }

    private static Verdict Refuse(MessageRefusal why, string detail) => new(why, HoldReason.None, false, detail, "", "");

    private static FileFinding? First(Findings found, FileConcern concern) => found.Files.Findings.FirstOrDefault(f => f.Concern == concern);

    private static string FieldsOf(Findings found, InspectionPolicy policy, bool junk)
    {
        var fields = new StringBuilder();
        var files = found.Files.Findings.Where(f => f.Concern != FileConcern.OutsideList || !policy.AlsoStandard.Contains(f.Kind.Id)).Take(MaxNamed)
            .Select(f => $"{(f.Concern switch { FileConcern.OutsideList => "outside circular 39/2017", FileConcern.Encrypted => "encrypted", FileConcern.Unreadable => "not readable", FileConcern.Executable => "program", _ => "active content" })} ({f.Kind.Id}) \"{Short(f.Path)}\"").ToArray();
        if (files.Length > 0)
            fields.Append(FilesField).Append(": ").Append(Encoding.ASCII.GetString(MimeKit.Utils.Rfc2047.EncodeText(Encoding.UTF8, string.Join("; ", files))).ReplaceLineEndings("\r\n")).Append("\r\n");
        if (found.Usage.Count > 0)
            fields.Append("X-CongVu-Usage: ").AppendJoin(", ", found.Usage.Select(u => u.Kind).Distinct()).Append("\r\n");
        if (found.Spam is { } spam)
            fields.Append(CultureInfo.InvariantCulture, $"X-Spam-Status: {(junk ? "Yes" : "No")}, score={spam.Score:0.0} required={policy.JunkScore:0.0} filter={spam.Filter}\r\n\ttests={string.Join(",\r\n\t ", spam.Rules.Take(40).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Rule}={r.Points:0.0}")))}\r\n");
        return fields.ToString();
    }

    // Plain ASCII: it is said in SMTP.
    private static string NoticeOf(Findings found, InspectionPolicy policy, HoldReason hold)
    {
        var outside = found.Files.Findings.Where(f => f.Concern == FileConcern.OutsideList && !policy.AlsoStandard.Contains(f.Kind.Id)).Select(f => Short(f.Path)).Distinct().Take(MaxNamed).ToArray();
        var parts = new List<string>();
        if (hold != HoldReason.None)
            parts.Add($"cho xem xet, held for review ({hold})");
        if (outside.Length > 0)
            parts.Add($"tep ngoai danh muc Thong tu 39/2017 (A4), not in the list of circular 39/2017: {string.Join(", ", outside)}");
        return string.Join("; ", parts);
    }

    private static string Short(string path) => path.Length <= 80 ? path : "…" + path[^79..];
}
