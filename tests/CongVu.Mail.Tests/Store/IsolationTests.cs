using CongVu.Mail.Store;
using CongVu.Mail.Store.Search;

namespace CongVu.Mail.Tests.Store;

public sealed class SqliteIsolationTests() : IsolationTests(Backend.Sqlite);

public sealed class PostgresIsolationTests() : IsolationTests(Backend.Postgres);

/// <summary>
/// Random histories of making, sharing, renaming, deleting and making again, with everything opened and listed in between so that caches are warm.
/// A model of a few lines says who may see what; the store must never say more.
/// </summary>
public abstract class IsolationTests(Backend backend) : StoreFixture(backend)
{
    private static readonly string[] People = ["an", "binh", "chi"];
    private readonly Dictionary<string, (PrincipalId Who, AccountId Account)> ids = [];

    // Mailbox -> owner, subjects in it, and who else may read.
    private readonly Dictionary<MailboxId, Box> model = [];

    private sealed record Box(string Owner, string Name, HashSet<string> Subjects, HashSet<string> Readers);

    [Fact]
    public async Task No_account_ever_sees_anothers_message_name_or_id()
    {
        var random = new Random(23);
        foreach (var name in People)
            ids[name] = await PersonAsync(name);
        for (var step = 0; step < 120; step++)
        {
            await ChangeAsync(random, step);
            if (step % 5 == 0)
                await Store.Search.DrainAsync(Cancellation);
            foreach (var name in People)
                await LookAroundAsync(name);
        }
    }

    private async Task ChangeAsync(Random random, int step)
    {
        var owner = People[random.Next(3)];
        var who = ids[owner].Who;
        var own = model.Where(m => m.Value.Owner == owner).ToArray();
        var name = $"hộp{random.Next(4)}";
        switch (random.Next(7))
        {
            case 0 when await Store.Mailboxes.CreateAsync(who, name, MailboxRole.None, Cancellation) is { Ok: true } made:
                model[made.Value.Mailbox.Id] = new(owner, name, [], []);
                break;
            case 1 when own.Length > 0:
                var (doomed, box) = own[random.Next(own.Length)];
                Assert.Equal(Refusal.None, await Store.Mailboxes.DeleteAsync(who, box.Name, Cancellation));
                model.Remove(doomed);
                break;
            case 2 when own.Length > 0:
                var (renamed, old) = own[random.Next(own.Length)];
                if (await Store.Mailboxes.RenameAsync(who, old.Name, name, Cancellation) == Refusal.None)
                    model[renamed] = old with { Name = name };
                break;
            case 3 when own.Length > 0:
                var (_, shared) = own[random.Next(own.Length)];
                var with = People[random.Next(3)];
                if (with == owner)
                    break;
                await Store.Mailboxes.SetAclAsync(who, shared.Name, $"{with}@example.vn", AclChange.Replace, MailboxRights.Lookup | MailboxRights.Read, Cancellation);
                shared.Readers.Add(with);
                break;
            case 4 when own.Length > 0:
                var (_, unshared) = own[random.Next(own.Length)];
                foreach (var reader in unshared.Readers)
                    await Store.Mailboxes.DeleteAclAsync(who, unshared.Name, $"{reader}@example.vn", Cancellation);
                unshared.Readers.Clear();
                break;
            case 5 when own.Length > 1:
                var ((from, source), (to, target)) = (own[0], own[^1]);
                await Store.Messages.CopyAsync(who, from, All, to, move: false, Cancellation);
                if (from != to)
                    target.Subjects.UnionWith(source.Subjects);
                break;
            case 6 when own.Length > 0:
                var (into, filled) = own[random.Next(own.Length)];
                await AppendAsync(who, into, $"bí mật {owner} {step}");
                filled.Subjects.Add($"bí mật {owner} {step}");
                break;
            default:
                break;
        }
    }

    private async Task LookAroundAsync(string name)
    {
        var (who, account) = ids[name];
        var allowed = model.Where(m => m.Value.Owner == name || m.Value.Readers.Contains(name)).ToDictionary();

        // 1. Names and ids in the list.
        var listed = (await Store.Mailboxes.ListAsync(who, Cancellation)).Where(m => m.Mailbox.Path.StartsWith("hộp", StringComparison.Ordinal)).ToArray();
        Assert.Equal(allowed.Keys.Order(Comparer<MailboxId>.Create((a, b) => a.Value.CompareTo(b.Value))), listed.Select(m => m.Mailbox.Id).OrderBy(id => id.Value));
        foreach (var one in listed)
            Assert.Equal(allowed[one.Mailbox.Id].Owner == name ? allowed[one.Mailbox.Id].Name : $"Shared/{allowed[one.Mailbox.Id].Owner}@example.vn/{allowed[one.Mailbox.Id].Name}", one.Name);

        // 2. Every mailbox there is, asked for by id: what is in it, or nothing at all.
        foreach (var (id, box) in model)
        {
            var opened = await Store.Messages.OpenAsync(who, id, Cancellation);
            var read = await Store.Messages.ReadAsync(who, id, new(1), new(uint.MaxValue), EntryColumns.Message | EntryColumns.Facts, 1000, Cancellation);
            Assert.Equal(allowed.ContainsKey(id), opened.Ok);
            if (opened.Ok)
                Assert.Equal(box.Subjects.Order(), read.Select(e => Formats.Mime.MessageFacts.Deserialize(e.Facts).Subject).Distinct().Order());
            else
                Assert.Empty(read);
            Assert.Equal(!opened.Ok, (await Store.Messages.ChangesAsync(who, id, new(0), Cancellation)).Gone);
            if (box.Owner != name)
                Assert.False((await Store.Messages.StoreFlagsAsync(who, id, All, new(FlagMode.Add, MessageFlags.Seen, []), null, Cancellation)).Ok);
        }

        // 3. Search finds the account's own messages only.
        var found = await Store.Search.MatchAsync(account, SearchField.Subject, "bi mat", Cancellation);
        var owners = await Store.Database.ReadAsync(tx => tx.QueryAsync("SELECT id, account_id FROM messages", row => (new MessageId(row.GetInt64(0)), row.GetInt64(1))), Cancellation);
        Assert.All(owners.Where(o => found.Contains(o.Item1)), o => Assert.Equal(account.Value, o.Item2));
    }
}
