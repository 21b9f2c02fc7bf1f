using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;

namespace CongVu.Governance.Tests.Organizations;

public abstract class OrganizationStoreTests(Backend backend) : GovernanceFixture(backend)
{
    public sealed class OnSqlite() : OrganizationStoreTests(Backend.Sqlite);

    public sealed class OnPostgres() : OrganizationStoreTests(Backend.Postgres);

    [Fact]
    public async Task An_organization_is_kept_with_its_address_and_gets_a_mailbox_there()
    {
        var committee = await OrganizationAsync("Ủy ban nhân dân tỉnh  Đắk Nông");
        Assert.Equal(("Ủy ban nhân dân tỉnh Đắk Nông", "ubnd@daknong.gov.vn"), (committee.Name, committee.Address));
        var department = await OrganizationAsync("Sở Thông tin và Truyền thông", committee);
        Assert.Equal("stttt@daknong.gov.vn", department.Address);
        Assert.Equal("pcntt.stttt@daknong.gov.vn", (await OrganizationAsync("Phòng Công nghệ thông tin", department)).Address);

        // Kept: nobody else is given it meanwhile.
        Assert.Equal(Refusal.AlreadyExists, (await Mail.Accounts.AddPersonAsync(new("stttt@daknong.gov.vn", "Ai đó", null), "test", Cancellation)).Refusal);
        Assert.Equal("stttt@daknong.gov.vn", (await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, Clerk, department.Id))).Value.PrimaryAddress);
        Assert.Equal(ProblemKind.AlreadyExists, (await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, Clerk, department.Id))).Problem!.Kind);
    }

    [Fact]
    public async Task Two_that_would_share_an_address_are_never_numbered()
    {
        var first = await OrganizationAsync("Sở Nội vụ");
        var second = await OrganizationAsync("Sở Ngoại vụ");
        Assert.Equal(("snv@daknong.gov.vn", null), (first.Address, second.Address));
        Assert.Equal(ProblemKind.Address, (await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, Clerk, second.Id))).Problem!.Kind);
    }
}
