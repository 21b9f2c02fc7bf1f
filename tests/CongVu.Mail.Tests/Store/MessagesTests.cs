using System.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public sealed class SqliteMessagesTests() : MessagesTests(Backend.Sqlite);

public sealed class PostgresMessagesTests() : MessagesTests(Backend.Postgres);

public abstract class MessagesTests(Backend backend) : StoreFixture(backend)
{
    [Fact]
    public async Task An_appended_message_is_there_with_its_bytes_flags_and_counts()
    {
        var (an, account) = await PersonAsync("an");
        var inbox = await MailboxAsync(an, "inbox");
        await using var content = await StageAsync(Mail("Một"));
        var appended = (await Store.Messages.AppendAsync(an, inbox.Id, [new(content, MessageFlags.Flagged, ["$Label1"], null)], null, Cancellation)).Value;

        var entry = Assert.Single(await EntriesAsync(inbox.Id, EntryColumns.Message | EntryColumns.Facts | EntryColumns.Data));
        Assert.Equal((new Uid(1), MessageFlags.Flagged, "$Label1", content.Size), (entry.Uid, entry.Flags, entry.Keywords, entry.Size));
        Assert.Equal([new Uid(1)], appended.Uids);
        await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
        using var text = new StreamReader(reader.AsStream(), Encoding.UTF8);
        Assert.Contains("Subject: Một\r\n", await text.ReadToEndAsync(Cancellation), StringComparison.Ordinal);

        inbox = await MailboxAsync(an, "INBOX");
        Assert.Equal((1, 1, 0, content.Size, new Uid(2)), (inbox.MessageCount, inbox.UnseenCount, inbox.DeletedCount, inbox.SizeBytes, inbox.UidNext));
        Assert.Equal(new Quota(content.Size, Accounts.DefaultQuotaBytes, 1), await Store.Mailboxes.QuotaAsync(account, Cancellation));
    }

    [Fact]
    public async Task Deliveries_at_once_are_all_there_each_once_and_one_that_cannot_be_written_takes_only_itself_back()
    {
        var people = new List<(PrincipalId Who, AccountId Account)>();
        for (var i = 0; i < 3; i++)
            people.Add(await PersonAsync($"p{i}"));
        async Task<ContentId> DeliverAsync(int number, string address = "x@example.vn")
        {
            await using var content = await StageAsync(Mail($"Số {number}"));
            return (await Store.Deliveries.DeliverAsync(new() { Sender = "", Local = [new(people[number % 3].Account, address)] }, content, Cancellation)).Content;
        }

        // PostgreSQL takes no NUL in a text.
        var broken = IsPostgres ? DeliverAsync(0, "a\0b") : Task.FromException<ContentId>(new CongVu.Mail.Store.Database.StoreException(""));
        var contents = await Task.WhenAll(Enumerable.Range(0, 90).Select(number => DeliverAsync(number)));
        await Assert.ThrowsAsync<CongVu.Mail.Store.Database.StoreException>(() => broken);

        Assert.Equal(90, contents.Distinct().Count());
        foreach (var (who, account) in people)
        {
            var inbox = await MailboxAsync(who, "INBOX");
            var entries = await EntriesAsync(inbox.Id, EntryColumns.Message);
            Assert.Equal(Enumerable.Range(1, 30).Select(n => new Uid((uint)n)), entries.Select(e => e.Uid));
            Assert.Equal(30, entries.Select(e => e.Content).Intersect(contents).Count());
            Assert.Equal((30, new Uid(31), entries.Max(e => e.ModSeq)), (inbox.MessageCount, inbox.UidNext, inbox.HighestModSeq));
            Assert.Equal(30, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
        }
    }

    [Fact]
    public async Task Large_contents_are_files_and_any_part_of_them_can_be_read()
    {
        var (an, _) = await PersonAsync("an");
        var inbox = await MailboxAsync(an, "INBOX");
        var random = new Random(7);
        foreach (var compressible in new[] { true, false })
        {
            var body = new byte[700_000];
            for (var i = 0; i < body.Length; i++)
                body[i] = (byte)(compressible ? 'a' + (i / 1000 % 20) : 33 + random.Next(90));
            var whole = Encoding.ASCII.GetBytes("Subject: x\r\n\r\n").Concat(body).ToArray();
            await using var writer = Store.Contents.Create();
            for (var at = 0; at < whole.Length; at += 50_000)
                await writer.WriteAsync(whole.AsMemory(at, Math.Min(50_000, whole.Length - at)), Cancellation);
            await using var content = await writer.FinishAsync("X-Top: 1\r\n"u8.ToArray(), Cancellation);
            var uid = (await Store.Messages.AppendAsync(an, inbox.Id, [new(content, default, [], null)], null, Cancellation)).Value.Uids[0];

            var entry = (await Store.Messages.ReadAsync(inbox.Id, uid, uid, EntryColumns.Message, 1, Cancellation))[0];
            await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
            byte[] expected = [.. "X-Top: 1\r\n"u8, .. whole];
            Assert.Equal(expected.Length, reader.Length);
            foreach (var (offset, count) in new[] { (0, 20), (131_060, 40), (262_140, 200_000), (expected.Length - 5, 100) })
            {
                var part = new byte[count];
                var got = 0;
                while (await reader.ReadAsync(offset + got, part.AsMemory(got), Cancellation) is > 0 and var n)
                    got += n;
                Assert.Equal(expected.AsSpan(offset, Math.Min(count, expected.Length - offset)), part.AsSpan(0, got));
            }
        }
    }

    [Fact]
    public async Task Flags_change_by_mode_and_only_what_changed_carries_a_new_sequence()
    {
        var (an, _) = await PersonAsync("an");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        await AppendAsync(an, inbox, "1", MessageFlags.Seen);
        var before = await AppendAsync(an, inbox, "2");

        var added = (await Store.Messages.StoreFlagsAsync(an, inbox, All, new(FlagMode.Add, MessageFlags.Seen, ["work"]), null, Cancellation)).Value;
        Assert.Equal([MessageFlags.Seen, MessageFlags.Seen], added.Entries.Select(e => e.Flags));
        Assert.True(added.ModSeq > before.ModSeq);
        Assert.Equal(0, (await Store.Mailboxes.FindAsync(an, inbox, Cancellation)).Value.Mailbox.UnseenCount);

        var same = (await Store.Messages.StoreFlagsAsync(an, inbox, All, new(FlagMode.Add, MessageFlags.Seen, ["WORK"]), null, Cancellation)).Value;
        Assert.Equal(added.ModSeq, same.ModSeq);

        var removed = (await Store.Messages.StoreFlagsAsync(an, inbox, Only(2), new(FlagMode.Remove, MessageFlags.Seen, ["Work"]), null, Cancellation)).Value;
        Assert.Equal((MessageFlags.None, ""), (removed.Entries[0].Flags, removed.Entries[0].Keywords));

        var conflict = (await Store.Messages.StoreFlagsAsync(an, inbox, All, new(FlagMode.Replace, MessageFlags.Flagged, []), added.ModSeq, Cancellation)).Value;
        Assert.Equal([new Uid(2)], conflict.Modified);
        Assert.Equal([new Uid(1)], conflict.Entries.Select(e => e.Uid));
    }

    [Fact]
    public async Task Expunged_messages_leave_tombstones_and_free_their_room()
    {
        var (an, account) = await PersonAsync("an");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        var first = await AppendAsync(an, inbox, "1", MessageFlags.Deleted);
        await AppendAsync(an, inbox, "2");
        await AppendAsync(an, inbox, "3", MessageFlags.Deleted);

        Assert.Equal([new Uid(3)], (await Store.Messages.ExpungeAsync(an, inbox, Only(2, 3), Cancellation)).Value.Expunged);
        Assert.Equal([new Uid(1)], (await Store.Messages.ExpungeAsync(an, inbox, null, Cancellation)).Value.Expunged);

        var changes = await Store.Messages.ChangesAsync(an, inbox, first.ModSeq, Cancellation);
        Assert.Equal([new Uid(1), new Uid(3)], changes.Vanished);
        Assert.Equal([new Uid(2)], changes.Changed.Select(e => e.Uid));
        Assert.Equal(1, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
        Assert.Equal([new Uid(2)], (await Store.Messages.OpenAsync(an, inbox, Cancellation)).Value.Uids);
    }

    [Fact]
    public async Task A_copy_in_the_account_is_the_same_message_and_counts_once()
    {
        var (an, account) = await PersonAsync("an");
        var (inbox, archive) = ((await MailboxAsync(an, "INBOX")).Id, (await MailboxAsync(an, "Archive")).Id);
        await AppendAsync(an, inbox, "1", MessageFlags.Seen, keywords: "k");
        var used = (await Store.Mailboxes.QuotaAsync(account, Cancellation)).UsedBytes;

        var copied = (await Store.Messages.CopyAsync(an, inbox, All, archive, move: false, Cancellation)).Value;
        Assert.Equal([new Uid(1)], copied.Target);
        var (here, there) = ((await EntriesAsync(inbox))[0], (await EntriesAsync(archive))[0]);
        Assert.Equal((here.MessageId, here.Flags, here.Keywords), (there.MessageId, there.Flags, there.Keywords));
        Assert.Equal(used, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).UsedBytes);

        // It is gone from the quota only with its last entry.
        await Store.Messages.StoreFlagsAsync(an, inbox, All, new(FlagMode.Add, MessageFlags.Deleted, []), null, Cancellation);
        await Store.Messages.ExpungeAsync(an, inbox, null, Cancellation);
        Assert.Equal(used, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).UsedBytes);
        Assert.Equal(Refusal.None, await Store.Mailboxes.DeleteAsync(an, "Archive", Cancellation));
        Assert.Equal(0, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).UsedBytes);
    }

    [Fact]
    public async Task A_move_into_a_shared_mailbox_makes_it_the_other_accounts_message()
    {
        var (an, account) = await PersonAsync("an");
        var (binh, other) = await PersonAsync("binh");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        await AppendAsync(an, inbox, "1");
        Assert.Equal(Refusal.None, await Store.Mailboxes.SetAclAsync(binh, "Archive", "an@example.vn", AclChange.Replace, MailboxRights.Lookup | MailboxRights.Read | MailboxRights.Insert, Cancellation));
        var shared = (await Store.Mailboxes.FindAsync(an, "Shared/binh@example.vn/Archive", Cancellation)).Value.Mailbox.Id;

        Assert.True((await Store.Messages.CopyAsync(an, inbox, All, shared, move: true, Cancellation)).Ok);
        Assert.Empty(await EntriesAsync(inbox));
        Assert.Single(await EntriesAsync(shared));
        Assert.Equal((0, 1), ((await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount, (await Store.Mailboxes.QuotaAsync(other, Cancellation)).MessageCount));
        // Rights are checked where the data is.
        Assert.Equal(Refusal.NoPermission, (await Store.Messages.CopyAsync(an, shared, All, inbox, move: true, Cancellation)).Refusal);
        Assert.Equal(Refusal.NoPermission, (await Store.Messages.StoreFlagsAsync(an, shared, All, new(FlagMode.Add, MessageFlags.Seen, []), null, Cancellation)).Refusal);
    }

    [Fact]
    public async Task A_full_account_refuses_and_keeps_nothing_of_it()
    {
        var (an, account) = await PersonAsync("an", quota: 400);
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        await AppendAsync(an, inbox, "1");
        await using var content = await StageAsync(Mail("too much", new string('x', 400)));
        Assert.Equal(Refusal.OverQuota, (await Store.Messages.AppendAsync(an, inbox, [new(content, default, [], null)], null, Cancellation)).Refusal);
        Assert.Single(await EntriesAsync(inbox));
        Assert.Equal(1, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
    }

    [Fact]
    public async Task A_replacement_takes_the_old_message_in_the_same_moment()
    {
        var (an, _) = await PersonAsync("an");
        var drafts = (await MailboxAsync(an, "Drafts")).Id;
        var old = await AppendAsync(an, drafts, "1", MessageFlags.Draft);
        await using var content = await StageAsync(Mail("2"));
        var replaced = await Store.Messages.AppendAsync(an, drafts, [new(content, MessageFlags.Draft, [], null)], (drafts, old.Uids[0]), Cancellation);
        Assert.Equal([new Uid(2)], replaced.Value.Uids);
        Assert.Equal([new Uid(2)], (await EntriesAsync(drafts)).Select(e => e.Uid));

        await using var again = await StageAsync(Mail("3"));
        Assert.Equal(Refusal.Expunged, (await Store.Messages.AppendAsync(an, drafts, [new(again, default, [], null)], (drafts, old.Uids[0]), Cancellation)).Refusal);
        Assert.Single(await EntriesAsync(drafts));
    }

    [Fact]
    public async Task A_delivery_reaches_every_recipient_once_and_replies_join_their_thread()
    {
        var people = new List<(PrincipalId Who, AccountId Account)>();
        for (var i = 0; i < 250; i++)
            people.Add(await PersonAsync($"p{i}"));
        await using (var content = await StageAsync("From: a@b.vn\nMessage-ID: <1@b.vn>\nSubject: Thông báo\n\nNội dung\n"))
            await Store.Deliveries.DeliverAsync(
                new() { Sender = "a@b.vn", Local = [.. people.Select((p, i) => new LocalRecipient(p.Account, $"p{i}@example.vn")), new(people[3].Account, "other@example.vn")] }, content, Cancellation);
        await using (var reply = await StageAsync("From: c@b.vn\nMessage-ID: <2@b.vn>\nIn-Reply-To: <1@b.vn>\nReferences: <1@b.vn>\nSubject: Re: Thông báo\n\nĐã nhận\n"))
            await Store.Deliveries.DeliverAsync(new() { Sender = "", Local = [new(people[3].Account, "p3@example.vn")] }, reply, Cancellation);

        foreach (var (who, _) in people.Where((_, i) => i != 3))
            Assert.Single(await EntriesAsync((await MailboxAsync(who, "INBOX")).Id));
        var entries = await EntriesAsync((await MailboxAsync(people[3].Who, "INBOX")).Id, EntryColumns.Message);
        Assert.Equal(2, entries.Count);
        Assert.Equal(entries[0].ThreadId, entries[1].ThreadId);
        Assert.Equal("Return-Path: <>\r\nDelivered-To: p3@example.vn\r\n", Encoding.UTF8.GetString(entries[1].Prefix.Span));
    }

    [Fact]
    public async Task A_reader_that_asks_for_changes_from_any_moment_gets_what_a_fresh_reading_shows()
    {
        var (an, _) = await PersonAsync("an");
        var mailboxes = new[] { (await MailboxAsync(an, "INBOX")).Id, (await MailboxAsync(an, "Archive")).Id };
        var random = new Random(11);
        var moments = new List<(ModSeq At, Dictionary<uint, string>[] State)>();
        for (var step = 0; step < 150; step++)
        {
            var mailbox = mailboxes[random.Next(2)];
            var uids = (await EntriesAsync(mailbox)).Select(e => e.Uid.Value).ToArray();
            var some = Only([.. uids.Where(_ => random.Next(3) == 0)]);
            switch (random.Next(5))
            {
                case 0 or 1:
                    await AppendAsync(an, mailbox, $"{step}");
                    break;
                case 2:
                    await Store.Messages.StoreFlagsAsync(an, mailbox, some, new((FlagMode)random.Next(3), (MessageFlags)random.Next(32), [$"k{random.Next(3)}"]), null, Cancellation);
                    break;
                case 3:
                    await Store.Messages.CopyAsync(an, mailbox, some, mailboxes[random.Next(2)], move: random.Next(2) == 0, Cancellation);
                    break;
                default:
                    await Store.Messages.ExpungeAsync(an, mailbox, null, Cancellation);
                    break;
            }
            var account = (await Store.Accounts.FindAsync("an@example.vn", Cancellation))!;
            moments.Add((account.ModSeq, [await StateAsync(mailboxes[0]), await StateAsync(mailboxes[1])]));
            // Not at each step: what is kept of the flags is brought up over one change or several.
            if (step % 3 != 0)
                await AssertListingAsync(an, mailboxes[step % 2]);
        }

        for (var box = 0; box < 2; box++)
        {
            foreach (var (at, state) in moments)
            {
                var changes = await Store.Messages.ChangesAsync(an, mailboxes[box], at, Cancellation);
                var replayed = new Dictionary<uint, string>(state[box]);
                foreach (var uid in changes.Vanished)
                    replayed.Remove(uid.Value);
                foreach (var entry in changes.Changed)
                    replayed[entry.Uid.Value] = $"{entry.Flags} {entry.Keywords}";
                Assert.Equal(moments[^1].State[box].OrderBy(p => p.Key), replayed.OrderBy(p => p.Key));
            }
            var view = (await Store.Messages.OpenAsync(an, mailboxes[box], Cancellation)).Value;
            var entries = await EntriesAsync(mailboxes[box]);
            Assert.Equal(entries.Select(e => e.Uid), view.Uids);
            Assert.Equal(entries.Count, view.Mailbox.MessageCount);
            Assert.Equal(entries.Count(e => !e.Flags.HasFlag(MessageFlags.Seen)), view.Mailbox.UnseenCount);
            Assert.Equal(entries.Count(e => e.Flags.HasFlag(MessageFlags.Deleted)), view.Mailbox.DeletedCount);
            Assert.Equal(entries.FirstOrDefault(e => !e.Flags.HasFlag(MessageFlags.Seen))?.Uid, view.FirstUnseen);
        }
    }

    private async Task AssertListingAsync(PrincipalId who, MailboxId id)
    {
        var rows = await EntriesAsync(id);
        var listed = await Store.Messages.ReadAsync(who, id, new(1), new(uint.MaxValue), EntryColumns.Flags, int.MaxValue, Cancellation);
        Assert.Equal(rows.Select(Shown), listed.Select(Shown));
        var part = await Store.Messages.ReadAsync(who, id, new(3), new(9), EntryColumns.Flags, 2, Cancellation);
        Assert.Equal(rows.Where(e => e.Uid.Value is >= 3 and <= 9).Take(2).Select(Shown), part.Select(Shown));

        static (Uid, MessageFlags, string, ModSeq, ModSeq, MessageId) Shown(Entry e) => (e.Uid, e.Flags, e.Keywords, e.ModSeq, e.Created, e.MessageId);
    }

    private async Task<Dictionary<uint, string>> StateAsync(MailboxId id) => (await EntriesAsync(id)).ToDictionary(e => e.Uid.Value, e => $"{e.Flags} {e.Keywords}");
}
