using System.Buffers;
using System.Globalization;
using System.Text;
using CongVu.Formats.Text;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;

namespace CongVu.Mail.Smtp;

/// <summary>A reply: code, enhanced code (RFC 2034) and text.</summary>
/// <param name="code">Three digits.</param>
/// <param name="enhanced">"x.y.z"; empty where the standard has none.</param>
/// <param name="text">ASCII for people.</param>
/// <param name="vietnamese">The same where it is shown to our own people; empty for what only programs read.</param>
internal sealed class SmtpReply(int code, string enhanced, string text, string vietnamese = "")
{
    internal static readonly SmtpReply Ok = new(250, "2.0.0", "OK");
    internal static readonly SmtpReply SenderOk = new(250, "2.1.0", "Sender OK");
    internal static readonly SmtpReply RecipientOk = new(250, "2.1.5", "Recipient OK");
    internal static readonly SmtpReply Bye = new(221, "2.0.0", "Goodbye") { Closes = true };
    internal static readonly SmtpReply StartData = new(354, "", "End with <CRLF>.<CRLF>");
    internal static readonly SmtpReply ReadyForTls = new(220, "2.0.0", "Ready to start TLS");
    internal static readonly SmtpReply Authenticated = new(235, "2.7.0", "Signed in");
    internal static readonly SmtpReply NotVerified = new(252, "2.5.2", "Send some mail and see");
    internal static readonly SmtpReply HelpText = new(214, "2.0.0", "See RFC 5321");

    /// <summary>Nothing more is to be said; the next command is waited for.</summary>
    internal static readonly SmtpReply Answered = new(0, "", "");

    /// <summary>The client has gone, or must not be answered.</summary>
    internal static readonly SmtpReply HangUp = new(0, "", "") { Closes = true };

    /// <summary>A mailbox that closed tells its holder's new address for a time (A8.2; RFC 3463 §3.2, X.1.6).</summary>
    internal static SmtpReply Moved(string to) => new(550, "5.1.6", $"The mailbox has closed, please write to <{to}>", $"Hộp thư đã đóng, xin gửi tới địa chỉ mới <{to}>") { Refusal = SmtpRefusal.ClosedMailbox };

    private byte[]? basic;
    private byte[]? extended;

    internal int Code => code;

    internal string Enhanced => enhanced;

    internal string Text => text;

    internal string Vietnamese => vietnamese;

    /// <summary>Which refusal it is.</summary>
    internal SmtpRefusal Refusal { get; set; }

    /// <summary>It is said in Vietnamese first, without diacritics: replies are ASCII (RFC 5321 §4.2).</summary>
    internal bool IsBilingual { get; init; }

    /// <summary>The connection ends after it.</summary>
    internal bool Closes { get; init; } = code == 421;

    /// <summary>Writes it, with the enhanced code where <paramref name="withEnhanced"/>.</summary>
    internal void Write(IBufferWriter<byte> output, bool withEnhanced)
    {
        if (code > 0)
            output.Write(Bytes(withEnhanced));
    }

    /// <summary>The lines as they are sent.</summary>
    internal byte[] Bytes(bool withEnhanced) => withEnhanced && enhanced.Length > 0 ? extended ??= Lines(enhanced + " ") : basic ??= Lines("");

    /// <summary>The same about something: a file, a virus.</summary>
    internal SmtpReply About(string detail) => detail.Length == 0 ? this : new(code, enhanced, $"{text}: {Plain(detail)}", vietnamese.Length == 0 ? "" : $"{vietnamese}: {detail}") { Refusal = Refusal, IsBilingual = IsBilingual, Closes = Closes };

    private byte[] Lines(string prefix) => Encoding.ASCII.GetBytes(IsBilingual
        ? string.Create(CultureInfo.InvariantCulture, $"{code}-{prefix}{Plain(vietnamese)}\r\n{code} {prefix}{text}\r\n")
        : string.Create(CultureInfo.InvariantCulture, $"{code} {prefix}{text}\r\n"));

    // Vietnamese without its marks; whatever else is not printable ASCII is a question mark. RFC 5321 §4.5.3.1.5: 512 bytes a line.
    private static string Plain(string said)
    {
        const int maxLength = 400;
        var plain = new StringBuilder(said.Length);
        foreach (var c in ComposedText.Of(said, NormalizationForm.FormD))
        {
            if (char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && plain.Length < maxLength)
                plain.Append(c switch { 'đ' => 'd', 'Đ' => 'D', < ' ' or > '~' => '?', _ => c });
        }
        return plain.ToString();
    }

    /// <summary>The words of a refusal.</summary>
    public static implicit operator SmtpReply(SmtpRefusal refusal) => SmtpRefusals.Reply(refusal);

    internal static SmtpRefusal Of(MessageRefusal refusal) => refusal switch
    {
        MessageRefusal.AttachmentsTooLarge => SmtpRefusal.AttachmentsTooLarge,
        MessageRefusal.Loop => SmtpRefusal.Loop,
        MessageRefusal.BadFrom => SmtpRefusal.BadFrom,
        MessageRefusal.FromNotAllowed => SmtpRefusal.FromNotAllowed,
        MessageRefusal.NotFromDomain => SmtpRefusal.NotFromDomain,
        MessageRefusal.Virus => SmtpRefusal.Virus,
        MessageRefusal.Executable => SmtpRefusal.ExecutableAttachment,
        MessageRefusal.ActiveContent => SmtpRefusal.ActiveAttachment,
        MessageRefusal.Encrypted => SmtpRefusal.EncryptedAttachment,
        MessageRefusal.Unreadable => SmtpRefusal.UnreadableAttachment,
        MessageRefusal.StateSecret => SmtpRefusal.StateSecret,
        MessageRefusal.Spam => SmtpRefusal.Spam,
        MessageRefusal.SpamLater => SmtpRefusal.SpamLater,
        MessageRefusal.NotScanned => SmtpRefusal.NotScanned,
        _ => SmtpRefusal.None,
    };

    internal static SmtpRefusal Of(AddressStatus status) => status switch
    {
        AddressStatus.Unknown => SmtpRefusal.UnknownRecipient,
        AddressStatus.Closed => SmtpRefusal.ClosedMailbox,
        AddressStatus.OverQuota => SmtpRefusal.FullMailbox,
        _ => SmtpRefusal.None,
    };

    internal static SmtpRefusal Of(SignInRefusal refusal) => refusal switch
    {
        SignInRefusal.Suspended => SmtpRefusal.Suspended,
        SignInRefusal.PasswordChangeRequired => SmtpRefusal.PasswordChangeRequired,
        SignInRefusal.TooManyFailures => SmtpRefusal.TooManyFailures,
        _ => SmtpRefusal.WrongCredentials,
    };
}
