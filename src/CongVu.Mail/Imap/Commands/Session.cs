using CongVu.Formats.Imap;

namespace CongVu.Mail.Imap.Commands;

/// <summary>CAPABILITY, NOOP, CHECK, LOGOUT, ID and ENABLE: the session itself.</summary>
internal static class Session
{
    internal static ValueTask<ImapReply> CapabilityAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryReadNothing(out var bad))
            return new(bad);
        session.WriteUntagged("CAPABILITY " + Capabilities.Of(session));
        return new(ImapReply.Done);
    }

    // What changed is told before every tagged reply; NOOP asks even without a notice.
    internal static ValueTask<ImapReply> NoopAsync(ImapSession session, ImapCommand command) => new(command.TryReadNothing(out var bad) ? ImapReply.Done : bad);

    internal static ValueTask<ImapReply> LogoutAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryReadNothing(out var bad))
            return new(bad);
        session.WriteUntagged("BYE Goodbye");
        return new(new ImapReply(ImapStatus.Goodbye, "", "Goodbye"));
    }

    // RFC 2971; strangers are told no more than a name.
    internal static ValueTask<ImapReply> IdAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(IdArguments.Read, out _, out var bad))
            return new(bad);
        session.WriteUntagged("ID (\"name\" \"CongVu\")");
        return new(ImapReply.Done);
    }

    // RFC 5161 §3.1: what is not known is passed over.
    internal static ValueTask<ImapReply> EnableAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(EnableArguments.Read, out var arguments, out var bad))
            return new(bad);
        var enabled = new List<string>();
        foreach (var name in arguments.Capabilities)
        {
            switch (name)
            {
                case "CONDSTORE":
                    session.CondStore = true;
                    break;
                case "QRESYNC":
                    session.CondStore = session.QResync = true;
                    break;
                case "UTF8=ACCEPT":
                    session.Utf8 = true;
                    break;
                case "IMAP4REV2":
                    session.Rev2 = session.Utf8 = true;
                    break;
                default:
                    continue;
            }
            enabled.Add(name == "IMAP4REV2" ? "IMAP4rev2" : name);
        }
        session.WriteUntagged($"ENABLED {string.Join(' ', enabled)}".TrimEnd());
        return new(ImapReply.Done);
    }
}
