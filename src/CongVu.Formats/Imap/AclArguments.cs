namespace CongVu.Formats.Imap;

/// <summary>SETACL, DELETEACL and LISTRIGHTS (RFC 4314 §3).</summary>
/// <param name="Mailbox">Of which mailbox.</param>
/// <param name="Identifier">Whose rights; with "-" in front they are taken away.</param>
/// <param name="Mode">How SETACL changes them.</param>
/// <param name="Rights">Letters, lower case; the obsolete c and d are replaced by what they stand for.</param>
public sealed record AclArguments(string Mailbox, string Identifier, StoreMode Mode, string Rights)
{
    private const string Known = "lrswipkxtea";

    /// <summary>Reads the arguments; <paramref name="withRights"/> for SETACL.</summary>
    public static AclArguments Read(ref ImapReader reader, bool withRights)
    {
        reader.Space();
        var mailbox = reader.Mailbox();
        reader.Space();
        var identifier = reader.AString("an identifier");
        var (mode, rights) = (StoreMode.Replace, "");
        if (withRights)
        {
            reader.Space();
            rights = reader.AString("rights");
            mode = rights.StartsWith('+') ? StoreMode.Add : rights.StartsWith('-') ? StoreMode.Remove : StoreMode.Replace;
            if (mode != StoreMode.Replace)
                rights = rights[1..];
            // RFC 4314 §2.1.1.
            rights = rights.Replace("c", "k", StringComparison.Ordinal).Replace("d", "xte", StringComparison.Ordinal);
            foreach (var letter in rights)
            {
                if (!Known.Contains(letter, StringComparison.Ordinal))
                    reader.Fail("Unknown right");
            }
        }
        reader.End();
        return new(mailbox, identifier, mode, rights);
    }
}

/// <summary>GETQUOTA and SETQUOTA (RFC 9208 §4.1).</summary>
/// <param name="Root">The quota root.</param>
/// <param name="Limits">What SETQUOTA sets.</param>
public sealed record QuotaArguments(string Root, IReadOnlyList<KeyValuePair<string, long>> Limits)
{
    private const int MaxLimits = 20;

    /// <summary>Reads the arguments; <paramref name="withLimits"/> for SETQUOTA.</summary>
    public static QuotaArguments Read(ref ImapReader reader, bool withLimits)
    {
        reader.Space();
        var root = reader.AString("a quota root");
        var limits = new List<KeyValuePair<string, long>>();
        if (withLimits)
        {
            reader.Space();
            reader.Expect((byte)'(');
            while (!reader.Failed && limits.Count < MaxLimits && !reader.Try((byte)')'))
            {
                var resource = reader.Word("a resource");
                reader.Space();
                limits.Add(new(resource, reader.Number64("a limit")));
                if (reader.Next != ')')
                    reader.Space();
            }
        }
        reader.End();
        return new(root, limits);
    }
}
