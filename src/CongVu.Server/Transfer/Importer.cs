using System.Text;
using CongVu.Mail.Store;

namespace CongVu.Server.Transfer;

/// <summary>How far an import came.</summary>
/// <param name="Done">Messages of the source that are dealt with: those passed over and those kept.</param>
/// <param name="Stopped">The message that could not be kept; null when it came to the end.</param>
/// <param name="Refusal">Why.</param>
internal sealed record ImportResult(long Done, string? Stopped = null, Refusal Refusal = Refusal.None);

/// <summary>
/// Puts the messages of a source into mailboxes, some in each transaction. Memory holds the messages of one transaction; what is committed stays
/// when a later one fails, and the number of it tells where to go on.
/// </summary>
internal sealed class Importer(MailStore store, PrincipalId who, string target, Action<long> progress)
{
    private const int MaxBatchMessages = 100;
    private const long MaxBatchBytes = 4 << 20;

    private readonly Dictionary<string, MailboxId> mailboxes = [];
    private readonly List<NewMessage> batch = [];
    private readonly List<string> places = [];
    private string folder = "";

    /// <summary>Messages of the source that are dealt with, also when the source itself failed.</summary>
    public long Done { get; private set; }

    /// <summary>Imports all of a source but its first <paramref name="skip"/> messages.</summary>
    public async Task<ImportResult> RunAsync(IAsyncEnumerable<ImportedMessage> source, long skip, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in source.WithCancellation(cancellationToken))
            {
                if (Done < skip)
                {
                    Done++;
                    continue;
                }
                var isFull = batch.Count == MaxBatchMessages || batch.Sum(m => m.Content.Size) >= MaxBatchBytes;
                if ((isFull || message.Folder != folder) && await CommitAsync(cancellationToken) is { Stopped: not null } stopped)
                    return stopped;
                folder = message.Folder;
                batch.Add(await StageAsync(message, cancellationToken));
                places.Add(message.Place);
            }
            return await CommitAsync(cancellationToken);
        }
        finally
        {
            await ClearAsync();
        }
    }

    private async Task<NewMessage> StageAsync(ImportedMessage message, CancellationToken cancellationToken)
    {
        await using var writer = store.Contents.Create();
        await message.CopyAsync(writer.WriteAsync, cancellationToken);
        var flags = message.Flags | StatusFlags(writer.Head.Span);
        var content = await writer.FinishAsync(default, cancellationToken);
        return new(content, flags, message.Keywords, message.Received ?? content.Facts.Date);
    }

    private async Task<ImportResult> CommitAsync(CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
            return new(Done);
        var (mailbox, refusal) = await MailboxAsync(cancellationToken);
        if (refusal != Refusal.None)
            return new(Done, places[0], refusal);
        if (await KeepAsync(mailbox, batch, cancellationToken) != Refusal.None)
        {
            // Not all of it fits: one by one, so that what fits is kept and the place to go on is exact.
            for (var i = 0; i < batch.Count; i++)
            {
                refusal = await KeepAsync(mailbox, [batch[i]], cancellationToken);
                if (refusal != Refusal.None)
                    return new(Done, places[i], refusal);
            }
        }
        progress(Done);
        await ClearAsync();
        return new(Done);
    }

    private async Task<Refusal> KeepAsync(MailboxId mailbox, List<NewMessage> messages, CancellationToken cancellationToken)
    {
        var appended = await store.Messages.AppendAsync(who, mailbox, messages, null, cancellationToken);
        if (appended.Ok)
            Done += messages.Count;
        return appended.Refusal;
    }

    private async Task<(MailboxId, Refusal)> MailboxAsync(CancellationToken cancellationToken)
    {
        if (mailboxes.TryGetValue(folder, out var known))
            return (known, Refusal.None);
        // Folders of a source stand beside INBOX, and below any other mailbox.
        var name = folder.Length == 0 ? target
            : target == "INBOX" || target.EndsWith("/INBOX", StringComparison.Ordinal) ? target[..^"INBOX".Length] + folder
            : $"{target}/{folder}";
        var found = await store.Mailboxes.FindAsync(who, name, cancellationToken);
        if (found.Refusal == Refusal.NotFound)
            found = await store.Mailboxes.CreateAsync(who, name, MailboxRole.None, cancellationToken);
        if (!found.Ok)
            return (default, found.Refusal);
        mailboxes[folder] = found.Value.Mailbox.Id;
        return (found.Value.Mailbox.Id, Refusal.None);
    }

    // Disposing of a content that was committed leaves it alone.
    private async ValueTask ClearAsync()
    {
        foreach (var message in batch)
            await message.Content.DisposeAsync();
        batch.Clear();
        places.Clear();
    }

    /// <summary>The flags that mail programs write into the messages of an mbox: Status (R read) and X-Status (A answered, F flagged, D deleted, T draft).</summary>
    internal static MessageFlags StatusFlags(ReadOnlySpan<byte> head)
    {
        var flags = MessageFlags.None;
        while (!head.IsEmpty && head.IndexOf((byte)'\n') is var end and > 1)
        {
            var line = head[..end];
            var isExtended = line.StartsWith("X-Status:"u8);
            if (isExtended || line.StartsWith("Status:"u8))
            {
                foreach (var letter in Encoding.ASCII.GetString(line[(line.IndexOf((byte)':') + 1)..]))
                {
                    flags |= (isExtended, letter) switch
                    {
                        (false, 'R') => MessageFlags.Seen,
                        (true, 'A') => MessageFlags.Answered,
                        (true, 'F') => MessageFlags.Flagged,
                        (true, 'D') => MessageFlags.Deleted,
                        (true, 'T') => MessageFlags.Draft,
                        _ => MessageFlags.None,
                    };
                }
            }
            head = head[(end + 1)..];
        }
        return flags;
    }
}
