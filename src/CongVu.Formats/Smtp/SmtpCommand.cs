using System.Buffers;
using System.Text;

namespace CongVu.Formats.Smtp;

/// <summary>The commands of SMTP (RFC 5321 §4.1 and extensions).</summary>
public enum SmtpVerb
{
    /// <summary>None that we know.</summary>
    Unknown,
    /// <summary>EHLO.</summary>
    Ehlo,
    /// <summary>HELO.</summary>
    Helo,
    /// <summary>MAIL FROM.</summary>
    Mail,
    /// <summary>RCPT TO.</summary>
    Rcpt,
    /// <summary>DATA.</summary>
    Data,
    /// <summary>BDAT (RFC 3030).</summary>
    Bdat,
    /// <summary>RSET.</summary>
    Rset,
    /// <summary>NOOP.</summary>
    Noop,
    /// <summary>QUIT.</summary>
    Quit,
    /// <summary>VRFY.</summary>
    Vrfy,
    /// <summary>EXPN.</summary>
    Expn,
    /// <summary>HELP.</summary>
    Help,
    /// <summary>STARTTLS (RFC 3207).</summary>
    StartTls,
    /// <summary>AUTH (RFC 4954).</summary>
    Auth,
}

/// <summary>A command line split into verb and argument.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Argument">What follows it, trimmed; UTF-8 where SMTPUTF8 allows it.</param>
public readonly record struct SmtpCommand(SmtpVerb Verb, string Argument)
{
    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (byte)c), 127]);
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a line without its end. Null when it is not text at all.</summary>
    public static SmtpCommand? Parse(ReadOnlySpan<byte> line)
    {
        // A bare CR above all: what one server takes for a line's middle is its end for another.
        if (line.ContainsAny(Controls))
            return null;
        string text;
        try
        {
            text = Strict.GetString(line).Trim(' ', '\t');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var verb = (space < 0 ? text : text[..space]).ToUpperInvariant() switch
        {
            "EHLO" => SmtpVerb.Ehlo,
            "HELO" => SmtpVerb.Helo,
            "MAIL" => SmtpVerb.Mail,
            "RCPT" => SmtpVerb.Rcpt,
            "DATA" => SmtpVerb.Data,
            "BDAT" => SmtpVerb.Bdat,
            "RSET" => SmtpVerb.Rset,
            "NOOP" => SmtpVerb.Noop,
            "QUIT" => SmtpVerb.Quit,
            "VRFY" => SmtpVerb.Vrfy,
            "EXPN" => SmtpVerb.Expn,
            "HELP" => SmtpVerb.Help,
            "STARTTLS" => SmtpVerb.StartTls,
            "AUTH" => SmtpVerb.Auth,
            _ => SmtpVerb.Unknown,
        };
        return new(verb, space < 0 ? "" : text[(space + 1)..].Trim(' ', '\t'));
    }
}
