using CongVu.Server.Configuration;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace CongVu.EndToEnd;

public sealed class ScramTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_app_password_signs_in_by_scram_bound_to_the_channel_or_not_and_by_plain_until_it_is_taken_away()
    {
        await using var server = await RunningServer.StartAsync(Cancellation, new KeyValuePair<string, string>("signIn.scram", "true"));
        var an = await server.PersonAsync("an", Cancellation);
        await server.CommandAsync(Cancellation, "account", "app-password", "add", an, "điện thoại");
        var printed = await server.CommandAsync(Cancellation, "account", "app-password", "add", an, "Outlook");
        var password = printed.Trim().Split(' ')[^1];

        SaslMechanism[] mechanisms = [new SaslMechanismScramSha256(an, password), new SaslMechanismScramSha256Plus(an, password), new SaslMechanismPlain(an, password)];
        foreach (var mechanism in mechanisms)
        {
            Assert.True(await ImapAsync(server, mechanism), mechanism.MechanismName);
            mechanism.Reset();
            Assert.True(await SmtpAsync(server, mechanism), mechanism.MechanismName);
        }
        Assert.False(await ImapAsync(server, new SaslMechanismScramSha256(an, password + "x")));
        Assert.False(await SmtpAsync(server, new SaslMechanismScramSha256Plus(an, RunningServer.Password)));
        Assert.False(await ImapAsync(server, new SaslMechanismScramSha256("nobody@example.gov.vn", password)));
        Assert.True(await ImapAsync(server, new SaslMechanismPlain(an, RunningServer.Password)));

        Assert.Contains("Outlook", await server.CommandAsync(Cancellation, "account", "app-password", "list", an), StringComparison.Ordinal);
        await server.CommandAsync(Cancellation, "account", "app-password", "remove", an, "2");
        Assert.False(await ImapAsync(server, new SaslMechanismScramSha256(an, password)));
        Assert.False(await SmtpAsync(server, new SaslMechanismPlain(an, password)));
    }

    private static async Task<bool> ImapAsync(RunningServer server, SaslMechanism mechanism)
    {
        using var client = new ImapClient { ServerCertificateValidationCallback = (_, certificate, _, _) => server.IsOwn(certificate) };
        await client.ConnectAsync("127.0.0.1", server.Port(ListenerKind.Imaps), SecureSocketOptions.SslOnConnect, Cancellation);
        Assert.Contains("SCRAM-SHA-256-PLUS", client.AuthenticationMechanisms);
        try
        {
            await client.AuthenticateAsync(mechanism, Cancellation);
            return client.IsAuthenticated;
        }
        catch (AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> SmtpAsync(RunningServer server, SaslMechanism mechanism)
    {
        using var client = new SmtpClient { ServerCertificateValidationCallback = (_, certificate, _, _) => server.IsOwn(certificate) };
        await client.ConnectAsync("127.0.0.1", server.Port(ListenerKind.Submissions), SecureSocketOptions.SslOnConnect, Cancellation);
        try
        {
            await client.AuthenticateAsync(mechanism, Cancellation);
            return client.IsAuthenticated;
        }
        catch (AuthenticationException)
        {
            return false;
        }
    }
}
