using System.Collections.Frozen;
using CongVu.Mail.Imap.Commands;

namespace CongVu.Mail.Imap;

/// <summary>States of a session (RFC 9051 §3).</summary>
[Flags]
internal enum SessionStates
{
    /// <summary>Not authenticated.</summary>
    Stranger = 1,

    /// <summary>Authenticated, nothing selected.</summary>
    SignedIn = 2,

    /// <summary>A mailbox is selected.</summary>
    Selected = 4,

    /// <summary>After sign-in.</summary>
    Member = SignedIn | Selected,

    /// <summary>Always.</summary>
    Any = Stranger | SignedIn | Selected,
}

internal delegate ValueTask<ImapReply> CommandHandler(ImapSession session, ImapCommand command);

/// <summary>A command of the protocol.</summary>
/// <param name="States">When it may come.</param>
/// <param name="Run">What it does.</param>
/// <param name="HasUidForm">"UID" may stand in front.</param>
/// <param name="UsesNumbers">Without UID, expunges are not told before its end (RFC 9051 §7.5.1).</param>
internal sealed record CommandEntry(SessionStates States, CommandHandler Run, bool HasUidForm = false, bool UsesNumbers = false);

/// <summary>Every command, and when it may come.</summary>
internal static class CommandTable
{
    private static readonly FrozenDictionary<string, CommandEntry> Entries = new Dictionary<string, CommandEntry>
    {
        ["CAPABILITY"] = new(SessionStates.Any, Session.CapabilityAsync),
        ["NOOP"] = new(SessionStates.Any, Session.NoopAsync),
        ["CHECK"] = new(SessionStates.Selected, Session.NoopAsync),
        ["LOGOUT"] = new(SessionStates.Any, Session.LogoutAsync),
        ["ID"] = new(SessionStates.Any, Session.IdAsync),
        ["ENABLE"] = new(SessionStates.Member, Session.EnableAsync),
        ["STARTTLS"] = new(SessionStates.Stranger, SignIn.StartTlsAsync),
        ["LOGIN"] = new(SessionStates.Stranger, SignIn.LoginAsync),
        ["AUTHENTICATE"] = new(SessionStates.Stranger, SignIn.AuthenticateAsync),
        ["NAMESPACE"] = new(SessionStates.Member, List.NamespaceAsync),
        ["LIST"] = new(SessionStates.Member, List.RunAsync),
        ["LSUB"] = new(SessionStates.Member, List.SubscribedAsync),
        ["STATUS"] = new(SessionStates.Member, Status.RunAsync),
        ["CREATE"] = new(SessionStates.Member, Create.RunAsync),
        ["DELETE"] = new(SessionStates.Member, Delete.RunAsync),
        ["RENAME"] = new(SessionStates.Member, Rename.RunAsync),
        ["SUBSCRIBE"] = new(SessionStates.Member, Subscribe.RunAsync),
        ["UNSUBSCRIBE"] = new(SessionStates.Member, Subscribe.RunAsync),
        ["GETACL"] = new(SessionStates.Member, Acl.GetAsync),
        ["SETACL"] = new(SessionStates.Member, Acl.SetAsync),
        ["DELETEACL"] = new(SessionStates.Member, Acl.DeleteAsync),
        ["LISTRIGHTS"] = new(SessionStates.Member, Acl.ListRightsAsync),
        ["MYRIGHTS"] = new(SessionStates.Member, Acl.MyRightsAsync),
        ["GETQUOTA"] = new(SessionStates.Member, QuotaCommands.GetAsync),
        ["GETQUOTAROOT"] = new(SessionStates.Member, QuotaCommands.GetRootAsync),
        ["SETQUOTA"] = new(SessionStates.Member, QuotaCommands.SetAsync),
        ["APPEND"] = new(SessionStates.Member, Append.RunAsync),
        ["IDLE"] = new(SessionStates.Member, Idle.RunAsync),
        ["SELECT"] = new(SessionStates.Member, Select.RunAsync),
        ["EXAMINE"] = new(SessionStates.Member, Select.RunAsync),
        ["CLOSE"] = new(SessionStates.Selected, Close.RunAsync),
        ["UNSELECT"] = new(SessionStates.Selected, Close.UnselectAsync),
        ["EXPUNGE"] = new(SessionStates.Selected, Expunge.RunAsync, HasUidForm: true),
        ["FETCH"] = new(SessionStates.Selected, Fetch.RunAsync, HasUidForm: true, UsesNumbers: true),
        ["STORE"] = new(SessionStates.Selected, StoreFlags.RunAsync, HasUidForm: true, UsesNumbers: true),
        ["COPY"] = new(SessionStates.Selected, Copy.RunAsync, HasUidForm: true),
        ["MOVE"] = new(SessionStates.Selected, Copy.MoveAsync, HasUidForm: true),
        ["REPLACE"] = new(SessionStates.Selected, Replace.RunAsync, HasUidForm: true),
        ["SEARCH"] = new(SessionStates.Selected, Search.RunAsync, HasUidForm: true, UsesNumbers: true),
        ["SORT"] = new(SessionStates.Selected, Sort.RunAsync, HasUidForm: true, UsesNumbers: true),
        ["THREAD"] = new(SessionStates.Selected, Threading.RunAsync, HasUidForm: true, UsesNumbers: true),
    }.ToFrozenDictionary();

    /// <summary>The command; null where there is none of that name.</summary>
    internal static CommandEntry? Find(string name, bool uid) => Entries.TryGetValue(name, out var entry) && (!uid || entry.HasUidForm) ? entry : null;

    /// <summary>Why a command may not come now.</summary>
    internal static string WhyNot(SessionStates wanted, SessionStates now) => now switch
    {
        SessionStates.Stranger => "Please sign in first",
        _ when wanted == SessionStates.Stranger => "You are signed in already",
        _ => "Please select a mailbox first",
    };
}
