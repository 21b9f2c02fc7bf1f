using System.Collections.Frozen;
using CongVu.Formats.Files;
using CongVu.Formats.Mime;
using CongVu.Formats.Text;

namespace CongVu.Mail.Delivery.Inspect;

/// <summary>What the texts and the header of a message show: marks of state secrets, registrations elsewhere, advertising, forwarding into the system.</summary>
public static class ContentRules
{
    private const int MaxFindings = 20;

    // Social networks and shops (A13.4). Public-service portals are none of them.
    private static readonly FrozenSet<string> Elsewhere = (
        "facebook.com facebookmail.com instagram.com mail.instagram.com tiktok.com twitter.com x.com linkedin.com zalo.me zaloapp.com pinterest.com reddit.com snapchat.com threads.net discord.com telegram.org viber.com youtube.com "
        + "shopee.vn shopee.com lazada.vn lazada.com tiki.vn sendo.vn amazon.com ebay.com alibaba.com aliexpress.com taobao.com temu.com shein.com thegioididong.com dienmayxanh.com fptshop.com.vn cellphones.com.vn "
        + "grab.com be.com.vn gojek.com foody.vn shopeefood.vn traveloka.com agoda.com booking.com airbnb.com netflix.com spotify.com steampowered.com garena.vn roblox.com epicgames.com").Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // As they are folded: without diacritics, in lower case.
    private static readonly string[] Registration =
    [
        "dang ky", "xac nhan", "xac minh", "kich hoat", "ma otp", "ma xac", "chao mung", "tai khoan", "don hang", "dat lai mat khau",
        "welcome", "verify", "confirm", "activate", "registration", "sign up", "signed up", "your account", "security code", "your order", "reset your password", "get started",
    ];

    private static readonly string[] Forwarders = ["X-Forwarded-For", "X-Forwarded-To", "X-MS-Exchange-Inbox-Rules-Loop", "X-Autoforward", "X-Yahoo-Forwarded", "X-Zoho-AutoForward"];

    /// <summary>Marks of state secrets in subject, body, names and texts of files, the gravest first.</summary>
    public static IReadOnlyList<SecretFinding> Secrets(string subject, string body, MimePart root, FileReport files)
    {
        var found = new List<SecretFinding>();
        Add(StateSecretMarks.OfTitle(subject), "subject");
        Add(StateSecretMarks.OfDocument(body), "body");
        Names(root);
        foreach (var (path, text) in files.Texts)
            Add(StateSecretMarks.OfDocument(text) ?? StateSecretMarks.OfTitle(path[(path.LastIndexOf('/') + 1)..]), path);
        return [.. found.OrderByDescending(f => f.Level)];

        void Names(MimePart part)
        {
            if (part.FileName.Length > 0)
                Add(StateSecretMarks.OfTitle(part.FileName), part.FileName);
            foreach (var child in part.Children)
                Names(child);
        }

        void Add(SecretLevel? level, string where)
        {
            if (level is { } known && found.Count < MaxFindings)
                found.Add(new(known, where));
        }
    }

    /// <summary>What is listed about mail from outside.</summary>
    public static IReadOnlyList<UsageFinding> Usage(HeaderBlock header, MessageFacts facts, string sender)
    {
        var found = new List<UsageFinding>();
        var subject = facts.Subject;
        foreach (var from in facts.FromAddresses)
        {
            if (ElsewhereOf(from) is { } domain && Registration.Any(VietnameseFolding.Fold(subject).Contains))
                found.Add(new(UsageKind.SignUp, domain));
        }
        // Decree 91/2020, article 15: the label stands at the beginning of the subject.
        var start = subject.TrimStart();
        if (start.StartsWith("[QC]", StringComparison.OrdinalIgnoreCase) || start.StartsWith("[AD]", StringComparison.OrdinalIgnoreCase))
            found.Add(new(UsageKind.Advertising, start[..4].ToUpperInvariant()));
        if (Forwarding(header, sender) is { } evidence)
            found.Add(new(UsageKind.ForwardedIn, evidence));
        return found;
    }

    /// <summary>What shows that another mailbox forwards by itself; null for nothing.</summary>
    public static string? Forwarding(HeaderBlock header, string sender)
    {
        // Gmail and SRS rewrite the sender's address.
        if (sender.Contains("+caf_=", StringComparison.OrdinalIgnoreCase))
            return "+caf_";
        if (sender.StartsWith("SRS0", StringComparison.OrdinalIgnoreCase) || sender.StartsWith("SRS1", StringComparison.OrdinalIgnoreCase))
            return "SRS";
        foreach (var name in Forwarders)
        {
            if (header.Last(name) is not null)
                return name;
        }
        if (header.Last("Auto-Submitted") is { } auto && HeaderBlock.Text(auto).Contains("forwarded", StringComparison.OrdinalIgnoreCase))
            return "Auto-Submitted";
        // Resent by a program: a person's resending has a Message-ID of the program used and no loop field.
        return header.Last("Resent-From") is not null && header.Last("X-Loop") is not null ? "Resent-From" : null;
    }

    private static string? ElsewhereOf(string address)
    {
        for (var domain = address[(address.LastIndexOf('@') + 1)..]; domain.Contains('.', StringComparison.Ordinal); domain = domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (Elsewhere.Contains(domain))
                return domain.ToLowerInvariant();
        }
        return null;
    }
}
