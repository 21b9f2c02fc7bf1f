using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>The kinds of tagged response (RFC 9051 §7.1).</summary>
internal enum ImapStatus
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>Refused, or not possible now.</summary>
    No,

    /// <summary>The command makes no sense.</summary>
    Bad,

    /// <summary>OK, and the connection ends.</summary>
    Goodbye,

    /// <summary>It was answered already.</summary>
    Answered,

    /// <summary>Nothing is said and the connection ends.</summary>
    Silent,
}

/// <summary>What a command is answered with. The one place that knows which code a refusal has (RFC 9051 §7.1, RFC 5530).</summary>
/// <param name="Status">Its kind.</param>
/// <param name="Code">Response code without brackets; empty for none.</param>
/// <param name="Text">For people.</param>
internal readonly record struct ImapReply(ImapStatus Status, string Code, string Text)
{
    internal static readonly ImapReply Done = new(ImapStatus.Ok, "", "Done");
    internal static readonly ImapReply Answered = new(ImapStatus.Answered, "", "");
    internal static readonly ImapReply End = new(ImapStatus.Silent, "", "");
    internal static readonly ImapReply Unavailable = No("UNAVAILABLE", "The mail store cannot do it now; please try again later");
    internal static readonly ImapReply ServerBug = No("SERVERBUG", "Something went wrong here; it has been noted");
    internal static readonly ImapReply SomeExpunged = No("EXPUNGEISSUED", "Some of the messages no longer exist");
    internal static readonly ImapReply ReadOnly = No("READ-ONLY", "The mailbox is open for reading only");
    internal static readonly ImapReply BadCharset = No("BADCHARSET (US-ASCII UTF-8)", "Searches are written in UTF-8");
    internal static readonly ImapReply TooBig = No("TOOBIG", "The message is larger than allowed");

    internal static ImapReply Ok(string text) => new(ImapStatus.Ok, "", text);

    internal static ImapReply Ok(string code, string text) => new(ImapStatus.Ok, code, text);

    internal static ImapReply No(string code, string text) => new(ImapStatus.No, code, text);

    internal static ImapReply Bad(string text) => new(ImapStatus.Bad, "", text);

    internal static ImapReply Of(Refusal refusal) => refusal switch
    {
        Refusal.None => Done,
        Refusal.NotFound => No("NONEXISTENT", "There is no such mailbox"),
        Refusal.NoPermission => No("NOPERM", "You may not do that here"),
        Refusal.AlreadyExists => No("ALREADYEXISTS", "That name, or a mailbox for that use, exists already"),
        Refusal.InvalidName => No("CANNOT", "That name cannot be used"),
        Refusal.HasChildren => No("HASCHILDREN", "The mailbox has others below it"),
        Refusal.OverQuota => No("OVERQUOTA", "The mailbox is full"),
        Refusal.Expunged => SomeExpunged,
        Refusal.TooMany => No("LIMIT", "There are too many"),
        _ => No("CANNOT", "That cannot be done"),
    };

    /// <summary>Of a mailbox that something should go into: the client may create it (RFC 9051 §6.3.12).</summary>
    internal static ImapReply OfTarget(Refusal refusal) => refusal == Refusal.NotFound ? No("TRYCREATE", "There is no such mailbox") : Of(refusal);

    internal static ImapReply Of(SignInRefusal refusal) => refusal switch
    {
        SignInRefusal.Suspended => No("CONTACTADMIN", "This account is suspended"),
        SignInRefusal.PasswordChangeRequired => No("EXPIRED", "The password must be changed first, in the webmail"),
        SignInRefusal.AppPasswordRequired => No("AUTHENTICATIONFAILED", "Mail programs need an app password, made in the webmail"),
        SignInRefusal.TooManyFailures => No("LIMIT", "Too many failures; please wait"),
        _ => No("AUTHENTICATIONFAILED", "The name or the password is wrong"),
    };
}
