using CongVu.Formats.Mime;
using CongVu.Mail.Jmap.Emails;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap;

/// <summary>An image that a message carries to be shown in its text.</summary>
/// <param name="MediaType">What it says it is.</param>
/// <param name="Bytes">Decoded.</param>
public sealed record InlineImage(string MediaType, byte[] Bytes);

/// <summary>The HTML of a message's part, with the images that it carries for it.</summary>
/// <param name="Html">As it came.</param>
/// <param name="Images">By Content-ID.</param>
public sealed record MessageHtml(string Html, IReadOnlyDictionary<string, InlineImage> Images)
{
    private const int MaxHtmlBytes = 2 << 20;
    private const long MaxImageBytes = 10L << 20;

    private static readonly string[] ImageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"];

    /// <summary>Reads it; null where <paramref name="who"/> may not read the message or there is no such part of HTML.</summary>
    public static async ValueTask<MessageHtml?> ReadAsync(MailStore store, PrincipalId who, AccountId account, string emailId, string partId, CancellationToken cancellationToken)
    {
        if (JmapId.Message(emailId) is not { } id || await store.Messages.FindStoredAsync(who, account, id, cancellationToken) is not { } message)
            return null;
        await using var email = EmailView.Of(store, message);
        if (email.Body.Leaves.FirstOrDefault(part => part.Path == partId && part.Part.MediaType == "text/html") is not { } html)
            return null;
        var (text, _, _) = await email.TextAsync(html, MaxHtmlBytes, cancellationToken);
        var images = new Dictionary<string, InlineImage>(StringComparer.Ordinal);
        var left = MaxImageBytes;
        foreach (var part in email.Body.Leaves.Where(p => p.Part.ContentId.Length > 0 && ImageTypes.Contains(p.Part.MediaType) && p.Part.Encoding != TransferEncoding.Unknown))
        {
            if (part.Part.DecodedBytes > left || !text.Contains(part.Part.ContentId, StringComparison.Ordinal))
                continue;
            await using var blob = await Blob.OpenAsync(store, who, account, Blob.Part(Blob.Of(id), part.Path), cancellationToken);
            if (blob is null || await blob.ReadAllAsync(left, cancellationToken) is not { } bytes || !images.TryAdd(part.Part.ContentId, new(part.Part.MediaType, bytes)))
                continue;
            left -= bytes.Length;
        }
        return new(text, images);
    }
}
