using System.Globalization;
using System.Text;
using CongVu.Governance.Resources;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using MimeKit;

namespace CongVu.Governance.Lifecycle;

/// <summary>A notice that is written and not sent yet.</summary>
internal sealed record PreparedNotice(string Key, string Kind, AccountId? About, IReadOnlyList<NoticeMailbox> To, StagedContent Content) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>
/// Notices are real mails. They are written before a transaction and delivered in it, together with what they tell of; their key sees to it that each is sent once, however often a run is begun anew.
/// </summary>
internal sealed class NoticeDesk(GovernanceStore store)
{
    /// <summary>The language of the offices.</summary>
    internal static readonly Wording Words = new(isVietnamese: true);
    private static readonly FormatOptions Format = MakeFormat();

    private string? sender;

    /// <summary>Writes a notice from the texts "notice.{kind}.subject" and "notice.{kind}".</summary>
    internal async Task<PreparedNotice> PrepareAsync(string key, string kind, AccountId? about, IReadOnlyList<NoticeMailbox> to, object?[] values, CancellationToken cancellationToken)
    {
        var from = sender ??= $"postmaster@{(await store.Mail.Accounts.DomainsAsync(cancellationToken) is [var domain, ..] ? domain : "localhost")}";
        using var message = new MimeMessage
        {
            Date = store.Clock.GetUtcNow().ToOffset(VietnamTime.Offset),
            Subject = Words[$"notice.{kind}.subject", values],
            MessageId = $"{Guid.NewGuid():N}@{from[(from.IndexOf('@', StringComparison.Ordinal) + 1)..]}",
            Body = new TextPart("plain") { Text = (Words[$"notice.{kind}", values] + Words["notice.foot"]).ReplaceLineEndings("\r\n"), ContentTransferEncoding = ContentEncoding.QuotedPrintable },
        };
        message.From.Add(new MailboxAddress(Encoding.UTF8, Words["notice.sender"], from));
        message.To.AddRange(to.Select(t => new MailboxAddress("", t.Address)));
        // RFC 3834 §5: nobody's vacation answers it.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        using var bytes = new MemoryStream();
        await message.WriteToAsync(Format, bytes, cancellationToken);
        await using var writer = store.Mail.Contents.Create();
        await writer.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), cancellationToken);
        return new(key, kind, about, to, await writer.FinishAsync(default, cancellationToken));
    }

    /// <summary>Sends it in the transaction; false when it was sent before.</summary>
    internal async ValueTask<bool> SendAsync(Tx tx, PreparedNotice notice)
    {
        var isNew = await tx.ExecuteAsync(
            "INSERT INTO notices (key, kind, account_id, recipient, sent_on, sent_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING",
            notice.Key,
            notice.Kind,
            notice.About?.Value,
            string.Join(' ', notice.To.Select(t => t.Address)),
            VietnamTime.Text(store.Today),
            store.Now) > 0;
        if (isNew && notice.To.Count > 0)
            await store.Mail.Deliveries.DeliverAsync(tx, new Envelope { Sender = "", Local = [.. notice.To.Select(t => new LocalRecipient(t.Account, t.Address))] }, notice.Content);
        return isNew;
    }

    /// <summary>A notice with this key was sent.</summary>
    internal static async ValueTask<bool> WasSentAsync(Tx tx, string key) => await tx.ScalarAsync<long?>("SELECT 1 FROM notices WHERE key = $1", key) is not null;

    /// <summary>A day as people write it.</summary>
    internal static string Day(DateOnly day) => day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);

    private static FormatOptions MakeFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
