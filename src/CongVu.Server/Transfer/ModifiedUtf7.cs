using System.Text;

namespace CongVu.Server.Transfer;

/// <summary>Names of folders as old IMAP servers write them on disk (RFC 3501 §5.1.3).</summary>
internal static class ModifiedUtf7
{
    /// <summary>The name; what is not well-formed stays as it is written.</summary>
    public static string Decode(string written)
    {
        var name = new StringBuilder();
        for (var i = 0; i < written.Length; i++)
        {
            var dash = written[i] == '&' ? written.IndexOf('-', i) : -1;
            if (dash < 0)
                name.Append(written[i]);
            else if (dash == i + 1)
                name.Append('&');
            else if (TryDecodeRun(written[(i + 1)..dash]) is { } run)
                name.Append(run);
            else
                return written;
            i = dash < 0 ? i : dash;
        }
        return name.ToString();
    }

    private static string? TryDecodeRun(string base64)
    {
        var padded = base64.Replace(',', '/') + new string('=', (4 - (base64.Length % 4)) % 4);
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var count) && count % 2 == 0 ? Encoding.BigEndianUnicode.GetString(bytes, 0, count) : null;
    }
}
