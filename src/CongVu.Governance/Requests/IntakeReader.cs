using System.Threading.Channels;
using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;

namespace CongVu.Governance.Requests;

/// <summary>
/// Reads the intake mailboxes (A6.1) as any other reader of the change stream: what is new in INBOX since the last look. A mail becomes a request, joins one, or stays ordinary mail; that, the reply to it and the
/// reader's position are one transaction, so a reader that was stopped neither loses a mail nor takes one twice. The sender's organization counts only where the sender signed in here or DMARC passed.
/// </summary>
public sealed partial class IntakeReader
{
    private const int Batch = 20;

    /// <summary>Larger than any message that is taken; what cannot be read whole stays mail.</summary>
    private const long MaxBytes = 64L << 20;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly Actor Intake = new("intake");

    private readonly GovernanceStore store;
    private readonly RequestStore requests;
    private readonly RequestMail mail;
    private readonly string hostName;
    private readonly ILogger<IntakeReader> log;
    private readonly Channel<bool> stirred = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly long startedAt;
    private readonly Dictionary<AccountId, IDisposable> subscriptions = [];

    /// <summary>Of the mailboxes that <see cref="RequestStore.IntakeAddresses"/> names.</summary>
    public IntakeReader(GovernanceStore store, string hostName, ILogger<IntakeReader> log)
    {
        this.store = store;
        this.hostName = hostName;
        this.log = log;
        requests = store.Requests;
        mail = new(store, requests);
        startedAt = store.Now;
    }

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    await LookAsync(stopping);
                }
                catch (StoreException error)
                {
                    LogFailed(error);
                }
                using var wait = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                await Task.WhenAny(Task.Delay(LookEvery, store.Clock, wait.Token), stirred.Reader.WaitToReadAsync(wait.Token).AsTask());
                await wait.CancelAsync();
                stirred.Reader.TryRead(out _);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            foreach (var subscription in subscriptions.Values)
                subscription.Dispose();
        }
    }

    /// <summary>Reads what is new once; returns how many mails became or joined requests.</summary>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        var taken = 0;
        foreach (var account in await AccountsAsync(cancellationToken))
        {
            if (!subscriptions.ContainsKey(account))
                subscriptions[account] = store.Mail.Changes.Subscribe(account, _ => stirred.Writer.TryWrite(true));
            taken += await LookAsync(account, cancellationToken);
        }
        return taken;
    }

    // The Regulation prints its second intake address wrongly spelled (A7.1): mail to it arrives all the same.
    private async Task<List<AccountId>> AccountsAsync(CancellationToken cancellationToken)
    {
        var accounts = new List<AccountId>();
        var (addresses, spelling) = await requests.IntakeAsync(cancellationToken);
        foreach (var address in addresses)
        {
            if (await store.Mail.Accounts.FindAsync(address, cancellationToken) is { State: AccountState.Active or AccountState.Suspended } account && !accounts.Contains(account.Id))
                accounts.Add(account.Id);
        }
        if (accounts is [var first, ..] && (await store.Mail.Accounts.LookupAsync(spelling, cancellationToken)).Status == AddressStatus.Unknown)
            await store.Mail.Accounts.AddAliasAsync(first, spelling, Intake.Name, cancellationToken);
        return accounts;
    }

    private async Task<int> LookAsync(AccountId account, CancellationToken cancellationToken)
    {
        var taken = 0;
        while (true)
        {
            var at = await store.Mail.Database.WriteAsync(tx => PositionAsync(tx, account), cancellationToken);
            if (at is not var (inbox, uid))
                return taken;
            var entries = uid >= uint.MaxValue
                ? []
                : await store.Mail.Messages.ReadAsync(inbox, new((uint)uid + 1), new(uint.MaxValue), EntryColumns.Message | EntryColumns.Flags, Batch, cancellationToken);
            if (entries.Count == 0)
                return taken;
            foreach (var entry in entries)
                taken += await TakeAsync(account, entry, cancellationToken) ? 1 : 0;
        }
    }

    // What was there before the first look was ordinary mail; a mailbox that was made while this runs is read from its first message.
    private async ValueTask<(MailboxId Inbox, long Uid)?> PositionAsync(Tx tx, AccountId account)
    {
        var inbox = await tx.FirstAsync<(long Id, long Validity, long Next)?>("SELECT id, uidvalidity, uidnext FROM mailboxes WHERE account_id = $1 AND path = 'INBOX'", row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), account.Value);
        if (inbox is not var (id, validity, next))
            return null;
        var known = await tx.FirstAsync<(long Validity, long Uid)?>("SELECT uidvalidity, uid FROM intake_positions WHERE account_id = $1", row => (row.GetInt64(0), row.GetInt64(1)), account.Value);
        if (known is var (same, uid) && same == validity)
            return (new(id), uid);
        var isYounger = known is null && await tx.ScalarAsync<long>("SELECT created_at FROM accounts WHERE id = $1", account.Value) >= startedAt;
        var first = isYounger ? 0 : next - 1;
        await tx.ExecuteAsync("DELETE FROM intake_positions WHERE account_id = $1", account.Value);
        await tx.ExecuteAsync("INSERT INTO intake_positions (account_id, uidvalidity, uid) VALUES ($1, $2, $3)", account.Value, validity, first);
        return (new(id), first);
    }

    private async Task<bool> TakeAsync(AccountId account, Entry entry, CancellationToken cancellationToken)
    {
        IntakeMail? read = null;
        try
        {
            if (entry.Size <= MaxBytes)
                read = await IntakeMail.ReadAsync(await BytesAsync(entry, cancellationToken), hostName, cancellationToken);
        }
        catch (Exception error) when (error is FormatException or IOException or InvalidDataException or NotSupportedException or ArgumentException)
        {
            // It stays mail, which its reader can look at.
            LogUnreadable(error, entry.MessageId.Value);
        }
        var isTaken = read is not null && !read.IsFromProgram && read.From.Length > 0 && await AnswerAsync(account, entry, read, cancellationToken);
        if (!isTaken)
            await store.Mail.Database.WriteAsync(tx => PassAsync(tx, account, entry.Uid), CancellationToken.None);
        return isTaken;
    }

    // One mail: is it known, does it belong to a request, is it one?
    private async Task<bool> AnswerAsync(AccountId account, Entry entry, IntakeMail read, CancellationToken cancellationToken)
    {
        var messageId = read.MessageId ?? $"{entry.MessageId.Value}@intake";
        var day = VietnamTime.Day(entry.Received);
        var known = await store.ReadAsync(
            async tx => (
                Seen: await tx.ScalarAsync<long?>("SELECT 1 FROM request_messages WHERE message_id_header = $1", messageId) is not null,
                Sender: read.Proof == SenderProof.None ? null : await OrganizationAsync(tx, read.From),
                Joined: await JoinedAsync(tx, read)),
            cancellationToken);
        if (known.Seen)
            return false;
        // A reply of whoever it is is linked; only the organization's own changes anything.
        if (known.Joined is { } joined)
            return await JoinAsync(account, entry, read, messageId, joined, isOwn: known.Sender is { } own && own == joined.Organization, day, cancellationToken);
        if (!read.IsRequest)
            return false;
        return await BecomeAsync(account, entry, read, messageId, known.Sender, day, cancellationToken);
    }

    private async Task<bool> BecomeAsync(AccountId account, Entry entry, IntakeMail read, string messageId, OrganizationId? sender, DateOnly day, CancellationToken cancellationToken)
    {
        var head = read.Form?.Head;
        var request = new RequestToAdd
        {
            Organization = sender,
            ClaimedOrganization = Short(head?.Organization is { Length: > 0 } claimed ? claimed : read.From),
            Channel = RequestChannel.Mail,
            Number = Short(head?.Number ?? ""),
            DocumentDate = head?.Date is { } date && date <= day && date >= day.AddYears(-2) ? date : null,
            Requester = Short(head?.Requester ?? ""),
            RequesterPosition = Short(head?.Position ?? ""),
            Phone = Short(head?.Phone ?? ""),
            Sender = Short(read.From),
            ReceivedOn = day > store.Today ? store.Today : day,
            Note = read.Subject,
            Form = read.Form is { Rows.Count: <= RequestStore.MaxRows } ? read.Form : null,
            Reference = await requests.ReserveReferenceAsync(request: null, cancellationToken),
        };
        // The document may have come before, by whatever channel: then its reference is told.
        var before = await store.ReadAsync(tx => RequestStore.SameDocumentAsync(tx, request), cancellationToken);
        var reference = before?.Reference ?? request.Reference!;
        var due = before?.DueOn ?? await requests.DueOfAsync(request, cancellationToken);
        var files = await StageAsync(read, cancellationToken);
        var reply = read.Proof == SenderProof.None ? null : await mail.AcknowledgeAsync(read, reference, isNew: true, due, read.Form, cancellationToken);
        try
        {
            var done = await store.ChangeAsync<bool>(
                async tx =>
                {
                    var added = await requests.AddAsync(tx, Intake, request, files);
                    if (added.Problem is { } problem)
                        return problem;
                    await mail.LinkAsync(tx, messageId, added.Value.Request.Id, account, entry.MessageId);
                    if (reply is not null)
                        await mail.SendAsync(tx, reply, added.Value.Request.Id);
                    await PassAsync(tx, account, entry.Uid);
                    return true;
                },
                CancellationToken.None);
            if (done.Problem is { } refused)
                LogRefused(entry.MessageId.Value, refused.Kind);
            return done.Ok;
        }
        finally
        {
            await DisposeAsync(files, reply);
        }
    }

    private async Task<bool> JoinAsync(AccountId account, Entry entry, IntakeMail read, string messageId, Request joined, bool isOwn, DateOnly day, CancellationToken cancellationToken)
    {
        var files = isOwn ? await StageAsync(read, cancellationToken) : [];
        var reply = isOwn ? await mail.AcknowledgeAsync(read, joined.Reference, isNew: false, joined.DueOn, read.Form, cancellationToken) : null;
        try
        {
            var done = await store.ChangeAsync<bool>(
                async tx =>
                {
                    var supplements = isOwn && joined.State == RequestState.AwaitingSupplement && (read.Form is { Rows.Count: > 0 and <= RequestStore.MaxRows } || files.Count > 0);
                    if (supplements && (await requests.SupplementAsync(tx, Intake, joined.Id, day > store.Today ? store.Today : day, read.Form, files)).Problem is { } problem)
                        return problem;
                    await requests.NoteMailAsync(tx, Intake, joined.Id, read, isOwn, supplements ? [] : files);
                    await mail.LinkAsync(tx, messageId, joined.Id, account, entry.MessageId);
                    if (reply is not null)
                        await mail.SendAsync(tx, reply, joined.Id);
                    await PassAsync(tx, account, entry.Uid);
                    return true;
                },
                CancellationToken.None);
            return done.Ok;
        }
        finally
        {
            await DisposeAsync(files, reply);
        }
    }

    private async Task<List<FileToKeep>> StageAsync(IntakeMail read, CancellationToken cancellationToken)
    {
        var files = new List<FileToKeep>();
        foreach (var file in read.Files)
            files.Add(await requests.StageAsync(file.Name, file.MediaType, file.Bytes, cancellationToken));
        return files;
    }

    private static async ValueTask DisposeAsync(List<FileToKeep> files, Letter? reply)
    {
        foreach (var file in files)
            await file.DisposeAsync();
        if (reply is not null)
            await reply.DisposeAsync();
    }

    // An organization's mailbox is its own; a person's speaks for where the person mainly works.
    private static async ValueTask<OrganizationId?> OrganizationAsync(Tx tx, string address)
    {
        if (await tx.ScalarAsync<long?>("SELECT account_id FROM addresses WHERE address = $1", address) is not { } account)
            return null;
        if (await tx.ScalarAsync<long?>("SELECT id FROM organizations WHERE account_id = $1 AND state = 0", account) is { } own)
            return new(own);
        return await PeopleStore.FindAsync(tx, new AccountId(account)) is { } person && await PeopleStore.PrimaryPostingAsync(tx, person.Id) is { } posting ? posting.Organization : null;
    }

    private static async ValueTask<Request?> JoinedAsync(Tx tx, IntakeMail read)
    {
        foreach (var reference in read.References.Reverse().Take(50))
        {
            if (await tx.ScalarAsync<long?>("SELECT request_id FROM request_messages WHERE message_id_header = $1", reference) is { } id)
                return await RequestStore.FindAsync(tx, new RequestId(id));
        }
        return read.Reference is { } quoted ? await RequestStore.FindAsync(tx, quoted) : null;
    }

    private static async ValueTask<bool> PassAsync(Tx tx, AccountId account, Uid uid) =>
        await tx.ExecuteAsync("UPDATE intake_positions SET uid = $2 WHERE account_id = $1 AND uid < $2", account.Value, (long)uid.Value) > 0;

    private async Task<byte[]> BytesAsync(Entry entry, CancellationToken cancellationToken)
    {
        await using var reader = await store.Mail.Messages.OpenContentAsync(entry, cancellationToken);
        var bytes = new byte[reader.Length];
        for (var at = 0; at < bytes.Length;)
        {
            var count = await reader.ReadAsync(at, bytes.AsMemory(at), cancellationToken);
            if (count == 0)
                throw new EndOfStreamException("A message is shorter than its row says.");
            at += count;
        }
        return bytes;
    }

    private static string Short(string text) => text.Length > 300 ? text[..300] : text;

    [LoggerMessage(Level = LogLevel.Error, Message = "The intake mailboxes cannot be read; trying again.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Message} of an intake mailbox cannot be read; it stays ordinary mail.")]
    private partial void LogUnreadable(Exception error, long message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Message} of an intake mailbox became no request: {Problem}.")]
    private partial void LogRefused(long message, ProblemKind problem);
}
