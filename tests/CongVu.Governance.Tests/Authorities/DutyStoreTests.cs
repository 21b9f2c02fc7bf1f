using CongVu.Governance.Authorities;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;

namespace CongVu.Governance.Tests.Authorities;

public abstract class DutyStoreTests(Backend backend) : GovernanceFixture(backend)
{
    public sealed class OnSqlite() : DutyStoreTests(Backend.Sqlite);

    public sealed class OnPostgres() : DutyStoreTests(Backend.Postgres);

    [Fact]
    public async Task A_custodian_is_granted_the_mailbox_and_loses_it_with_the_duty()
    {
        var department = await OrganizationAsync("Sở Tư pháp");
        var hoa = await HolderAsync("Nguyễn Thị Hoa", department);
        var an = await HolderAsync("Trần Văn An", department);
        Assert.Equal("hoant.stp@daknong.gov.vn", hoa.Address);
        var duty = (await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, department.Id, hoa.Id, Duty.Custodian))).Value;

        // The mailbox comes after its custodian.
        var mailbox = (await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, Clerk, department.Id))).Value;
        Assert.Equal([hoa.Address], (await Mail.Accounts.GrantsAsync(mailbox.Id, Cancellation)).Select(g => g.Key));

        Assert.Equal(ProblemKind.SoleOfficer, (await ChangeAsync(tx => Store.Duties.EndAsync(tx, Clerk, duty.Id))).Problem!.Kind);
        Assert.True((await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, department.Id, an.Id, Duty.Custodian, Store.Today))).Ok);
        Assert.Null((await ChangeAsync(tx => Store.Duties.EndAsync(tx, Clerk, duty.Id))).Problem);
        Assert.Equal([an.Address], (await Mail.Accounts.GrantsAsync(mailbox.Id, Cancellation)).Select(g => g.Key));
        Assert.Equal(AccountRights.Own | AccountRights.SendAs, (await Mail.Accounts.GrantsAsync(mailbox.Id, Cancellation))[0].Value);
    }
}
