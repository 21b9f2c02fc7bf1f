using System.Text;
using CongVu.Formats.Sasl;
using CongVu.Mail.Store;

namespace CongVu.Mail.Connections;

/// <summary>SCRAM-SHA-256(-PLUS) as mail protocols carry it: challenges and answers in base64, the server's proof as a last challenge (RFC 4422 §5).</summary>
internal static class ScramSignIn
{
    internal const string Mechanism = "SCRAM-SHA-256";
    internal const string PlusMechanism = "SCRAM-SHA-256-PLUS";

    /// <summary>Runs an exchange. Null: the client gave up, or what it sent is no SCRAM.</summary>
    /// <param name="signIn">Whose app passwords.</param>
    /// <param name="connection">Binds the channel.</param>
    /// <param name="mechanism">The one that was chosen.</param>
    /// <param name="initial">The client's first message in base64; null when it waits to be asked.</param>
    /// <param name="ask">Sends a challenge in base64 and gives back the answer; null when there is none.</param>
    /// <param name="protocol">For the trail.</param>
    internal static async ValueTask<SignInResult?> RunAsync(SignIn signIn, MailConnection connection, string mechanism, string? initial, Func<string, ValueTask<string?>> ask, string protocol)
    {
        var exchange = new ScramExchange(mechanism == PlusMechanism, connection.ChannelBinding);
        if (Text(initial ?? await ask("")) is not { } first || exchange.First(first) is not { } login)
            return null;
        var credentials = await signIn.ScramAsync(login, connection.Closed);
        if (Text(await ask(Base64(exchange.Challenge(credentials.Salt, credentials.Iterations)))) is not { } final)
            return null;
        var proof = exchange.Final(final, credentials.Keys);
        var result = await signIn.ScramEndedAsync(credentials, login, proof is not null, protocol, connection.Remote.Address, connection.Closed);
        if (result.Principal is not null && await ask(Base64(proof!.Value.Signature)) is null)
            return null;
        return result;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string? Text(string? base64)
    {
        var bytes = new byte[base64?.Length ?? 0];
        return base64 is not (null or "*") && Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
