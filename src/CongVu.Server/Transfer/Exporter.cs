using System.Globalization;
using System.Text;
using CongVu.Mail.Store;

namespace CongVu.Server.Transfer;

/// <summary>Writes the messages of a mailbox, one at a time, as they are read from the store.</summary>
internal sealed class Exporter(MailStore store)
{
    private const int Batch = 100;

    /// <summary>As one mbox. Returns how many.</summary>
    public async Task<long> WriteMboxAsync(MailboxId mailbox, Stream target, CancellationToken cancellationToken)
    {
        var writer = new MboxWriter(target);
        return await ForEachAsync(mailbox, async (entry, message) => await writer.WriteAsync(message, SenderOf(entry.Prefix.Span), entry.Received, cancellationToken), cancellationToken);
    }

    /// <summary>As files named after their UIDs, byte for byte, with the time of arrival. Returns how many.</summary>
    public Task<long> WriteFilesAsync(MailboxId mailbox, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        return ForEachAsync(
            mailbox,
            async (entry, message) =>
            {
                var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{entry.Uid.Value:D8}.eml"));
                await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
                    await message.CopyToAsync(file, cancellationToken);
                File.SetLastWriteTimeUtc(path, entry.Received.UtcDateTime);
            },
            cancellationToken);
    }

    private async Task<long> ForEachAsync(MailboxId mailbox, Func<Entry, Stream, ValueTask> write, CancellationToken cancellationToken)
    {
        var (count, next) = (0L, 1u);
        while (true)
        {
            var entries = await store.Messages.ReadAsync(mailbox, new(next), new(uint.MaxValue), EntryColumns.Message | EntryColumns.Data, Batch, cancellationToken);
            foreach (var entry in entries)
            {
                await using var reader = await store.Messages.OpenContentAsync(entry, cancellationToken);
                await using var stream = reader.AsStream();
                await write(entry, stream);
                count++;
            }
            // A batch may be cut short by its size, so only an empty one is the end.
            if (entries.Count == 0 || entries[^1].Uid.Value == uint.MaxValue)
                return count;
            next = entries[^1].Uid.Value + 1;
        }
    }

    // Return-Path, which delivery writes first.
    private static string SenderOf(ReadOnlySpan<byte> prefix)
    {
        var (open, close) = (prefix.IndexOf((byte)'<'), prefix.IndexOf((byte)'>'));
        return prefix.StartsWith("Return-Path:"u8) && open >= 0 && close > open ? Encoding.UTF8.GetString(prefix[(open + 1)..close]) : "";
    }
}
