using System.Text;
using CongVu.Mail.Connections;

namespace CongVu.Mail.Smtp;

internal sealed partial class SmtpSession
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    // RFC 4954 §4.
    private async ValueTask<SmtpReply> AuthAsync(string argument)
    {
        var fields = argument.Split(' ', 2);
        var initial = fields.Length > 1 ? fields[1] : null;
        switch (fields[0].ToUpperInvariant())
        {
            case "PLAIN":
                return await ChallengeAsync(initial, "") is { } plain ? await PlainAsync(plain) : SmtpRefusal.SignInCancelled;
            case "LOGIN":
                if (await ChallengeAsync(initial, "VXNlcm5hbWU6") is not { } login || await ChallengeAsync(null, "UGFzc3dvcmQ6") is not { } password)
                    return SmtpRefusal.SignInCancelled;
                return Text(login) is { } name && Text(password) is { } secret ? await SignInAsync(name, secret) : SmtpRefusal.BadResponse;
            case ScramSignIn.Mechanism when options.OfferScram:
            case ScramSignIn.PlusMechanism when options.OfferScram && connection.IsTls:
                return await ScramAsync(fields[0].ToUpperInvariant(), initial);
            default:
                return SmtpRefusal.MechanismNotOffered;
        }
    }

    // RFC 4616: authorization identity, authentication identity, password.
    private async ValueTask<SmtpReply> PlainAsync(byte[] response)
    {
        if (Text(response)?.Split('\0') is not [var authorize, var login, var password])
            return SmtpRefusal.BadResponse;
        return authorize.Length > 0 && !string.Equals(authorize, login, StringComparison.OrdinalIgnoreCase) ? SmtpRefusal.WrongCredentials : await SignInAsync(login, password);
    }

    private async ValueTask<SmtpReply> SignInAsync(string login, string password) =>
        Admit(await server.Store.SignIn.CheckPasswordAsync(login, password, "smtp", connection.Remote.Address, connection.Closed));

    private async ValueTask<SmtpReply> ScramAsync(string mechanism, string? initial)
    {
        var result = await ScramSignIn.RunAsync(server.Store.SignIn, connection, mechanism, initial, AskAsync, "smtp");
        return result is { } ended ? Admit(ended) : SmtpRefusal.SignInCancelled;
    }

    private SmtpReply Admit(Store.SignInResult result)
    {
        if (result.Principal is null)
            return SmtpReply.Of(result.Refusal);
        author = result.Principal;
        line = new byte[MaxLine];
        return SmtpReply.Authenticated;
    }

    // The initial response, or the client's answer to a challenge. Null when it gives up.
    private async ValueTask<byte[]?> ChallengeAsync(string? initial, string challenge)
    {
        if (initial is null)
        {
            initial = await AskAsync(challenge);
            if (initial is null)
                return null;
        }
        if (initial == "*")
            return null;
        if (initial == "=")
            return [];
        try
        {
            return Convert.FromBase64String(initial);
        }
        catch (FormatException)
        {
            return [0xff];
        }
    }

    private async ValueTask<string?> AskAsync(string challenge)
    {
        await SendAsync(new(334, "", challenge));
        return await ReadLineAsync() is { Status: LineStatus.Line } read ? Encoding.ASCII.GetString(line, 0, read.Length) : null;
    }

    private static string? Text(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
