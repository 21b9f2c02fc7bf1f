using System.Text;
using CongVu.Formats.Smtp;
using CongVu.Mail.Connections;
using CongVu.Mail.Store;
using Microsoft.AspNetCore.Connections;

namespace CongVu.Mail.Smtp;

/// <summary>
/// One SMTP conversation. <see cref="RunAsync"/> reads commands and checks once, by the table in <see cref="IsAllowed"/>, which may come now; each command
/// is a method in a file of its own that returns its reply. A failure of ours is always a temporary refusal. Bytes that the client announced as a message
/// are read as a message whatever was answered, so that nothing in them can pass for a command.
/// </summary>
internal sealed partial class SmtpSession(SmtpServer server, MailConnection connection, SmtpRole role)
{
    /// <summary>RFC 5321 §4.5.3.1.4 (512), and what RCPT gets from DSN (RFC 3461 §4: 500 and 28) and MAIL from its extensions.</summary>
    private const int MaxLine = 2048;

    /// <summary>RFC 4954 §4: AUTH and its responses.</summary>
    private const int MaxAuthLine = 12_288;
    private const int MaxErrors = 30;

    /// <summary>Who guesses addresses is not helped for long.</summary>
    private const int MaxRefusedRecipients = 100;

    private readonly SmtpOptions options = server.Options;
    private byte[] line = new byte[role == SmtpRole.Submission ? MaxAuthLine : MaxLine];
    private string? helo;
    private bool isEsmtp;
    private Principal? author;
    private SmtpTransaction? transaction;
    private int errors;
    private int refusedRecipients;
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
        try
        {
            while (await ReadCommandAsync(stopping) is { } read)
            {
                var reply = stopping.IsCancellationRequested ? SmtpRefusal.Stopping : await AnswerAsync(read.Status, read.Length);
                if (IsError(reply) && ++errors >= MaxErrors)
                    reply = SmtpRefusal.TooManyErrors;
                Write(reply);
                if (!reply.Closes)
                    continue;
                if (reply.Code > 0)
                    await connection.FlushAsync();
                return;
            }
        }
        finally
        {
            await ResetAsync();
        }
    }

    /// <summary>Sends one reply at once.</summary>
    internal ValueTask SendAsync(SmtpReply reply)
    {
        Write(reply);
        return connection.FlushAsync();
    }

    private static bool IsError(SmtpReply reply) => reply.Code is >= 500 and < 550 or 555;

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

    private async ValueTask<SmtpReply> AnswerAsync(LineStatus status, int length)
    {
        if (status == LineStatus.TooLong)
            return SmtpRefusal.LineTooLong;
        if (status == LineStatus.BareLineFeed)
            return SmtpRefusal.BareLineFeed;
        if (SmtpCommand.Parse(line.AsSpan(0, length)) is not { } command)
            return SmtpRefusal.UnknownCommand;
        if (length > MaxLine && command.Verb != SmtpVerb.Auth)
            return SmtpRefusal.LineTooLong;
        if (IsAllowed(command.Verb) is not SmtpRefusal.None and var refused)
            return refused;
        try
        {
            return await CarryOutAsync(command);
        }
        catch (Exception error) when (error is not (OperationCanceledException or ConnectionAbortedException or ConnectionResetException))
        {
            server.Failed(error, connection.Remote);
            await ResetAsync();
            return IncomingMessage.RefusalOf(error);
        }
    }

    private async ValueTask<SmtpReply> CarryOutAsync(SmtpCommand command) => command.Verb switch
    {
        SmtpVerb.Ehlo => await HelloAsync(command.Argument, esmtp: true),
        SmtpVerb.Helo => await HelloAsync(command.Argument, esmtp: false),
        SmtpVerb.StartTls => await StartTlsAsync(command.Argument),
        SmtpVerb.Auth => await AuthAsync(command.Argument),
        SmtpVerb.Mail => await MailAsync(command.Argument),
        SmtpVerb.Rcpt => await RcptAsync(command.Argument),
        SmtpVerb.Data => await DataAsync(command.Argument),
        SmtpVerb.Bdat => await BdatAsync(command.Argument),
        SmtpVerb.Rset => await RsetAsync(command.Argument),
        SmtpVerb.Noop => SmtpReply.Ok,
        SmtpVerb.Vrfy => SmtpReply.NotVerified,
        SmtpVerb.Help => SmtpReply.HelpText,
        SmtpVerb.Quit => SmtpReply.Bye,
        _ => SmtpRefusal.NotOffered,
    };

    // The protocol's state as a table: what must have come before. BDAT is not in it: its bytes are read first (see there).
    private SmtpRefusal IsAllowed(SmtpVerb verb) => verb switch
    {
        SmtpVerb.Unknown => SmtpRefusal.UnknownCommand,
        SmtpVerb.StartTls when options.Certificate is null => SmtpRefusal.NotOffered,
        SmtpVerb.StartTls when connection.IsTls || transaction is not null => SmtpRefusal.BadSequence,
        SmtpVerb.Auth when role == SmtpRole.Inbound => SmtpRefusal.NotOffered,
        SmtpVerb.Auth when !isEsmtp || author is not null || transaction is not null => SmtpRefusal.BadSequence,
        SmtpVerb.Auth when !connection.IsPrivate => SmtpRefusal.TlsRequired,
        SmtpVerb.Mail when helo is null || transaction is not null => SmtpRefusal.BadSequence,
        SmtpVerb.Mail when role == SmtpRole.Submission && author is null => SmtpRefusal.SignInRequired,
        SmtpVerb.Rcpt or SmtpVerb.Data when transaction is null || transaction.Chunks is not null => SmtpRefusal.BadSequence,
        _ => SmtpRefusal.None,
    };

    private async ValueTask ResetAsync()
    {
        if (transaction?.Chunks is { } chunks)
            await chunks.DisposeAsync();
        transaction = null;
    }

    private async ValueTask<SmtpReply> RsetAsync(string argument)
    {
        if (argument.Length > 0)
            return SmtpRefusal.Syntax;
        await ResetAsync();
        return SmtpReply.Ok;
    }

    private void Write(SmtpReply reply) => reply.Write(connection.Output, isEsmtp || reply.Code == 421);

    private void Write(string text) => Encoding.ASCII.GetBytes(text, connection.Output);
}
