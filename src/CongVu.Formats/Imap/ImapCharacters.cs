using System.Buffers;

namespace CongVu.Formats.Imap;

/// <summary>Sets of octets that the grammar names (RFC 9051 §9).</summary>
internal static class ImapCharacters
{
    private const string Printable = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    /// <summary>ATOM-CHAR.</summary>
    internal static readonly SearchValues<byte> Atom = Without("(){%*\"\\]");

    /// <summary>ASTRING-CHAR.</summary>
    internal static readonly SearchValues<byte> AString = Without("(){%*\"\\");

    /// <summary>tag: ASTRING-CHAR except "+".</summary>
    internal static readonly SearchValues<byte> Tag = Without("(){%*\"\\+");

    /// <summary>list-char.</summary>
    internal static readonly SearchValues<byte> ListPattern = Without("(){\"\\");

    /// <summary>Names of commands, items and search keys.</summary>
    internal static readonly SearchValues<byte> Word = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-=_/"u8);

    /// <summary>Octets that a quoted string cannot hold as they are.</summary>
    internal static readonly SearchValues<byte> QuotedSpecial = SearchValues.Create("\"\\\r\n\0"u8);

    private static SearchValues<byte> Without(string specials) => SearchValues.Create([.. Printable.Where(c => !specials.Contains(c, StringComparison.Ordinal)).Select(c => (byte)c)]);
}
