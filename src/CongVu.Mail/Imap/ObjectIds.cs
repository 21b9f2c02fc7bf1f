using System.Globalization;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>Identifiers of RFC 8474: a letter for the kind, then the store's key.</summary>
internal static class ObjectIds
{
    internal static string Of(MailboxId id) => string.Create(CultureInfo.InvariantCulture, $"F{id.Value}");

    internal static string Of(MessageId id) => string.Create(CultureInfo.InvariantCulture, $"M{id.Value}");

    internal static string OfThread(long id) => string.Create(CultureInfo.InvariantCulture, $"T{id:x}");
}
