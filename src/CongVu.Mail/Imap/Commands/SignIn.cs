using System.Text;
using CongVu.Formats.Imap;
using CongVu.Mail.Connections;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>STARTTLS, LOGIN and AUTHENTICATE (RFC 9051 §6.2).</summary>
internal static class SignIn
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static readonly ImapReply PrivacyRequired = ImapReply.No("PRIVACYREQUIRED", "Please begin TLS first");

    internal static async ValueTask<ImapReply> StartTlsAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryReadNothing(out var bad))
            return bad;
        if (session.Server.Options.Certificate is not { } certificate || session.Connection.IsTls)
            return ImapReply.Bad("TLS cannot be begun here");
        return await session.Connection.StartTlsAsync(certificate(), () => session.WriteTagged(command.Head.Tag, ImapReply.Ok("Begin TLS now"))) ? ImapReply.Answered : ImapReply.End;
    }

    internal static async ValueTask<ImapReply> LoginAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(LoginArguments.Read, out var arguments, out var bad))
            return bad;
        return session.Connection.IsPrivate ? await CheckAsync(session, arguments.User, arguments.Password) : PrivacyRequired;
    }

    internal static async ValueTask<ImapReply> AuthenticateAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(AuthenticateArguments.Read, out var arguments, out var bad))
            return bad;
        if (!session.Connection.IsPrivate)
            return PrivacyRequired;
        if (session.Server.Options.OfferScram && (arguments.Mechanism == ScramSignIn.Mechanism || (arguments.Mechanism == ScramSignIn.PlusMechanism && session.Connection.IsTls)))
            return await ScramAsync(session, arguments);
        if (arguments.Mechanism != "PLAIN")
            return ImapReply.No("CANNOT", "That mechanism is not known; PLAIN is");
        var initial = arguments.Initial;
        if (initial is null)
        {
            await session.ContinueAsync("");
            initial = await session.ReadLineAsync();
            if (initial is null)
                return ImapReply.End;
        }
        // RFC 9051 §6.2.2.
        if (initial == "*")
            return ImapReply.Bad("Given up");
        if (Decode(initial)?.Split('\0') is not [var authorize, var login, var password])
            return ImapReply.Bad("Not an answer of PLAIN");
        // RFC 4616: nobody acts for another.
        if (authorize.Length > 0 && !string.Equals(authorize, login, StringComparison.OrdinalIgnoreCase))
            return ImapReply.No("AUTHORIZATIONFAILED", "You may not sign in for another");
        return await CheckAsync(session, login, password);
    }

    private static async ValueTask<ImapReply> CheckAsync(ImapSession session, string login, string password)
    {
        return Admit(session, await session.Store.SignIn.CheckPasswordAsync(login, password, "imap", session.Connection.Remote.Address, session.Closed));
    }

    private static async ValueTask<ImapReply> ScramAsync(ImapSession session, AuthenticateArguments arguments)
    {
        var result = await ScramSignIn.RunAsync(session.Store.SignIn, session.Connection, arguments.Mechanism, arguments.Initial, AskAsync, "imap");
        return result is { } ended ? Admit(session, ended) : ImapReply.Bad("Given up, or not an answer of SCRAM");

        async ValueTask<string?> AskAsync(string challenge)
        {
            await session.ContinueAsync(challenge);
            return await session.ReadLineAsync();
        }
    }

    private static ImapReply Admit(ImapSession session, SignInResult result)
    {
        if (result.Principal is not { } principal)
            return ImapReply.Of(result.Refusal);
        session.SignIn(principal);
        return ImapReply.Ok($"CAPABILITY {Capabilities.Of(session)}", "Signed in");
    }

    private static string? Decode(string base64)
    {
        try
        {
            return StrictUtf8.GetString(Convert.FromBase64String(base64));
        }
        catch (Exception error) when (error is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
