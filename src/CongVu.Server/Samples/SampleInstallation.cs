using System.Globalization;
using System.Text;
using CongVu.Governance.Passwords;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;
using MimeKit;
using static CongVu.Server.Samples.SampleOffice;

namespace CongVu.Server.Samples;

/// <summary>
/// Fills a new installation with a department, a district and some months of their mail. Every message takes the path of real ones: it is delivered
/// by the store in one transaction for all its recipients, at its own time. The same day gives the same mail; only the password differs.
/// </summary>
internal sealed class SampleInstallation
{
    /// <summary>How far back the mail goes.</summary>
    private const int Days = 150;

    private const int Seed = 2022;
    private const string Actor = "sample";
    private const string HostName = "mail.daknong.gov.vn";
    private static readonly TimeSpan Vietnam = TimeSpan.FromHours(7);

    private readonly MailStore store;
    private readonly SampleClock clock;
    private readonly Random random = new(Seed);
    private readonly DateTimeOffset now;
    private readonly Dictionary<SampleAccount, Account> accounts = [];
    private readonly Dictionary<SampleAccount, PrincipalId> people = [];
    private readonly HashSet<string> junk = [];
    private readonly HashSet<(string MessageId, SampleAccount By)> answered = [];
    private int number;

    private SampleInstallation(MailStore store, SampleClock clock, DateTimeOffset now)
    {
        this.store = store;
        this.clock = clock;
        this.now = now;
    }

    /// <summary>Makes accounts and mail; returns the password of all the people in it.</summary>
    public static async Task<string> FillAsync(StoreOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var clock = new SampleClock { Now = now.AddDays(-Days - 1) };
        await using var store = await MailStore.OpenAsync(options, clock, cancellationToken);
        var sample = new SampleInstallation(store, clock, now);
        var password = PasswordRule.Generate();
        await sample.AddAccountsAsync(cancellationToken);
        await SampleOrganizations.FillAsync(store, clock, cancellationToken);
        await sample.DeliverAllAsync(cancellationToken);
        await sample.SetPasswordsAsync(password, cancellationToken);
        foreach (var account in All)
            await sample.TouchAsync(account, cancellationToken);
        return password;
    }

    private async Task AddAccountsAsync(CancellationToken cancellationToken)
    {
        var first = PasswordRule.Generate();
        await store.Accounts.AddDomainAsync(Domain, Actor, cancellationToken);
        foreach (var account in All)
        {
            var added = account.IsOrganization
                ? await store.Accounts.AddOrganizationAsync(new(AddressOf(account), account.Name), Actor, cancellationToken)
                : await store.Accounts.AddPersonAsync(new(AddressOf(account), account.Name, first), Actor, cancellationToken);
            accounts[account] = added.Value;
            if (!account.IsOrganization)
                people[account] = (await store.Accounts.FindPrincipalAsync(AddressOf(account), cancellationToken))!.Id;
        }
        foreach (var (organization, custodian) in Custodians)
        {
            await store.Accounts.GrantAsync(people[custodian], accounts[organization].Id, AccountRights.Own | AccountRights.SendAs, Actor, cancellationToken);
            people.TryAdd(organization, people[custodian]);
        }
    }

    // A12.1: the passwords of so long ago would have expired.
    private async Task SetPasswordsAsync(string password, CancellationToken cancellationToken)
    {
        foreach (var account in All.Where(a => !a.IsOrganization))
            await store.Accounts.SetPasswordAsync(people[account], password, mustChange: false, Actor, cancellationToken);
    }

    // All messages at their times, the earliest first, so that sequences and dates agree.
    private async Task DeliverAllAsync(CancellationToken cancellationToken)
    {
        var planned = new List<(DateTimeOffset At, Func<DateTimeOffset, Task> Send)>();
        foreach (var thread in SampleThreads.All(random))
        {
            var at = WorkingTime(random.Next(0, Days));
            var conversation = new Conversation();
            foreach (var step in thread)
            {
                at = Office(at.AddHours(step.AfterHours).AddMinutes(random.Next(1, 50)));
                if (at < now)
                    planned.Add((at, when => SendAsync(step, conversation, when, cancellationToken)));
            }
        }
        foreach (var message in SampleOutside.All)
            planned.Add((now.AddMinutes(-random.Next(60, Days * 24 * 60)), when => ReceiveAsync(message, when, cancellationToken)));
        foreach (var (at, send) in planned.OrderBy(p => p.At))
        {
            clock.Now = at;
            await send(at);
        }
        clock.Now = now;
    }

    private async Task SendAsync(SampleStep step, Conversation conversation, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var message = Compose(step, conversation, at);
        if (conversation.Last is { } previous)
            answered.Add((previous, step.From));
        conversation.Add(message);
        using var bytes = new MemoryStream();
        await message.WriteToAsync(FormatOptions.Default, bytes, cancellationToken);

        await DeliverAsync(AddressOf(step.From), [.. step.To, .. step.Cc], bytes.ToArray(), at, cancellationToken);
        await using var writer = store.Contents.Create();
        await writer.WriteAsync(bytes.ToArray(), cancellationToken);
        await using var copy = await writer.FinishAsync(default, cancellationToken);
        var sent = await store.Mailboxes.FindAsync(people[step.From], Named(step.From, "Sent"), cancellationToken);
        await store.Messages.AppendAsync(people[step.From], sent.Value.Mailbox.Id, [new(copy, MessageFlags.Seen, [], at)], null, cancellationToken);
    }

    private MimeMessage Compose(SampleStep step, Conversation conversation, DateTimeOffset at)
    {
        number++;
        var message = new MimeMessage
        {
            Subject = step.Subject is { Length: > 0 } subject ? subject : $"Re: {conversation.Subject}",
            Date = at.ToOffset(Vietnam),
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{number:D4}.{at.ToUnixTimeSeconds()}@{Domain}"),
        };
        message.From.Add(Mailbox(step.From));
        message.To.AddRange(step.To.Select(Mailbox));
        message.Cc.AddRange(step.Cc.Select(Mailbox));
        // A new subject begins a conversation of its own even when it belongs to the same matter.
        if (step.Subject is null && conversation.Last is { } last)
        {
            message.InReplyTo = last;
            message.References.AddRange(conversation.References);
        }
        var text = new TextPart("plain") { Text = string.Join("\n\n", step.Text) + $"\n\nTrân trọng.\n\n-- \n{Signature(step.From)}\n" };
        if (step.Files.Count == 0 && step.Meeting is null)
        {
            message.Body = text;
            return message;
        }
        var parts = new Multipart("mixed") { Boundary = string.Create(CultureInfo.InvariantCulture, $"=_congvu_{number:D4}") };
        parts.Add(text);
        foreach (var file in step.Files)
        {
            parts.Add(new MimePart(file.Name.EndsWith(".pdf", StringComparison.Ordinal) ? "application/pdf" : "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
            {
                Content = new MimeContent(new MemoryStream(file.Bytes)),
                ContentDisposition = new(ContentDisposition.Attachment),
                ContentTransferEncoding = ContentEncoding.Base64,
                FileName = file.Name,
            });
        }
        if (step.Meeting is { } meeting)
            parts.Add(Invitation(meeting, message, at));
        message.Body = parts;
        return message;
    }

    // RFC 5546: a meeting that a calendar can take.
    private static TextPart Invitation(SampleMeeting meeting, MimeMessage message, DateTimeOffset at)
    {
        var start = new DateTimeOffset(at.ToOffset(Vietnam).Date.AddHours(8 + (meeting.InHours / 24 % 2 * 6)), Vietnam).AddHours(meeting.InHours).ToUniversalTime();
        var calendar = new StringBuilder("BEGIN:VCALENDAR\r\nPRODID:-//Thu Cong Vu//VI\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n")
            .Append(CultureInfo.InvariantCulture, $"UID:{message.MessageId}\r\nDTSTAMP:{at.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}\r\nDTSTART:{start:yyyyMMdd'T'HHmmss'Z'}\r\nDTEND:{start.AddHours(meeting.Hours):yyyyMMdd'T'HHmmss'Z'}\r\n")
            .Append(CultureInfo.InvariantCulture, $"SUMMARY:{meeting.Title}\r\nLOCATION:{meeting.Place.Replace(",", "\\,", StringComparison.Ordinal)}\r\nORGANIZER:mailto:{message.From.Mailboxes.First().Address}\r\n");
        foreach (var guest in message.To.Mailboxes)
            calendar.Append(CultureInfo.InvariantCulture, $"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{guest.Address}\r\n");
        var part = new TextPart("calendar") { Text = calendar.Append("END:VEVENT\r\nEND:VCALENDAR\r\n").ToString() };
        part.ContentType.Parameters["method"] = "REQUEST";
        part.ContentType.Name = "lich-hop.ics";
        return part;
    }

    private async Task ReceiveAsync(OutsideMessage message, DateTimeOffset at, CancellationToken cancellationToken)
    {
        number++;
        if (message.IsJunk)
            junk.Add($"{number}@{message.Sender[(message.Sender.IndexOf('@', StringComparison.Ordinal) + 1)..]}");
        await DeliverAsync(message.Sender, message.To, message.Write(MailPath.MailDate(at), number), at, cancellationToken);
    }

    private async Task DeliverAsync(string sender, IEnumerable<SampleAccount> recipients, byte[] message, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var writer = store.Contents.Create();
        await writer.WriteAsync(message, cancellationToken);
        var received = $"Received: from {sender[(sender.IndexOf('@', StringComparison.Ordinal) + 1)..]} by {HostName} with ESMTPS id {number:D6};\r\n\t{MailPath.MailDate(at)}\r\n";
        await using var content = await writer.FinishAsync(Encoding.ASCII.GetBytes(received), cancellationToken);
        var local = recipients.Distinct().Select(r => new LocalRecipient(accounts[r].Id, AddressOf(r))).ToList();
        await store.Deliveries.DeliverAsync(new() { Sender = sender, Local = local, RemoteHost = HostName }, content, cancellationToken);
    }

    // As its reader would have left the mailbox: old mail read, some of it marked, what was answered so marked, advertising in Junk, invitations filed.
    private async Task TouchAsync(SampleAccount account, CancellationToken cancellationToken)
    {
        var who = people[account];
        var inbox = (await store.Mailboxes.FindAsync(who, Named(account, "INBOX"), cancellationToken)).Value.Mailbox.Id;
        List<UidRange> seen = [], flagged = [], replied = [], unwanted = [], invitations = [];
        foreach (var entry in await store.Messages.ReadAsync(inbox, new(1), new(uint.MaxValue), EntryColumns.Message | EntryColumns.Facts, int.MaxValue, cancellationToken))
        {
            var facts = CongVu.Formats.Mime.MessageFacts.Deserialize(entry.Facts);
            var age = now - entry.Received;
            var range = new UidRange(entry.Uid, entry.Uid);
            if (facts.MessageId is { } id && junk.Contains(id))
            {
                unwanted.Add(range);
                continue;
            }
            var isAnswered = answered.Contains((facts.MessageId ?? "", account));
            if (isAnswered)
                replied.Add(range);
            if (isAnswered || age > TimeSpan.FromDays(random.Next(1, 20)))
                seen.Add(range);
            if (random.Next(12) == 0)
                flagged.Add(range);
            if (account == Chief && age > TimeSpan.FromDays(30) && facts.Subject.StartsWith("Giấy mời", StringComparison.Ordinal))
                invitations.Add(range);
        }
        foreach (var (ranges, flags) in new[] { (seen, MessageFlags.Seen), (flagged, MessageFlags.Flagged), (replied, MessageFlags.Answered) })
            await store.Messages.StoreFlagsAsync(who, inbox, ranges, new(FlagMode.Add, flags, []), null, cancellationToken);
        await MoveAsync(account, inbox, unwanted, "Junk", cancellationToken);
        await MoveAsync(account, inbox, invitations, "Giấy mời", cancellationToken);
    }

    private async Task MoveAsync(SampleAccount account, MailboxId from, List<UidRange> ranges, string to, CancellationToken cancellationToken)
    {
        if (ranges.Count == 0)
            return;
        var name = Named(account, to);
        var target = await store.Mailboxes.FindAsync(people[account], name, cancellationToken);
        if (!target.Ok)
            target = await store.Mailboxes.CreateAsync(people[account], name, MailboxRole.None, cancellationToken);
        await store.Mailboxes.SubscribeAsync(people[account], name, subscribed: true, cancellationToken);
        await store.Messages.CopyAsync(people[account], from, ranges, target.Value.Mailbox.Id, move: true, cancellationToken);
    }

    private DateTimeOffset WorkingTime(int daysAgo)
    {
        var day = now.ToOffset(Vietnam).Date.AddDays(-daysAgo);
        return Office(new DateTimeOffset(day.AddHours(7).AddMinutes(30 + random.Next(0, 480)), Vietnam));
    }

    // Office hours, Monday to Friday.
    private static DateTimeOffset Office(DateTimeOffset at)
    {
        at = at.ToOffset(Vietnam);
        if (at.Hour is >= 17 or < 7)
            at = new DateTimeOffset(at.Hour >= 17 ? at.Date.AddDays(1) : at.Date, Vietnam).AddHours(7).AddMinutes(35 + (at.Minute / 2));
        while (at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            at = at.AddDays(1);
        return at;
    }

    private static string Named(SampleAccount account, string path) => account.IsOrganization ? $"Shared/{AddressOf(account)}/{path}" : path;

    private static string AddressOf(SampleAccount account) => $"{account.Local}@{Domain}";

    private static MailboxAddress Mailbox(SampleAccount account) => new(Encoding.UTF8, account.Name, AddressOf(account));

    private static string Signature(SampleAccount account) => account.IsOrganization ? $"{account.Name}\n{AddressOf(account)}" : $"{account.Name}\n{account.Title}, {account.Body}\n{AddressOf(account)}";

    /// <summary>What replies refer to.</summary>
    private sealed class Conversation
    {
        public string Subject { get; private set; } = "";

        public List<string> References { get; } = [];

        public string? Last => References.Count == 0 ? null : References[^1];

        public void Add(MimeMessage message)
        {
            if (message.Subject is { } subject && !subject.StartsWith("Re: ", StringComparison.Ordinal))
            {
                Subject = subject;
                References.Clear();
            }
            References.Add(message.MessageId!);
        }
    }

    /// <summary>The time of the message at hand.</summary>
    private sealed class SampleClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
