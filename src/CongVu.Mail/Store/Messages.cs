using System.Data.Common;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// The messages of mailboxes. A change is one transaction: the account's sequence grows by one, every row that it touched carries it, counts
/// of mailbox and account follow, and what went leaves a tombstone.
/// </summary>
public sealed partial class Messages
{
    /// <summary>A batch of rows: bounded, so that no read is held while a slow client is written to.</summary>
    private const long MaxBatchBytes = 2 << 20;

    /// <summary>Bytes of <see cref="EntryColumns.Head"/>.</summary>
    private const int HeadBytes = 4 * 1024;

    private readonly StoreDatabase database;
    private readonly Contents contents;
    private readonly TimeProvider clock;
    private readonly TimeSpan vaultTerm;
    private readonly MailboxSnapshots snapshots = new();
    private readonly FlagSnapshots flags = new();

    internal Messages(StoreDatabase database, Contents contents, TimeProvider clock, TimeSpan vaultTerm)
    {
        this.database = database;
        this.contents = contents;
        this.clock = clock;
        this.vaultTerm = vaultTerm;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens a mailbox for reading.</summary>
    public ValueTask<Outcome<MailboxView>> OpenAsync(PrincipalId who, MailboxId id, CancellationToken cancellationToken) =>
        database.ReadAsync(async tx => await OpenAsync(tx, await Access.FindAsync(tx, who, id)), cancellationToken);

    /// <summary>Opens the mailbox that <paramref name="who"/> knows as <paramref name="name"/>.</summary>
    public ValueTask<Outcome<MailboxView>> OpenAsync(PrincipalId who, string name, CancellationToken cancellationToken) =>
        database.ReadAsync(async tx => await OpenAsync(tx, await Access.FindAsync(tx, who, name)), cancellationToken);

    private async ValueTask<Outcome<MailboxView>> OpenAsync(Tx tx, VisibleMailbox? found)
    {
        if (found is null)
            return Refusal.NotFound;
        // RFC 4314 §6: who may not look it up is told that it does not exist.
        if (!found.Rights.HasFlag(MailboxRights.Read))
            return found.Rights.HasFlag(MailboxRights.Lookup) ? Refusal.NoPermission : Refusal.NotFound;
        var snapshot = await snapshots.GetAsync(tx, found.Mailbox);
        return new MailboxView(found.Mailbox, found.Name, found.Rights, snapshot.Uids, snapshot.FirstUnseen, snapshot.Keywords, found.TombstoneFloor);
    }

    /// <summary>What changed in a mailbox after <paramref name="since"/>.</summary>
    public ValueTask<MailboxChanges> ChangesAsync(PrincipalId who, MailboxId id, ModSeq since, CancellationToken cancellationToken) => database.ReadAsync(
        async tx =>
        {
            if (await Access.FindAsync(tx, who, id) is not { } found || !found.Rights.HasFlag(MailboxRights.Read))
                return new MailboxChanges(since, [], [], Complete: true, Gone: true, MailboxRights.None);
            if (found.Mailbox.HighestModSeq <= since)
                return new MailboxChanges(found.Mailbox.HighestModSeq, [], [], Complete: true, Gone: false, found.Rights);
            var complete = since >= found.TombstoneFloor;
            var vanished = await VanishedAsync(tx, id, since);
            var changed = await tx.QueryAsync($"SELECT {FlagColumns} FROM entries e WHERE e.mailbox_id = $1 AND e.modseq > $2", ReadFlags, id.Value, since.Value);
            changed.Sort(static (a, b) => a.Uid.CompareTo(b.Uid));
            return new MailboxChanges(found.Mailbox.HighestModSeq, vanished, changed, complete, Gone: false, found.Rights);
        },
        cancellationToken);

    /// <summary>Entries from <paramref name="from"/> to <paramref name="to"/> in UID order: at most <paramref name="max"/>, fewer when they are large; go on after the last. None where <paramref name="who"/> may not read.</summary>
    public ValueTask<IReadOnlyList<Entry>> ReadAsync(PrincipalId who, MailboxId id, Uid from, Uid to, EntryColumns columns, int max, CancellationToken cancellationToken) => database.ReadAsync(
        async tx =>
        {
            if (await Access.FindAsync(tx, who, id) is not { } found || !found.Rights.HasFlag(MailboxRights.Read))
                return [];
            return columns == EntryColumns.Flags && await flags.GetAsync(tx, found.Mailbox, from, to) is { } rows ? Part(rows, from, to, max) : await ReadAsync(tx, id, from, to, columns, max);
        },
        cancellationToken);

    /// <summary>The same for the operator's commands, which read every mailbox.</summary>
    public ValueTask<IReadOnlyList<Entry>> ReadAsync(MailboxId id, Uid from, Uid to, EntryColumns columns, int max, CancellationToken cancellationToken) =>
        database.ReadAsync(tx => ReadAsync(tx, id, from, to, columns, max), cancellationToken);

    /// <summary>Opens the bytes of an entry read with <see cref="EntryColumns.Message"/>: its prefix, then its content.</summary>
    public ValueTask<ContentReader> OpenContentAsync(Entry entry, CancellationToken cancellationToken) => contents.OpenAsync(entry, cancellationToken);

    private static async ValueTask<IReadOnlyList<Entry>> ReadAsync(Tx tx, MailboxId id, Uid from, Uid to, EntryColumns columns, int max)
    {
        var rows = new List<Entry>(Math.Min(max, 1024));
        var bytes = 0L;
        var sql = Select(columns);
        await tx.ForEachWhileAsync(
            sql,
            row =>
            {
                var entry = columns == EntryColumns.Flags ? ReadFlags(row) : ReadEntry(row, columns);
                rows.Add(entry);
                bytes += entry.Facts.Length + (entry.Data?.Bytes.Length ?? 0);
                return bytes < MaxBatchBytes;
            },
            id.Value,
            (long)from.Value,
            (long)to.Value,
            max);
        return rows;
    }

    private static Entry[] Part(FlagRow[] rows, Uid from, Uid to, int max)
    {
        var first = FlagSnapshots.IndexOf(rows, from);
        var end = to.Value == uint.MaxValue ? rows.Length : FlagSnapshots.IndexOf(rows, new(to.Value + 1));
        var part = new Entry[Math.Clamp(end - first, 0, max)];
        for (var i = 0; i < part.Length; i++)
            part[i] = rows[first + i].ToEntry();
        return part;
    }

    internal const string FlagColumns = "e.uid, e.flags, e.keywords, e.modseq, e.created_modseq, e.message_id";

    private static string Select(EntryColumns columns)
    {
        if (columns == EntryColumns.Flags)
            return $"SELECT {FlagColumns} FROM entries e WHERE e.mailbox_id = $1 AND e.uid BETWEEN $2 AND $3 ORDER BY e.uid LIMIT $4";
        var facts = columns.HasFlag(EntryColumns.Facts);
        var data = (columns & (EntryColumns.Data | EntryColumns.Head)) != 0;
        var bytes = columns.HasFlag(EntryColumns.Data) ? "d.data" : $"CASE WHEN c.storage = {(int)ContentStorage.InlineRaw} THEN substr(d.data, 1, {HeadBytes}) ELSE d.data END";
        return $"""
            SELECT {FlagColumns}, e.saved_at, m.thread_id, m.content_id, m.size, m.received_at, m.prefix
            {(facts ? ", c.facts" : "")}{(data ? $", c.size, c.storage, c.file, {bytes}" : "")}
            FROM entries e JOIN messages m ON m.id = e.message_id
            {(facts || data ? "JOIN contents c ON c.id = m.content_id" : "")}
            {(data ? "LEFT JOIN content_data d ON d.content_id = c.id" : "")}
            WHERE e.mailbox_id = $1 AND e.uid BETWEEN $2 AND $3 ORDER BY e.uid LIMIT $4
            """;
    }

    private static Entry ReadFlags(DbDataReader row) => new()
    {
        Uid = new((uint)row.GetInt64(0)),
        Flags = (MessageFlags)row.GetInt32(1),
        Keywords = ReadKeywords(row, 2),
        ModSeq = new(row.GetInt64(3)),
        Created = new(row.GetInt64(4)),
        MessageId = new(row.GetInt64(5)),
    };

    private static Entry ReadEntry(DbDataReader row, EntryColumns columns)
    {
        var next = 12;
        var facts = columns.HasFlag(EntryColumns.Facts) ? row.GetFieldValue<byte[]>(next++) : [];
        var content = new ContentId(row.GetInt64(8));
        return new()
        {
            Uid = new((uint)row.GetInt64(0)),
            Flags = (MessageFlags)row.GetInt32(1),
            Keywords = ReadKeywords(row, 2),
            ModSeq = new(row.GetInt64(3)),
            Created = new(row.GetInt64(4)),
            MessageId = new(row.GetInt64(5)),
            Saved = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
            ThreadId = row.GetInt64(7),
            Content = content,
            Size = row.GetInt64(9),
            Received = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
            Prefix = row.GetFieldValue<byte[]>(11),
            Facts = facts,
            Data = (columns & (EntryColumns.Data | EntryColumns.Head)) != 0 ? ContentRow.Read(row, content, next) : null,
        };
    }

    // Nearly always empty: no string for each row.
    internal static string ReadKeywords(DbDataReader row, int column) => row.GetString(column) is { Length: > 0 } keywords ? keywords : "";

    internal static async ValueTask<List<Uid>> VanishedAsync(Tx tx, MailboxId id, ModSeq since)
    {
        var vanished = await tx.QueryAsync("SELECT uid FROM entry_tombstones WHERE mailbox_id = $1 AND modseq > $2", row => new Uid((uint)row.GetInt64(0)), id.Value, since.Value);
        vanished.Sort();
        return vanished;
    }
}
