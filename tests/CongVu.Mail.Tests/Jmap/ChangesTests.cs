using System.Globalization;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;

namespace CongVu.Mail.Tests.Jmap;

public sealed class SqliteChangesTests() : ChangesTests(Backend.Sqlite);

public sealed class PostgresChangesTests() : ChangesTests(Backend.Postgres);

/// <summary>A client that knows any earlier state gets by changes exactly what a fresh read shows, whatever protocol made them.</summary>
public abstract class ChangesTests(Backend backend) : JmapFixture(backend)
{
    private const int Clients = 24;

    // Another number is run by hand: JMAP_HISTORY=200.
    private static readonly int Steps = int.TryParse(Environment.GetEnvironmentVariable("JMAP_HISTORY"), CultureInfo.InvariantCulture, out var steps) ? steps : 10_000;

    [Fact]
    public async Task Every_state_of_a_random_history_leads_to_the_present()
    {
        Limits = new() { MaxObjectsInGet = 100_000, MaxObjectsInQuery = 100_000, MaxChanges = 100_000 };
        var random = new Random(7);
        var history = await RandomHistory.BeginAsync(this, random);
        var clients = new List<ChangesClient>();
        for (var step = 0; step < Steps; step++)
        {
            if (step % Math.Max(9, Steps / Clients) == 0)
            {
                foreach (var (who, account) in history.Views)
                    clients.Add(await ChangesClient.ReadAsync(this, who, account));
            }
            await history.ChangeAsync(step);
            // Some follow on the way, in small pieces; the others hold their state until the end.
            if (random.Next(40) == 0)
                await clients[random.Next(clients.Count)].FollowAsync(maxChanges: random.Next(1, 30));
        }
        foreach (var (who, account) in history.Views)
        {
            var now = await ChangesClient.ReadAsync(this, who, account);
            Assert.NotEmpty(now.Kept["Email"]);
            foreach (var client in clients.Where(c => c.Who == who && c.Account == account))
            {
                await client.FollowAsync(maxChanges: null);
                client.AssertSame(now);
            }
            await now.AssertWindowsAsync(random);
        }
        Assert.True(history.Shared > 0 && history.Moved > 0 && history.Submitted > 0, history.ToString());
    }

    [Fact]
    public async Task Changes_come_in_steps_and_what_is_new_is_new_in_the_first_of_them()
    {
        var (an, account) = await PersonAsync("an");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        var state = (await CallAsync(an, account, "Email/get", """{"ids":[]}"""))["state"]!.GetValue<string>();
        await AppendAsync(an, inbox, "Một");
        await AppendAsync(an, inbox, "Hai");
        await Store.Messages.StoreFlagsAsync(an, inbox, Only(1), new(FlagMode.Add, MessageFlags.Seen, []), null, Cancellation);
        await Store.Messages.StoreFlagsAsync(an, inbox, Only(2), new(FlagMode.Add, MessageFlags.Deleted, []), null, Cancellation);
        var first = await CallAsync(an, account, "Email/changes", $$"""{"sinceState":"{{state}}","maxChanges":1}""");
        Assert.Equal(("e1", true), (Text(first["created"]), first["hasMoreChanges"]!.GetValue<bool>()));
        var next = await CallAsync(an, account, "Email/changes", $$"""{"sinceState":{{first["newState"]!.ToJsonString()}}}""");
        Assert.Equal(("e2", "e1", false), (Text(next["created"]), Text(next["updated"]), next["hasMoreChanges"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Part_of_an_account_is_told_what_came_into_it_and_left_it_and_nothing_else()
    {
        var (an, account) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        var shared = (await Store.Mailboxes.CreateAsync(an, "Chung", MailboxRole.None, Cancellation)).Value.Mailbox.Id;
        await Store.Mailboxes.SetAclAsync(an, "Chung", "binh@example.vn", AclChange.Replace, MailboxRights.Lookup | MailboxRights.Read, Cancellation);
        await AppendAsync(an, inbox, "Một");
        await AppendAsync(an, inbox, "Riêng");
        var state = (await CallAsync(binh, account, "Email/get", """{"ids":[]}"""))["state"]!.GetValue<string>();

        await Store.Messages.CopyAsync(an, inbox, Only(1), shared, move: false, Cancellation);
        await Store.Messages.StoreFlagsAsync(an, inbox, Only(2), new(FlagMode.Add, MessageFlags.Flagged, []), null, Cancellation);
        var came = await CallAsync(binh, account, "Email/changes", $$"""{"sinceState":"{{state}}"}""");
        Assert.Equal(("e1", "", ""), (Text(came["created"]), Text(came["updated"]), Text(came["destroyed"])));

        await Store.Messages.CopyAsync(an, shared, All, inbox, move: true, Cancellation);
        await CallAsync(an, account, "Email/set", """{"destroy":["e2"]}""");
        var left = await CallAsync(binh, account, "Email/changes", $$"""{"sinceState":{{came["newState"]!.ToJsonString()}}}""");
        Assert.Equal(("", "", "e1"), (Text(left["created"]), Text(left["updated"]), Text(left["destroyed"])));
        var threads = await CallAsync(binh, account, "Thread/changes", $$"""{"sinceState":{{came["newState"]!.ToJsonString()}}}""");
        Assert.Single(Strings(threads["destroyed"]));

        // Other rights are another view, of which the old state says nothing.
        await Store.Mailboxes.SetAclAsync(an, "Chung", "binh@example.vn", AclChange.Replace, MailboxRights.Lookup | MailboxRights.Read | MailboxRights.Seen, Cancellation);
        Assert.Equal("cannotCalculateChanges", await ErrorAsync(binh, account, "Email/changes", $$"""{"sinceState":{{left["newState"]!.ToJsonString()}}}"""));
    }

    private static string Text(System.Text.Json.Nodes.JsonNode? ids) => string.Join(' ', Strings(ids));
}
