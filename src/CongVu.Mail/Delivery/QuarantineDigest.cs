using System.Globalization;
using System.Text;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace CongVu.Mail.Delivery;

/// <summary>
/// Tells holders once a day, in the morning of Vietnam, which messages for them or of theirs wait in quarantine, and why. Never what is in them: of what may be a
/// state secret not even the subject.
/// </summary>
public sealed partial class QuarantineDigest(MailStore store, MailPath path, string hostName, string postmaster, TimeProvider clock, ILogger<QuarantineDigest> log)
{
    private static readonly TimeSpan Morning = TimeSpan.FromHours(7);
    private static readonly TimeSpan Vietnam = TimeSpan.FromHours(7);

    /// <summary>Tells until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var local = clock.GetUtcNow().ToOffset(Vietnam);
            var next = new DateTimeOffset(local.Date, Vietnam) + Morning;
            await Task.Delay(next > local ? next - local : next.AddDays(1) - local, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!stopping.IsCancellationRequested)
                    await SendAsync(stopping);
            }
            catch (StoreException error)
            {
                LogFailed(error);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Tells everybody who has not been told; returns how many people.</summary>
    public async Task<int> SendAsync(CancellationToken cancellationToken)
    {
        var people = (await store.Quarantine.TakeForDigestAsync(cancellationToken)).GroupBy(t => t.Account).ToArray();
        foreach (var person in people)
            await SendAsync(person.Key, person.First().Address, [.. person.Select(p => p.Message)], cancellationToken);
        return people.Length;
    }

    private async Task SendAsync(AccountId account, string address, IReadOnlyList<HeldMessage> messages, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var text = new StringBuilder();
        text.Append("Các thư sau đang được giữ lại để xem xét, chưa được chuyển đi. Nếu cần, hãy liên hệ đơn vị vận hành và nêu số của thư.\n");
        text.Append("The messages below are held for review. To ask for one, give its number to the operator.\n\n");
        foreach (var m in messages)
        {
            var at = m.HeldAt.ToOffset(Vietnam).ToString("dd/MM/yyyy HH:mm", CultureInfo.InvariantCulture);
            var subject = m.Reason == Inspect.HoldReason.StateSecret ? "" : $", \"{m.Subject}\"";
            text.Append(CultureInfo.InvariantCulture, $"- Số {m.Id}, {at}, từ {(m.Sender.Length == 0 ? "<>" : m.Sender)}{subject}: {ReasonOf(m.Reason)}\n");
        }
        var message = new MimeMessage { Date = now.ToOffset(Vietnam), Subject = $"Thư đang được giữ lại: {messages.Count}", MessageId = $"{Guid.NewGuid():N}@{hostName}" };
        message.From.Add(new MailboxAddress("Thư Công Vụ", postmaster));
        message.To.Add(MailboxAddress.Parse(address));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        var body = new TextPart("plain");
        body.SetText(Encoding.UTF8, text.ToString().ReplaceLineEndings("\r\n"));
        message.Body = body;
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        message.Prepare(EncodingConstraint.SevenBit);
        using var bytes = new MemoryStream();
        await message.WriteToAsync(format, bytes, cancellationToken);
        await using var writer = store.Contents.Create();
        await writer.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), cancellationToken);
        await path.AcceptAsync(
            new() { Sender = "", Local = [new(account, address)], RemoteHost = hostName }, writer, $"Received: by {hostName} for a digest;\r\n\t{MailPath.MailDate(now)}\r\n", null, hostName, now, cancellationToken);
    }

    /// <summary>The reason in words, Vietnamese first.</summary>
    public static string ReasonOf(Inspect.HoldReason reason) => reason switch
    {
        Inspect.HoldReason.StateSecret => "có dấu hiệu bí mật nhà nước (Quy chế, Điều 13 khoản 7) / marked as a state secret",
        Inspect.HoldReason.ActiveContent => "tài liệu có macro hoặc gói nhúng (Điều 12 khoản 6) / document with macros",
        Inspect.HoldReason.Program => "tệp chương trình (Điều 12 khoản 6) / program",
        Inspect.HoldReason.Encrypted => "tệp có đặt mật khẩu (Điều 12 khoản 6) / encrypted file",
        Inspect.HoldReason.Unreadable => "tệp nén không kiểm tra được (Điều 12 khoản 6) / archive that cannot be inspected",
        Inspect.HoldReason.NotScanned => "chưa quét được vi-rút (Điều 12 khoản 5) / not scanned for viruses yet",
        _ => "",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Holders could not be told of held messages; trying again tomorrow.")]
    private partial void LogFailed(Exception error);
}
