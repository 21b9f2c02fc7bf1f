using System.Buffers;
using System.Globalization;
using System.Text;
using CongVu.Formats.Smtp;
using CongVu.Mail.Connections;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Smtp;

/// <summary>
/// One SMTP conversation. <see cref="RunAsync"/> reads commands and checks once, by the table in <see cref="IsAllowed"/>, which may come now; each command
/// is a method in a file of its own that returns its reply. A failure of ours is always a temporary refusal.
/// </summary>
internal sealed partial class SmtpSession(SmtpServer server, MailConnection connection, SmtpRole role)
{
    /// <summary>RFC 5321 §4.5.3.1.4 and the extensions of AUTH (RFC 4954 §4: 12,288) and RCPT.</summary>
    private const int MaxLine = 12_288;
    private const int MaxErrors = 30;

    private readonly SmtpOptions options = server.Options;
    private byte[] line = new byte[1024];
    private string? helo;
    private bool isEsmtp;
    private Principal? author;
    private Transaction? transaction;
    private int errors;
    private int messages;
    private volatile bool awaitsCommand;

    internal async Task RunAsync(CancellationToken stopping)
    {
        Write(new SmtpReply(220, "", $"{options.HostName} ESMTP"));
        // Only who waits for a command is disturbed: a message on its way is taken to its end.
        await using var registration = stopping.Register(() =>
        {
            if (awaitsCommand)
                connection.Input.CancelPendingRead();
        });
        while (await ReadCommandAsync(stopping) is { } read)
        {
            if (stopping.IsCancellationRequested)
            {
                await SendAsync(SmtpReply.Stopping);
                return;
            }
            var reply = read.Status switch
            {
                LineStatus.TooLong => SmtpReply.LineTooLong,
                LineStatus.BareLineFeed => SmtpReply.BareLineFeed,
                _ when SmtpCommand.Parse(line.AsSpan(0, read.Length)) is { } command => await AnswerAsync(command),
                _ => SmtpReply.Unknown,
            };
            if (reply is null)
                return;
            if (reply.Code is >= 500 and < 550 or 555 && ++errors >= MaxErrors)
                reply = SmtpReply.TooManyErrors;
            Write(reply);
            if (reply.Code is 221 or 421)
            {
                await connection.FlushAsync();
                return;
            }
        }
    }

    /// <summary>Sends one reply at once.</summary>
    internal ValueTask SendAsync(SmtpReply reply)
    {
        Write(reply);
        return connection.FlushAsync();
    }

    private async ValueTask<(LineStatus Status, int Length)?> ReadLineAsync()
    {
        connection.Allow(helo is null ? options.GreetingTimeout : options.CommandTimeout);
        var read = await connection.ReadLineAsync(line);
        return read.Status == LineStatus.End ? null : read;
    }

    private async ValueTask<(LineStatus Status, int Length)?> ReadCommandAsync(CancellationToken stopping)
    {
        awaitsCommand = true;
        try
        {
            return stopping.IsCancellationRequested ? (LineStatus.Line, 0) : await ReadLineAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !connection.Closed.IsCancellationRequested)
        {
            return (LineStatus.Line, 0);
        }
        finally
        {
            awaitsCommand = false;
        }
    }

    // Null: the conversation is over without a word.
    private async ValueTask<SmtpReply?> AnswerAsync(SmtpCommand command)
    {
        if (IsAllowed(command.Verb) is { } refused)
            return refused;
        try
        {
            return command.Verb switch
            {
                SmtpVerb.Ehlo => Ehlo(command.Argument),
                SmtpVerb.Helo => Helo(command.Argument),
                SmtpVerb.StartTls => await StartTlsAsync(command.Argument),
                SmtpVerb.Auth => await AuthAsync(command.Argument),
                SmtpVerb.Mail => await MailAsync(command.Argument),
                SmtpVerb.Rcpt => await RcptAsync(command.Argument),
                SmtpVerb.Data => await DataAsync(),
                SmtpVerb.Bdat => await BdatAsync(command.Argument),
                SmtpVerb.Rset => await RsetAsync(),
                SmtpVerb.Noop => SmtpReply.Ok,
                SmtpVerb.Vrfy => SmtpReply.NotVerified,
                SmtpVerb.Help => SmtpReply.HelpText,
                SmtpVerb.Quit => SmtpReply.Bye,
                _ => SmtpReply.NotImplemented,
            };
        }
        catch (StoreException error)
        {
            server.Failed(error, connection.Remote);
            await ResetAsync();
            return error.OutOfSpace ? SmtpReply.NoSpace : SmtpReply.Failure;
        }
        catch (Exception error) when (error is not OperationCanceledException and not IOException and not Microsoft.AspNetCore.Connections.ConnectionAbortedException)
        {
            server.Failed(error, connection.Remote);
            await ResetAsync();
            return SmtpReply.Failure;
        }
        catch (IOException error) when (IsDiskError(error))
        {
            server.Failed(error, connection.Remote);
            await ResetAsync();
            return SmtpReply.NoSpace;
        }
    }

    // The protocol's state as a table: what must have come before.
    private SmtpReply? IsAllowed(SmtpVerb verb) => verb switch
    {
        SmtpVerb.Unknown => SmtpReply.Unknown,
        SmtpVerb.StartTls when options.Certificate is null => SmtpReply.NotImplemented,
        SmtpVerb.StartTls when connection.IsTls || transaction is not null => SmtpReply.BadSequence,
        SmtpVerb.Auth when role == SmtpRole.Inbound => SmtpReply.NotImplemented,
        SmtpVerb.Auth when !isEsmtp || author is not null || transaction is not null => SmtpReply.BadSequence,
        SmtpVerb.Auth when !connection.IsPrivate => SmtpReply.TlsRequired,
        SmtpVerb.Mail when helo is null || transaction is not null => SmtpReply.BadSequence,
        SmtpVerb.Mail when role == SmtpRole.Submission && author is null => SmtpReply.AuthRequired,
        SmtpVerb.Rcpt when transaction is null || transaction.Content is not null => SmtpReply.BadSequence,
        SmtpVerb.Data when transaction is null || transaction.Content is not null => SmtpReply.BadSequence,
        SmtpVerb.Bdat when transaction is null => SmtpReply.BadSequence,
        _ => null,
    };

    private async ValueTask ResetAsync()
    {
        if (transaction?.Content is { } content)
            await content.DisposeAsync();
        transaction = null;
    }

    private async ValueTask<SmtpReply> RsetAsync()
    {
        await ResetAsync();
        return SmtpReply.Ok;
    }

    private void Write(SmtpReply reply)
    {
        var enhanced = reply.Enhanced.Length > 0 && (isEsmtp || reply.Code == 421) ? reply.Enhanced + " " : "";
        Write(string.Create(CultureInfo.InvariantCulture, $"{reply.Code} {enhanced}{reply.Text}\r\n"));
    }

    private void Write(string text) => connection.Output.Write(Encoding.ASCII.GetBytes(text));

    private static bool IsDiskError(IOException error) => error is not Microsoft.AspNetCore.Connections.ConnectionResetException && error.InnerException is not System.Net.Sockets.SocketException;

    /// <summary>A mail transaction (RFC 5321 §3.3): from MAIL to the end of its data.</summary>
    private sealed class Transaction
    {
        public required string Sender { get; init; }

        public required BodyType Body { get; init; }

        public required bool SmtpUtf8 { get; init; }

        public required long? DeclaredSize { get; init; }

        public string? EnvelopeId { get; init; }

        public DsnReturn Return { get; init; }

        public DateTimeOffset? HoldUntil { get; init; }

        public List<LocalRecipient> Local { get; } = [];

        public List<RemoteRecipient> Remote { get; } = [];

        public int Recipients => Local.Count + Remote.Count;

        /// <summary>What BDAT has brought so far.</summary>
        public ContentWriter? Content { get; set; }

        /// <summary>The size limit was passed; the rest is read and dropped.</summary>
        public bool TooLarge { get; set; }
    }
}
