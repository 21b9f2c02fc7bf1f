using System.Collections.Concurrent;
using System.Net;
using System.Text;
using CongVu.Mail.Delivery;
using CongVu.Mail.Smtp;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Connections;
using CongVu.Mail.Tests.Store;
using CongVu.Mail.Tests.Transcripts;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Tests.Smtp;

/// <summary>An SMTP server over a store; errors of ours must not happen unless a test means them.</summary>
public abstract class SmtpFixture() : StoreFixture(Backend.Sqlite), IAsyncDisposable
{
    protected const string SignedIn = """
        S: 220 mx.example.vn ESMTP
        C: EHLO pc
        S: 250-mx.example.vn
        S: 250-PIPELINING
        S: 250-SIZE 47185920
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-CHUNKING
        S: 250-BINARYMIME
        S: 250-DSN
        S: 250-LIMITS RCPTMAX=10000 MAILMAX=10000
        S: 250-AUTH PLAIN LOGIN
        S: 250-FUTURERELEASE 2592000 2026-04-01T01:00:00Z
        S: 250 ENHANCEDSTATUSCODES
        C: AUTH PLAIN AGFuQGV4YW1wbGUudm4AcGFzcw==
        S: 235 2.7.0 *

        """;

    protected const string ToAn = """
        S: 220 *
        C: EHLO x
        S: 250-mx.example.vn
        S: 250-PIPELINING
        S: 250-SIZE *
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-CHUNKING
        S: 250-BINARYMIME
        S: 250-DSN
        S: 250-LIMITS *
        S: 250 ENHANCEDSTATUSCODES
        C: MAIL FROM:<b@x.vn> BODY=8BITMIME
        S: 250 2.1.0 *
        C: RCPT TO:<an@example.vn>
        S: 250 2.1.5 *

        """;

    protected ConcurrentQueue<string> Errors { get; } = new();

    protected TimeProvider? SessionClock { get; set; }

    protected Task AnWithPasswordAsync() => Store.Accounts.AddPersonAsync(new("an@example.vn", "An", "pass"), "test", Cancellation);

    protected SmtpServer NewServer(SmtpOptions? options = null, MessageLimits? limits = null) =>
        new(Store, new(Store, limits ?? new()), options ?? new() { HostName = "mx.example.vn" }, SessionClock ?? Clock, new ErrorLog(Errors));

    protected InMemoryClient Connect(SmtpRole role, SmtpOptions? options = null, MessageLimits? limits = null, IPAddress? from = null, CancellationTokenSource? stopping = null)
    {
        var server = NewServer(options, limits);
        return new(context => server.ServeAsync(context, role, implicitTls: false, stopping?.Token ?? CancellationToken.None), from ?? IPAddress.Loopback);
    }

    protected async Task PlayAsync(SmtpRole role, string conversation, bool oneByOne = false, IPAddress? from = null)
    {
        await using var client = Connect(role, from: from);
        await Transcript.PlayAsync(client, conversation, oneByOne, Cancellation);
    }

    protected async Task<string> OnlyMessageAsync(PrincipalId who)
    {
        var entry = Assert.Single(await EntriesAsync((await MailboxAsync(who, "INBOX")).Id, EntryColumns.Message | EntryColumns.Data));
        await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
        using var text = new StreamReader(reader.AsStream(), Encoding.UTF8);
        return await text.ReadToEndAsync(Cancellation);
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        GC.SuppressFinalize(this);
        Assert.Empty(Errors);
    }

    private sealed class ErrorLog(ConcurrentQueue<string> errors) : ILogger<SmtpServer>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            errors.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
