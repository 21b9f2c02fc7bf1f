using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Jmap;

/// <summary>
/// What IMAP, JMAP and deliveries do to a person's account and to an office's, at random, through the same store: a mailbox of the person's is shared
/// with another, messages move between the accounts, mailboxes come, go and change their names.
/// </summary>
internal sealed class RandomHistory
{
    /// <summary>Messages of the person's account; above, more is taken away than comes.</summary>
    private const int Many = 120;

    private readonly ChangesTests test;
    private readonly Random random;
    private PrincipalId an;
    private PrincipalId binh;
    private AccountId account;
    private AccountId office;
    private string draft = "";
    private string identity = "";
    private int messages;

    private RandomHistory(ChangesTests test, Random random) => (this.test, this.random) = (test, random);

    /// <summary>Who sees which account: all of an own one, a part of it, all of an office's.</summary>
    internal IReadOnlyList<(PrincipalId Who, AccountId Account)> Views => [(an, account), (binh, account), (an, office)];

    internal int Shared { get; private set; }

    internal int Moved { get; private set; }

    internal int Submitted { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MailStore Store => test.TheStore;

    internal static async Task<RandomHistory> BeginAsync(ChangesTests test, Random random)
    {
        var history = new RandomHistory(test, random);
        (history.an, history.account) = await test.AddPersonAsync("an");
        (history.binh, _) = await test.AddPersonAsync("binh");
        history.office = (await history.Store.Accounts.AddOrganizationAsync(new("vanphong@example.vn", "Văn phòng"), "test", Cancellation)).Value.Id;
        await history.Store.Accounts.GrantAsync(history.an, history.office, AccountRights.Own, "test", Cancellation);
        foreach (var name in new[] { "Chung", "Chung/Con" })
        {
            await history.Store.Mailboxes.CreateAsync(history.an, name, MailboxRole.None, Cancellation);
            await history.Store.Mailboxes.SetAclAsync(history.an, name, "binh@example.vn", AclChange.Replace, MailboxRights.Lookup | MailboxRights.Read | MailboxRights.Insert | MailboxRights.Write | MailboxRights.Seen, Cancellation);
        }
        var drafts = JmapFixture.MailboxId((await history.Store.Mailboxes.FindAsync(history.an, "Drafts", Cancellation)).Value.Mailbox.Id);
        var set = await test.CallAsync(history.an, history.account, "Email/set", $$"""
            {"create":{"m":{"mailboxIds":{"{{drafts}}":true},"from":[{"email":"an@example.vn"}],"to":[{"email":"binh@example.vn"}],"subject":"Hẹn giờ","textBody":[{"partId":"1"}],"bodyValues":{"1":{"value":"x"} } } } }
            """);
        history.draft = set["created"]!["m"]!["id"]!.GetValue<string>();
        history.identity = (await test.CallAsync(history.an, history.account, "Identity/get", "{}"))["list"]![0]!["id"]!.GetValue<string>();
        return history;
    }

    internal async Task ChangeAsync(int step)
    {
        test.Pass(TimeSpan.FromSeconds(random.Next(60)));
        var mailboxes = (await Store.Mailboxes.ListAsync(an, Cancellation)).ToArray();
        var (mailbox, other) = (mailboxes[random.Next(mailboxes.Length)], mailboxes[random.Next(mailboxes.Length)]);
        messages = mailboxes.Where(m => m.Mailbox.Account == account).Sum(m => (int)m.Mailbox.MessageCount);
        var uidNext = mailbox.Mailbox.UidNext.Value;
        var low = (uint)random.NextInt64(1, uidNext + 1);
        UidRange[] some = [new(new(low), new((uint)random.NextInt64(low, Math.Min(uidNext, low + 20) + 1)))];
        var kind = messages > Many && random.Next(3) == 0 ? 8 : random.Next(16);
        switch (kind)
        {
            case 0 or 1 or 2:
                await DeliverAsync(step);
                break;
            case 3:
                await test.AddMessageAsync(an, mailbox.Mailbox.Id, $"Tự viết {step}", random.Next(2) == 0 ? MessageFlags.Seen : MessageFlags.Draft);
                break;
            case 4 or 5:
                await Store.Messages.StoreFlagsAsync(an, mailbox.Mailbox.Id, some, new((FlagMode)random.Next(3), (MessageFlags)(1 << random.Next(5)), random.Next(3) == 0 ? ["work"] : []), null, Cancellation);
                break;
            case 6 or 7:
                Moved += mailbox.Mailbox.Account != other.Mailbox.Account ? 1 : 0;
                Shared += other.Mailbox.Path.StartsWith("Chung", StringComparison.Ordinal) ? 1 : 0;
                await Store.Messages.CopyAsync(an, mailbox.Mailbox.Id, some, other.Mailbox.Id, move: messages > Many || random.Next(2) == 0, Cancellation);
                break;
            case 8:
                await Store.Messages.StoreFlagsAsync(an, mailbox.Mailbox.Id, some, new(FlagMode.Add, MessageFlags.Deleted, []), null, Cancellation);
                await Store.Messages.ExpungeAsync(an, mailbox.Mailbox.Id, null, Cancellation);
                break;
            case 9:
                await EditMailboxesAsync();
                break;
            case 10:
                await SetAsync(an, account, other);
                break;
            case 11:
                await SetAsync(an, office, other);
                break;
            case 12:
                await SetAsync(binh, account, other);
                break;
            case 13 when random.Next(8) == 0:
                await SubmitAsync();
                break;
            case 14 when random.Next(4) == 0:
                await test.CallAsync(an, account, "Identity/set", random.Next(2) == 0
                    ? $$"""{"update":{"{{identity}}":{"textSignature":"{{step}}"} } }"""
                    : $$"""{"create":{"x":{"email":"an@example.vn","name":"{{step}}"} },"destroy":[{{await LastAsync("Identity")}}]}""");
                break;
            default:
                await Store.Mailboxes.SubscribeAsync(an, mailbox.Name, random.Next(2) == 0, Cancellation);
                break;
        }
        if (random.Next(50) == 0)
            await Store.Search.DrainAsync(Cancellation);
    }

    public override string ToString() => $"{Shared} into what is shared, {Moved} between accounts, {Submitted} submissions";

    private async Task DeliverAsync(int step)
    {
        var (content, reply) = (random.Next(3) == 0 ? "hai" : "một", random.Next(10));
        await using var staged = await test.NewMessageAsync($"From: {(char)('a' + random.Next(5))}@example.vn\nTo: an@example.vn\nSubject: {random.Next(5)}\nMessage-ID: <{step}.{reply}@x>\nReferences: <root{reply}@x>\n\n{content}\n");
        LocalRecipient[] local = random.Next(3) switch { 0 => [new(account, "an@example.vn"), new(office, "vanphong@example.vn")], 1 => [new(office, "vanphong@example.vn")], _ => [new(account, "an@example.vn")] };
        await Store.Deliveries.DeliverAsync(new() { Sender = "", Local = local }, staged, Cancellation);
    }

    private async Task EditMailboxesAsync()
    {
        var (name, other) = ($"Hồ sơ {random.Next(6)}", $"Hồ sơ {random.Next(6)}");
        switch (random.Next(5))
        {
            case 0 or 1:
                await Store.Mailboxes.CreateAsync(an, random.Next(3) == 0 ? $"{name}/{other}" : name, MailboxRole.None, Cancellation);
                break;
            case 2:
                await Store.Mailboxes.DeleteAsync(an, name, Cancellation);
                break;
            case 3:
                await Store.Mailboxes.RenameAsync(an, name, random.Next(3) == 0 ? $"{other}/{name}" : other, Cancellation);
                break;
            default:
                await test.CallAsync(an, account, "Mailbox/set", $$"""{"update":{"{{JmapFixture.MailboxId((await Store.Mailboxes.FindAsync(an, "Chung", Cancellation)).Value.Mailbox.Id)}}":{"sortOrder":{{random.Next(9)}} } } }""");
                break;
        }
    }

    // By JMAP, also by one who sees a part of the account only.
    private async Task SetAsync(PrincipalId who, AccountId of, VisibleMailbox target)
    {
        var ids = JmapFixture.Strings((await test.CallAsync(who, of, "Email/query", """{"limit":100}"""))["ids"]);
        if (ids.Length == 0)
            return;
        var (id, gone) = (ids[random.Next(ids.Length)], ids[random.Next(ids.Length)]);
        var patch = random.Next(3) switch
        {
            0 => """{"keywords/$seen":true,"keywords/$flagged":null}""",
            1 => """{"keywords":{"$flagged":true,"vip":true}}""",
            _ => $$"""{"mailboxIds/{{JmapFixture.MailboxId(target.Mailbox.Id)}}":true}""",
        };
        await test.CallAsync(who, of, "Email/set", $$"""{"update":{"{{id}}":{{patch}} },"destroy":[{{(random.Next(4) == 0 && gone != draft ? $"\"{gone}\"" : "")}}]}""");
    }

    private async Task SubmitAsync()
    {
        Submitted++;
        var last = await LastAsync("EmailSubmission");
        await test.CallAsync(an, account, "EmailSubmission/set", random.Next(3) switch
        {
            0 when last.Length > 0 => $$"""{"update":{ {{last}}:{"undoStatus":"canceled"} } }""",
            1 when last.Length > 0 => $$"""{"destroy":[{{last}}]}""",
            _ => $$"""{"create":{"s":{"emailId":"{{draft}}","identityId":"{{identity}}","sendAt":"{{test.Now.AddDays(20):yyyy-MM-dd'T'HH:mm:ss'Z'}}"} } }""",
        });
    }

    // The latest of a type, as JSON; of identities never the account's own.
    private async Task<string> LastAsync(string type)
    {
        var last = (await test.CallAsync(an, account, $"{type}/get", """{"properties":["id"]}"""))["list"]!.AsArray().LastOrDefault()?["id"]?.GetValue<string>();
        return last is null || last == identity ? "" : $"\"{last}\"";
    }
}
