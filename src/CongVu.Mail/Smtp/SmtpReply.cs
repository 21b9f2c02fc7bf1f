using CongVu.Mail.Delivery;
using CongVu.Mail.Store;

namespace CongVu.Mail.Smtp;

/// <summary>A reply: code, enhanced code (RFC 2034) and text.</summary>
/// <param name="Code">Three digits.</param>
/// <param name="Enhanced">"x.y.z"; empty where the standard has none.</param>
/// <param name="Text">ASCII for people.</param>
internal sealed record SmtpReply(int Code, string Enhanced, string Text)
{
    internal static readonly SmtpReply Ok = new(250, "2.0.0", "OK");
    internal static readonly SmtpReply Bye = new(221, "2.0.0", "Goodbye");
    internal static readonly SmtpReply StartData = new(354, "", "End with <CRLF>.<CRLF>");
    internal static readonly SmtpReply ReadyForTls = new(220, "2.0.0", "Ready to start TLS");
    internal static readonly SmtpReply Authenticated = new(235, "2.7.0", "Signed in");
    internal static readonly SmtpReply NotVerified = new(252, "2.5.2", "Send some mail and see");
    internal static readonly SmtpReply HelpText = new(214, "2.0.0", "See RFC 5321");
    internal static readonly SmtpReply Unknown = new(500, "5.5.2", "Command not known");
    internal static readonly SmtpReply LineTooLong = new(500, "5.5.6", "Line too long");
    internal static readonly SmtpReply BareLineFeed = new(500, "5.5.2", "Lines end with CR LF, a bare LF is not a line end");
    internal static readonly SmtpReply Syntax = new(501, "5.5.4", "Syntax error in the arguments");
    internal static readonly SmtpReply BadAddress = new(501, "5.1.3", "The address is not well formed");
    internal static readonly SmtpReply NotImplemented = new(502, "5.5.1", "Command not offered here");
    internal static readonly SmtpReply BadSequence = new(503, "5.5.1", "Not now: another command must come first");
    internal static readonly SmtpReply ParameterUnknown = new(555, "5.5.4", "A parameter of the command is not known");
    internal static readonly SmtpReply AuthRequired = new(530, "5.7.0", "Sign in first");
    internal static readonly SmtpReply TlsRequired = new(538, "5.7.11", "Signing in needs TLS");
    internal static readonly SmtpReply AuthFailed = new(535, "5.7.8", "User name or password is wrong");
    internal static readonly SmtpReply AuthSuspended = new(535, "5.7.8", "This account is suspended");
    internal static readonly SmtpReply AuthChangePassword = new(535, "5.7.8", "The password must be changed in the webmail first");
    internal static readonly SmtpReply AuthTooMany = new(454, "4.7.0", "Too many failed sign-ins, try again later");
    internal static readonly SmtpReply AuthMechanism = new(504, "5.5.4", "The mechanism is not offered");
    internal static readonly SmtpReply AuthCancelled = new(501, "5.7.0", "Sign-in cancelled");
    internal static readonly SmtpReply AuthSyntax = new(501, "5.5.2", "The response is not base64 of the right form");
    internal static readonly SmtpReply SenderNotAllowed = new(553, "5.7.1", "The account may not send as this address");
    internal static readonly SmtpReply UnknownUser = new(550, "5.1.1", "No such mailbox here");
    internal static readonly SmtpReply ClosedMailbox = new(550, "5.2.1", "The mailbox takes no mail any more");
    internal static readonly SmtpReply FullMailbox = new(452, "4.2.2", "The mailbox is full");
    internal static readonly SmtpReply NoRelay = new(550, "5.7.1", "Not a domain of this server, no relaying");
    internal static readonly SmtpReply TooManyRecipients = new(452, "4.5.3", "Too many recipients, send the rest in another message");
    internal static readonly SmtpReply NoRecipients = new(554, "5.5.1", "No valid recipients");
    internal static readonly SmtpReply TooLarge = new(552, "5.3.4", "The message is larger than this server takes");
    internal static readonly SmtpReply AttachmentsTooLarge = new(552, "5.3.4", "Attachments are above 30 MB in all (Regulation A5.3)");
    internal static readonly SmtpReply BareLineEnd = new(550, "5.6.11", "The message has a bare CR or LF; lines end with CR LF");
    internal static readonly SmtpReply NeedsSmtpUtf8 = new(550, "5.6.7", "The address needs SMTPUTF8");
    internal static readonly SmtpReply Loop = new(554, "5.4.6", "The message goes in circles: too many Received lines");
    internal static readonly SmtpReply FromMissing = new(554, "5.6.0", "The message has no From");
    internal static readonly SmtpReply FromNotAllowed = new(550, "5.7.1", "The account may not write as the address in From");
    internal static readonly SmtpReply BinaryNeedsBdat = new(503, "5.5.1", "BODY=BINARYMIME needs BDAT");
    internal static readonly SmtpReply Failure = new(451, "4.3.0", "The mail store cannot take it now, try again later");
    internal static readonly SmtpReply NoSpace = new(452, "4.3.1", "No room on the server now, try again later");
    internal static readonly SmtpReply TooManyErrors = new(421, "4.7.0", "Too many errors, closing");
    internal static readonly SmtpReply TimedOut = new(421, "4.4.2", "Waited too long, closing");
    internal static readonly SmtpReply Stopping = new(421, "4.3.2", "The server is stopping");
    internal static readonly SmtpReply Busy = new(421, "4.7.0", "Too many connections, try again later");

    internal static SmtpReply Of(MessageRefusal refusal) => refusal switch
    {
        MessageRefusal.AttachmentsTooLarge => AttachmentsTooLarge,
        MessageRefusal.Loop => Loop,
        MessageRefusal.FromMissing => FromMissing,
        MessageRefusal.FromNotAllowed => FromNotAllowed,
        _ => Ok,
    };

    internal static SmtpReply? Of(AddressStatus status) => status switch
    {
        AddressStatus.Unknown => UnknownUser,
        AddressStatus.Closed => ClosedMailbox,
        AddressStatus.OverQuota => FullMailbox,
        _ => null,
    };

    internal static SmtpReply Of(SignInRefusal refusal) => refusal switch
    {
        SignInRefusal.Suspended => AuthSuspended,
        SignInRefusal.PasswordChangeRequired => AuthChangePassword,
        SignInRefusal.TooManyFailures => AuthTooMany,
        _ => AuthFailed,
    };
}
