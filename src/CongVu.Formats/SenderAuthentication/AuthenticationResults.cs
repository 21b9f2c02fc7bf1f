using System.Globalization;
using System.Text;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>The field Authentication-Results (RFC 8601).</summary>
public static class AuthenticationResults
{
    /// <summary>Its name.</summary>
    public const string FieldName = "Authentication-Results";

    /// <summary>The value of the field: what was found about a message, one method to a line.</summary>
    /// <param name="server">Who says so: the authserv-id.</param>
    /// <param name="query">Whom SPF was asked about.</param>
    /// <param name="spf">SPF.</param>
    /// <param name="dkim">DKIM.</param>
    /// <param name="dmarc">DMARC.</param>
    /// <param name="arc">ARC.</param>
    public static string Value(string server, SpfQuery query, SpfOutcome spf, IReadOnlyList<DkimOutcome> dkim, DmarcOutcome dmarc, ArcOutcome arc)
    {
        var text = new StringBuilder(server);
        foreach (var one in dkim)
        {
            Method(text, "dkim", one.Result, one.Reason);
            Property(text, "header.d", one.Domain);
            Property(text, "header.s", one.Selector);
            Property(text, "header.a", one.Algorithm);
            Property(text, "header.b", one.Signature);
        }
        if (dkim.Count == 0)
            text.Append(";\r\n\tdkim=none");
        Method(text, "spf", spf.Result, "");
        if (query.Sender.Length > 0)
            Property(text, "smtp.mailfrom", query.Sender);
        else
            Property(text, "smtp.helo", query.Helo);
        Method(text, "dmarc", dmarc.Result, dmarc.Result == DmarcResult.Fail ? $"the domain asks for {dmarc.Policy.ToString().ToLowerInvariant()}" : "");
        Property(text, "header.from", dmarc.Domain);
        if (arc.Result != ArcResult.None)
        {
            Method(text, "arc", arc.Result, arc.Reason);
            Property(text, "smtp.remote-ip", query.Client.IsIPv4MappedToIPv6 ? query.Client.MapToIPv4().ToString() : query.Client.ToString());
            // RFC 8617 §7.2.
            if (arc.Result == ArcResult.Pass)
                Property(text, "header.oldest-pass", arc.OldestPass.ToString(CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    /// <summary>A field of this kind claims to be of <paramref name="server"/>: in a message from outside it is forged, and goes (§5).</summary>
    public static bool IsOf(MessageField field, string server)
    {
        if (field.Name != "authentication-results")
            return false;
        // The id comes first, before a version or the first semicolon; comments may stand around it.
        var value = WithoutComments(field.Value).Trim();
        var end = value.AsSpan().IndexOfAny("; \t\r\n");
        var id = (end < 0 ? value : value[..end]).Trim('"');
        return id.Equals(server, StringComparison.OrdinalIgnoreCase);
    }

    private static void Method<T>(StringBuilder text, string name, T result, string reason)
        where T : struct, Enum
    {
        text.Append(CultureInfo.InvariantCulture, $";\r\n\t{name}={result.ToString().ToLowerInvariant()}");
        if (reason.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $" reason=\"{reason}\"");
    }

    private static void Property(StringBuilder text, string name, string value)
    {
        if (value.Length == 0)
            return;
        text.Append(' ').Append(name).Append('=');
        var clean = string.Concat(value.Where(c => !char.IsControl(c)).Take(320));
        // RFC 2045 tokens, and addresses, need no quotes (§2.2).
        if (clean.All(c => char.IsAsciiLetterOrDigit(c) || ".-_@+/:=".Contains(c, StringComparison.Ordinal)) && (name == "smtp.mailfrom" || clean.AsSpan().IndexOfAny("@/:=") < 0))
            text.Append(clean);
        else
            text.Append('"').Append(clean.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
    }

    private static string WithoutComments(string text)
    {
        var result = new StringBuilder(text.Length);
        var depth = 0;
        foreach (var c in text)
        {
            if (c == '(')
                depth++;
            else if (c == ')' && depth > 0)
                depth--;
            else if (depth == 0)
                result.Append(c);
        }
        return result.ToString();
    }
}
