using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using CongVu.Mail.Tests.Store;

namespace CongVu.Governance.Tests;

/// <summary>An installation of its own on either database, with the domain of the default profile, and time that stands until it is moved.</summary>
public abstract class GovernanceFixture(Backend backend) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The installation's own command line, which may do everything.</summary>
    protected static Actor Clerk { get; } = new("cli:test");

    protected ManualClock Clock { get; } = new();

    protected MailStore Mail { get; private set; } = null!;

    protected GovernanceStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var postgres = backend == Backend.Postgres ? await PostgresServer.NewDatabaseAsync() : null;
        Mail = await MailStore.OpenAsync(new() { Folder = folder, PostgresConnection = postgres, Migrations = [GovernanceStore.Migrations] }, Clock, Cancellation);
        Store = new(Mail, Clock);
        await Mail.Accounts.AddDomainAsync("daknong.gov.vn", "test", Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Mail.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected async Task<Organization> OrganizationAsync(string name, Organization? parent = null, string? kind = null) =>
        (await Store.Organizations.AddAsync(Clerk, new(name, kind, parent?.Id), Cancellation)).Value;

    protected async Task<Person> PersonAsync(string name, Organization organization, string? code = null, DateOnly? serviceStart = null) =>
        (await Store.People.AddAsync(Clerk, new(code, name) { ServiceStart = serviceStart }, new(organization.Id), Cancellation)).Value;

    /// <summary>A person with a mailbox, without a password.</summary>
    protected async Task<Person> HolderAsync(string name, Organization organization)
    {
        var person = await PersonAsync(name, organization);
        Assert.Null((await ChangeAsync(tx => Store.People.AddMailboxAsync(tx, Clerk, person.Id, null))).Problem);
        return (await Store.ReadAsync(tx => PeopleStore.FindAsync(tx, person.Id), Cancellation))!;
    }

    protected Task<Result<T>> ChangeAsync<T>(Func<Tx, ValueTask<Result<T>>> work) => Store.ChangeAsync(work, Cancellation);

    protected ValueTask<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work) => Store.ReadAsync(work, Cancellation);

    protected static Actor As(Person person) => new(person.Address!, person.Principal);
}
