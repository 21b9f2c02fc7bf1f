using System.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

/// <summary>A store of its own in a temporary folder, on either database, with a few accounts.</summary>
public abstract class StoreFixture(Backend backend) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected MailStore Store { get; private set; } = null!;

    protected string Folder => folder;

    protected bool IsPostgres => backend == Backend.Postgres;

    protected ManualClock Clock { get; } = new();

    private StoreOptions options = null!;

    public async ValueTask InitializeAsync()
    {
        options = new() { Folder = folder, PostgresConnection = backend == Backend.Postgres ? await PostgresServer.NewDatabaseAsync() : null };
        Store = await MailStore.OpenAsync(options, Clock, Cancellation);
        await Store.Accounts.AddDomainAsync("example.vn", "test", Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await MailStore.OpenAsync(options, Clock, Cancellation);
    }

    protected async Task<(PrincipalId Who, AccountId Account)> PersonAsync(string name, long quota = Accounts.DefaultQuotaBytes)
    {
        var account = (await Store.Accounts.AddPersonAsync(new($"{name}@example.vn", name, Password: null, QuotaBytes: quota), "test", Cancellation)).Value;
        return ((await Store.Accounts.FindPrincipalAsync(account.PrimaryAddress, Cancellation))!.Id, account.Id);
    }

    protected async Task<StagedContent> StageAsync(string message)
    {
        await using var writer = Store.Contents.Create();
        await writer.WriteAsync(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), Cancellation);
        return await writer.FinishAsync(default, Cancellation);
    }

    protected static string Mail(string subject, string body = "Xin chào.", string extra = "") =>
        $"From: An <an@example.vn>\nTo: binh@example.vn\nSubject: {subject}\nMessage-ID: <{Guid.NewGuid():N}@example.vn>\n{extra}\n{body}\n";

    protected async Task<AppendResult> AppendAsync(PrincipalId who, MailboxId mailbox, string subject, MessageFlags flags = MessageFlags.None, string extra = "", params string[] keywords)
    {
        await using var content = await StageAsync(Mail(subject, extra: extra));
        return (await Store.Messages.AppendAsync(who, mailbox, [new(content, flags, keywords, null)], null, Cancellation)).Value;
    }

    protected async Task<Mailbox> MailboxAsync(PrincipalId who, string name) => (await Store.Mailboxes.FindAsync(who, name, Cancellation)).Value.Mailbox;

    protected async Task<IReadOnlyList<Entry>> EntriesAsync(MailboxId id, EntryColumns columns = EntryColumns.Flags) =>
        await Store.Messages.ReadAsync(id, new(1), new(uint.MaxValue), columns, int.MaxValue, Cancellation);

    protected static UidRange[] All => [new(new(1), new(uint.MaxValue))];

    protected static UidRange[] Only(params uint[] uids) => [.. uids.Select(u => new UidRange(new(u), new(u)))];
}
