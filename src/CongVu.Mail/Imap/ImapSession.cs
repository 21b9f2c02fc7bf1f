using CongVu.Formats.Imap;
using CongVu.Mail.Connections;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.AspNetCore.Connections;

namespace CongVu.Mail.Imap;

/// <summary>
/// One IMAP conversation. <see cref="RunAsync"/> reads commands, checks once by <see cref="CommandTable"/> which may come now, and answers; each command
/// is a function in a file of its own. What others change is told between a command's own data and its tagged reply, where the protocol allows it.
/// An idle session keeps its identity, the ranges of UIDs it was told of and a sequence, and no buffer.
/// </summary>
internal sealed partial class ImapSession : IDisposable
{
    private readonly CancellationToken stopping;
    private readonly CommandFramer framer = new(CommandLimits.Stranger);
    private int errors;

    internal ImapSession(ImapServer server, MailConnection connection, CancellationToken stopping)
    {
        Server = server;
        Connection = connection;
        this.stopping = stopping;
    }

    internal ImapServer Server { get; }

    internal MailConnection Connection { get; }

    internal MailStore Store => Server.Store;

    internal CancellationToken Closed => Connection.Closed;

    internal bool IsStopping => stopping.IsCancellationRequested;

    /// <summary>Who has signed in; null for a stranger.</summary>
    internal Principal? Principal { get; private set; }

    internal PrincipalId Who => Principal!.Id;

    internal SelectedMailbox? Selected { get; private set; }

    /// <summary>Strings and mailbox names are UTF-8: ENABLE of UTF8=ACCEPT or IMAP4rev2.</summary>
    internal bool Utf8 { get; set; }

    /// <summary>ENABLE IMAP4rev2.</summary>
    internal bool Rev2 { get; set; }

    /// <summary>The client knows of modification sequences (RFC 7162 §3.1).</summary>
    internal bool CondStore { get; set; }

    /// <summary>ENABLE QRESYNC: VANISHED instead of EXPUNGE (RFC 7162 §3.2).</summary>
    internal bool QResync { get; set; }

    private SessionStates State => Principal is null ? SessionStates.Stranger : Selected is null ? SessionStates.SignedIn : SessionStates.Selected;

    /// <summary>Serves commands until the client or the server ends it.</summary>
    internal async Task RunAsync()
    {
        using var registration = stopping.Register(static connection => ((MailConnection)connection!).Input.CancelPendingRead(), Connection);
        WriteUntagged($"OK [CAPABILITY {Capabilities.Of(this)}] {Server.Options.HostName} IMAP ready");
        while (true)
        {
            // A stranger's time is not renewed by what it says.
            if (Principal is not null)
                Connection.Allow(Server.Options.IdleTimeout);
            var (end, command) = await ReadCommandAsync();
            if (end is { } reason)
            {
                await SayGoodbyeAsync(reason);
                return;
            }
            if (command is null)
                continue;
            var reply = command.Error is { } error ? ImapReply.Bad(error) : await AnswerAsync(command);
            if (reply.Status == ImapStatus.Silent)
                return;
            if (reply.Status == ImapStatus.Answered)
                continue;
            var isError = reply.Status == ImapStatus.Bad || (reply.Status == ImapStatus.No && Principal is null);
            errors = isError ? errors + 1 : 0;
            WriteTagged(command.Head.Tag, reply);
            if (reply.Status == ImapStatus.Goodbye)
            {
                await Connection.FlushAsync();
                return;
            }
            if (errors >= Server.Options.MaxErrors)
            {
                await SayGoodbyeAsync("Too many errors");
                return;
            }
        }
    }

    /// <summary>Turns a client away.</summary>
    internal ValueTask RefuseAsync(string reason)
    {
        WriteUntagged($"BYE {reason}");
        return Connection.FlushAsync();
    }

    internal void SignIn(Principal principal) => Principal = principal;

    internal void Select(SelectedMailbox? mailbox)
    {
        Selected?.Dispose();
        Selected = mailbox;
        mailbox?.Watch(Store.Changes, Wake);
    }

    public void Dispose() => Selected?.Dispose();

    private async ValueTask<ImapReply> AnswerAsync(ImapCommand command)
    {
        var name = command.Head.Name;
        if (CommandTable.Find(name, command.Uid) is not { } entry)
            return await WithoutMessageAsync(command, ImapReply.Bad($"Unknown command {(command.Uid ? "UID " : "")}{name}"));
        if (!entry.States.HasFlag(State))
            return await WithoutMessageAsync(command, ImapReply.Bad(CommandTable.WhyNot(entry.States, State)));
        try
        {
            var reply = await entry.Run(this, command);
            await SeenAsync();
            // RFC 9051 §7.5.1: no EXPUNGE while message numbers of the command are in the air.
            if (reply.Status is ImapStatus.Ok or ImapStatus.No && !await TellChangesAsync(!entry.UsesNumbers || command.Uid, name == "NOOP"))
                return ImapReply.End;
            return reply;
        }
        catch (StoreException error)
        {
            Server.Failed(error, Connection.Remote);
            return ImapReply.Unavailable;
        }
        catch (MessageInterruptedException error)
        {
            // The rest of the connection's bytes are a message's: nothing can be read as a command any more.
            Server.Failed(error.InnerException!, Connection.Remote);
            await SayGoodbyeAsync("The mail store cannot take the message now");
            return ImapReply.End;
        }
        catch (ResponseBrokenException error)
        {
            // Within a literal there is nothing that could be said.
            Server.Failed(error.InnerException!, Connection.Remote);
            return ImapReply.End;
        }
        catch (Exception error) when (error is not (OperationCanceledException or IOException or ConnectionAbortedException))
        {
            Server.Failed(error, Connection.Remote);
            return ImapReply.ServerBug;
        }
    }

    // A8.1: a session that goes on for months is a use of its mailboxes on each of its days.
    private async ValueTask SeenAsync()
    {
        if (Principal is not { } who)
            return;
        await Store.Activity.SeenAsync(who, Closed);
        if (Selected is { } open && open.Account != who.HomeAccount)
            await Store.Activity.SeenAsync(who.Id, open.Account, Closed);
    }

    private async ValueTask SayGoodbyeAsync(string reason)
    {
        if (reason.Length == 0)
            return;
        WriteUntagged($"BYE {reason}");
        await Connection.FlushAsync();
    }
}
