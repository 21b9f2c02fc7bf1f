using System.Collections.Frozen;
using System.Text;
using System.Threading.Channels;
using CongVu.Formats.Mime;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;
using MimeKit;
using Envelope = CongVu.Mail.Store.Envelope;

namespace CongVu.Mail.Delivery;

/// <summary>
/// Answers mail in the name of holders who are away (RFC 8621 §8), as RFC 3834 says: only people who wrote to the holder, each once in a week, never another
/// program. Which accounts are away is looked up once a minute, so that deliveries cost nothing; an answer that a crash loses is no loss of mail.
/// </summary>
public sealed partial class VacationResponder(MailStore store, MailPath path, string hostName, TimeProvider clock, ILogger<VacationResponder> log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AnswerEvery = TimeSpan.FromDays(7);

    /// <summary>Answers that wait; more come from a flood, and are not given.</summary>
    private const int MaxWaiting = 1_000;
    private const int MaxHeader = 256 * 1024;

    private readonly Channel<(LocalRecipient Recipient, string Sender, ContentId Content)> waiting =
        Channel.CreateBounded<(LocalRecipient, string, ContentId)>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile FrozenSet<long> away = [];

    /// <summary>Answers until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        store.Deliveries.Delivered = Delivered;
        store.Vacations.Changed = () => LookAsync(CancellationToken.None);
        var looking = LookOnAsync(stopping);
        try
        {
            await foreach (var one in waiting.Reader.ReadAllAsync(stopping))
            {
                try
                {
                    await AnswerAsync(one.Recipient, one.Sender, one.Content, stopping);
                }
                catch (StoreException error)
                {
                    LogFailed(error);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops.
        }
        await looking;
    }

    /// <summary>Answers one message, if it is one to answer; true when it did.</summary>
    internal async Task<bool> AnswerAsync(LocalRecipient recipient, string sender, ContentId content, CancellationToken cancellationToken)
    {
        // 1. Is the holder away now?
        var now = clock.GetUtcNow();
        var vacation = await store.Database.ReadAsync(tx => Vacations.FindAsync(tx, recipient.Account), cancellationToken);
        if (vacation is not { IsEnabled: true } || now < vacation.From || now >= vacation.To || await store.Accounts.FindAsync(recipient.Account, cancellationToken) is not { State: AccountState.Active } account)
            return false;

        // 2. Did a person write, and to the holder?
        await using var reader = await store.Contents.OpenAsync(content, default, cancellationToken);
        var head = new byte[Math.Min(reader.Length, MaxHeader)];
        var read = 0;
        while (read < head.Length && await reader.ReadAsync(read, head.AsMemory(read), cancellationToken) is var count and > 0)
            read += count;
        var header = HeaderBlock.Read(head);
        if (sender.Length == 0 || IsFromProgram(sender, header) || !await IsMeantAsync(account, header, cancellationToken))
            return false;

        // 3. Once a week.
        if (!await store.Vacations.TakeTurnAsync(account.Id, sender, now - AnswerEvery, cancellationToken))
            return false;
        await SendAsync(account, vacation, sender, header, now, cancellationToken);
        return true;
    }

    private void Delivered(Envelope envelope, ContentId content)
    {
        var now = away;
        if (now.Count == 0 || envelope.Sender.Length == 0 || envelope.IsJunk)
            return;
        foreach (var recipient in envelope.Local)
        {
            if (now.Contains(recipient.Account.Value))
                waiting.Writer.TryWrite((recipient, envelope.Sender, content));
        }
    }

    private async Task LookOnAsync(CancellationToken stopping)
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
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(LookEvery, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken) => away = (await store.Vacations.AwayAsync(cancellationToken)).ToFrozenSet();

    // RFC 3834 §2, RFC 2919, and what programs wrote before there was a field for it.
    private static bool IsFromProgram(string sender, HeaderBlock header)
    {
        var local = sender[..Math.Max(0, sender.LastIndexOf('@'))].ToLowerInvariant();
        if (local is "mailer-daemon" or "postmaster" or "listserv" or "majordomo" or "noreply" or "no-reply" or "donotreply" || local.StartsWith("owner-", StringComparison.Ordinal) || local.EndsWith("-request", StringComparison.Ordinal) || local.EndsWith("-bounces", StringComparison.Ordinal))
            return true;
        return header.Fields.Any(f => f.Name.StartsWith("List-", StringComparison.OrdinalIgnoreCase))
            || (header.Last("Auto-Submitted") is { } auto && !HeaderBlock.Text(auto).StartsWith("no", StringComparison.OrdinalIgnoreCase))
            || (header.Last("Precedence") is { } precedence && HeaderBlock.Text(precedence).ToLowerInvariant() is "bulk" or "list" or "junk")
            || header.Last("X-Auto-Response-Suppress") is not null
            || (header.Last("Return-Path") is { } path && HeaderBlock.Text(path) == "<>");
    }

    // RFC 3834 §2: who got a blind copy, or a circular's, does not answer.
    private async ValueTask<bool> IsMeantAsync(Account account, HeaderBlock header, CancellationToken cancellationToken)
    {
        var own = (await store.Accounts.AddressesAsync(account.Id, cancellationToken)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return header.All("To").Concat(header.All("Cc")).SelectMany(HeaderBlock.Addresses).Any(a => own.Contains(Address.Normalize(a.Email)));
    }

    private async Task SendAsync(Account account, Vacation vacation, string sender, HeaderBlock header, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var subject = header.Last("Subject") is { } was ? HeaderBlock.Text(was) : "";
        var message = new MimeMessage
        {
            Date = now.ToOffset(TimeSpan.FromHours(7)),
            Subject = string.IsNullOrWhiteSpace(vacation.Subject) ? $"Trả lời tự động: {subject}" : vacation.Subject,
            MessageId = $"{Guid.NewGuid():N}@{hostName}",
            Body = Body(vacation),
        };
        message.From.Add(new MailboxAddress(account.Name, account.PrimaryAddress));
        if (!MailboxAddress.TryParse(sender, out var to))
            return;
        message.To.Add(to);
        message.Headers.Add("Auto-Submitted", "auto-replied");
        if (header.Last("Message-ID") is { } id && HeaderBlock.MessageIds(id) is [var own])
        {
            message.InReplyTo = own;
            foreach (var reference in (header.Last("References") is { } list ? HeaderBlock.MessageIds(list) : null) ?? [])
                message.References.Add(reference);
            message.References.Add(own);
        }
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        message.Prepare(EncodingConstraint.SevenBit);
        using var bytes = new MemoryStream();
        await message.WriteToAsync(format, bytes, cancellationToken);
        await using var writer = store.Contents.Create();
        await writer.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), cancellationToken);
        var found = await store.Accounts.LookupAsync(sender, cancellationToken);
        if (found.Status is AddressStatus.Unknown or AddressStatus.Closed)
            return;
        // RFC 3834 §3.3: nothing comes back from it.
        var envelope = new Envelope { Sender = "", RemoteHost = hostName };
        envelope = found.Status == AddressStatus.NotLocal
            ? envelope with { Remote = [new(sender, Address.DomainOf(found.Address)!)] }
            : envelope with { Local = [new(found.Account, found.Address)] };
        await path.AcceptAsync(envelope, writer, $"Received: by {hostName} for one who is away;\r\n\t{MailPath.MailDate(now)}\r\n", null, hostName, now, cancellationToken);
    }

    private static MimeEntity Body(Vacation vacation)
    {
        var text = string.IsNullOrWhiteSpace(vacation.TextBody) && vacation.HtmlBody is null ? "Tôi đang vắng mặt và sẽ trả lời khi trở lại." : vacation.TextBody;
        var plain = text is null ? null : Text("plain", text);
        var html = vacation.HtmlBody is null ? null : Text("html", vacation.HtmlBody);
        return (plain, html) switch
        {
            (null, _) => html!,
            (_, null) => plain,
            _ => new MultipartAlternative { plain, html },
        };
    }

    private static TextPart Text(string subtype, string text)
    {
        var part = new TextPart(subtype);
        part.SetText(Encoding.UTF8, text.ReplaceLineEndings("\r\n"));
        return part;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An answer while away could not be given.")]
    private partial void LogFailed(Exception error);
}
