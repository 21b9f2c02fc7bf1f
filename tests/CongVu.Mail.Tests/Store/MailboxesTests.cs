using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public sealed class SqliteMailboxesTests() : MailboxesTests(Backend.Sqlite);

public sealed class PostgresMailboxesTests() : MailboxesTests(Backend.Postgres);

public abstract class MailboxesTests(Backend backend) : StoreFixture(backend)
{
    [Fact]
    public async Task Creating_makes_ancestors_and_refuses_bad_names()
    {
        var (an, _) = await PersonAsync("an");
        Assert.True((await CreateAsync(an, "Công văn/2026/Đến")).Ok);
        Assert.Contains("Công văn/2026", await NamesAsync(an));
        Assert.Equal(Refusal.AlreadyExists, (await CreateAsync(an, "Công văn")).Refusal);
        foreach (var bad in new[] { "", "/", "a//b", "/a", "a/", "a\u0001", "a*", "50%", " a", "\ud800", "shared/x", new string('x', 300), string.Join('/', Enumerable.Repeat("a", 30)) })
            Assert.Equal(Refusal.InvalidName, (await CreateAsync(an, bad)).Refusal);
        Assert.Equal(Refusal.NoPermission, (await CreateAsync(an, "Shared/nobody@example.vn/x")).Refusal);
    }

    [Fact]
    public async Task A_name_used_again_has_another_validity_and_nothing_of_the_old_mailbox()
    {
        var (an, _) = await PersonAsync("an");
        var old = (await CreateAsync(an, "A")).Value.Mailbox;
        await AppendAsync(an, old.Id, "1");
        Assert.Equal(Refusal.None, await Store.Mailboxes.DeleteAsync(an, "A", Cancellation));
        var made = (await CreateAsync(an, "A")).Value.Mailbox;
        Assert.NotEqual(old.Id, made.Id);
        Assert.True(made.UidValidity > old.UidValidity);
        Assert.Empty(await EntriesAsync(made.Id));
        Assert.True((await Store.Messages.ChangesAsync(an, old.Id, new(0), Cancellation)).Gone);
    }

    [Fact]
    public async Task Renaming_takes_what_is_below_along_and_inbox_gives_its_messages()
    {
        var (an, _) = await PersonAsync("an");
        await CreateAsync(an, "Đến/Một/Hai");
        await CreateAsync(an, "Đến0");
        Assert.Equal(Refusal.None, await Store.Mailboxes.RenameAsync(an, "Đến", "Cũ/Đến", Cancellation));
        var names = await NamesAsync(an);
        Assert.Contains("Cũ/Đến/Một/Hai", names);
        Assert.Contains("Đến0", names);
        Assert.DoesNotContain("Đến", names);
        Assert.Equal(Refusal.InvalidName, await Store.Mailboxes.RenameAsync(an, "Cũ", "Cũ/Mới", Cancellation));
        Assert.Equal(Refusal.AlreadyExists, await Store.Mailboxes.RenameAsync(an, "Cũ", "Sent", Cancellation));
        Assert.Equal(Refusal.HasChildren, await Store.Mailboxes.DeleteAsync(an, "Cũ", Cancellation));
        Assert.Equal(Refusal.NoPermission, await Store.Mailboxes.DeleteAsync(an, "inbox", Cancellation));

        await AppendAsync(an, (await MailboxAsync(an, "INBOX")).Id, "1");
        Assert.Equal(Refusal.None, await Store.Mailboxes.RenameAsync(an, "INBOX", "Hộp cũ", Cancellation));
        Assert.Single(await EntriesAsync((await MailboxAsync(an, "Hộp cũ")).Id));
        Assert.Equal(0, (await MailboxAsync(an, "INBOX")).MessageCount);
    }

    [Fact]
    public async Task A_role_is_given_once_in_an_account()
    {
        var (an, _) = await PersonAsync("an");
        Assert.Equal(Refusal.AlreadyExists, (await Store.Mailboxes.CreateAsync(an, "Gửi đi", MailboxRole.Sent, Cancellation)).Refusal);
        Assert.Equal(MailboxRole.All, (await Store.Mailboxes.CreateAsync(an, "Tất cả", MailboxRole.All, Cancellation)).Value.Mailbox.Role);
    }

    [Fact]
    public async Task Rights_are_added_taken_and_overruled_by_negative_ones()
    {
        var (an, _) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        const string name = "Shared/an@example.vn/INBOX";
        Assert.Equal(Refusal.NotFound, (await Store.Mailboxes.FindAsync(binh, name, Cancellation)).Refusal);
        Assert.Equal(Refusal.None, await Store.Mailboxes.SetAclAsync(an, "INBOX", "anyone", AclChange.Replace, MailboxRights.Lookup | MailboxRights.Read | MailboxRights.Seen, Cancellation));
        Assert.Equal(Refusal.None, await Store.Mailboxes.SetAclAsync(an, "INBOX", "Binh@example.vn", AclChange.Add, MailboxRights.Write, Cancellation));
        Assert.Equal(Refusal.None, await Store.Mailboxes.SetAclAsync(an, "INBOX", "-binh@example.vn", AclChange.Add, MailboxRights.Seen, Cancellation));
        Assert.Equal(MailboxRights.Lookup | MailboxRights.Read | MailboxRights.Write, (await Store.Mailboxes.FindAsync(binh, name, Cancellation)).Value.Rights);
        Assert.Equal(Refusal.NoPermission, (await Store.Mailboxes.AclAsync(binh, name, Cancellation)).Refusal);
        Assert.Equal(Refusal.InvalidName, await Store.Mailboxes.SetAclAsync(an, "INBOX", "nobody@example.vn", AclChange.Add, MailboxRights.Read, Cancellation));
        Assert.Equal(
            ["-binh@example.vn", "an@example.vn", "anyone", "binh@example.vn"],
            (await Store.Mailboxes.AclAsync(an, "INBOX", Cancellation)).Value.Select(p => p.Key).Order(StringComparer.Ordinal));

        // Mailboxes made below inherit; an owner never loses its rights.
        await CreateAsync(an, "INBOX/Việc");
        Assert.True((await Store.Mailboxes.FindAsync(binh, name + "/Việc", Cancellation)).Ok);
        Assert.Equal(Refusal.NoPermission, (await CreateAsync(binh, name + "/Khác")).Refusal);
        await Store.Mailboxes.SetAclAsync(an, "INBOX", "-an@example.vn", AclChange.Replace, MailboxRights.All, Cancellation);
        Assert.Equal(MailboxRights.All, (await Store.Mailboxes.FindAsync(an, "INBOX", Cancellation)).Value.Rights);

        await Store.Mailboxes.DeleteAclAsync(an, "INBOX", "anyone", Cancellation);
        await Store.Mailboxes.DeleteAclAsync(an, "INBOX", "binh@example.vn", Cancellation);
        Assert.False((await Store.Mailboxes.FindAsync(binh, name, Cancellation)).Ok);
    }

    [Fact]
    public async Task A_suspended_account_is_closed_to_its_own_sessions_and_to_others()
    {
        var (an, account) = await PersonAsync("an");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        await Store.Accounts.SetStateAsync(account, AccountState.Suspended, "test", Cancellation);
        Assert.Empty(await Store.Mailboxes.ListAsync(an, Cancellation));
        Assert.True((await Store.Messages.ChangesAsync(an, inbox, new(0), Cancellation)).Gone);
    }

    private Task<Outcome<VisibleMailbox>> CreateAsync(PrincipalId who, string name) => Store.Mailboxes.CreateAsync(who, name, MailboxRole.None, Cancellation);

    private async Task<IEnumerable<string>> NamesAsync(PrincipalId who) => (await Store.Mailboxes.ListAsync(who, Cancellation)).Select(m => m.Name);
}
