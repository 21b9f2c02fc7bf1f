using CongVu.Governance.Organizations;
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

    [Fact]
    public async Task A_place_in_the_tree_changes_without_cycles_and_everything_is_kept_as_history()
    {
        var top = await OrganizationAsync("Sở Tư pháp");
        var middle = await OrganizationAsync("Trung tâm Trợ giúp pháp lý", top);
        var bottom = await OrganizationAsync("Phòng Hành chính", middle);
        Assert.Equal(ProblemKind.Cycle, (await ChangeAsync(tx => Store.Organizations.MoveAsync(tx, Clerk, top.Id, bottom.Id))).Problem!.Kind);
        Assert.Equal(ProblemKind.Cycle, (await ChangeAsync(tx => Store.Organizations.MoveAsync(tx, Clerk, top.Id, top.Id))).Problem!.Kind);
        Assert.Equal(ProblemKind.InUse, (await ChangeAsync(tx => Store.Organizations.EndAsync(tx, Clerk, middle.Id, null))).Problem!.Kind);
        Assert.Equal(top.Id, (await ChangeAsync(tx => Store.Organizations.MoveAsync(tx, Clerk, bottom.Id, top.Id))).Value.Parent);
        Assert.Equal(OrganizationState.Merged, (await ChangeAsync(tx => Store.Organizations.EndAsync(tx, Clerk, middle.Id, top.Id))).Value.State);
        Assert.Equal(ProblemKind.Ended, (await ChangeAsync(tx => Store.Organizations.ChangeAsync(tx, Clerk, middle.Id, new("Khác")))).Problem!.Kind);
        Assert.Equal(["add", "parent"], (await Store.Organizations.HistoryAsync(bottom.Id, Cancellation)).Select(h => h.What));
    }

    [Fact]
    public async Task An_abbreviation_set_by_hand_needs_a_reason_and_the_old_address_goes_on()
    {
        var department = await OrganizationAsync("Sở Thông tin và Truyền thông");
        var centre = await OrganizationAsync("Trung tâm Chuyển đổi số", department);
        Assert.Equal("ttcds.stttt@daknong.gov.vn", centre.Address);
        var mailbox = (await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, Clerk, centre.Id))).Value;
        Assert.Equal(ProblemKind.NeedsReason, (await ChangeAsync(tx => Store.Organizations.SetAbbreviationAsync(tx, Clerk, centre.Id, new("cds", " ")))).Problem!.Kind);
        Assert.Equal(ProblemKind.Address, (await ChangeAsync(tx => Store.Organizations.SetAbbreviationAsync(tx, Clerk, centre.Id, new("c.đ", "x")))).Problem!.Kind);
        Assert.Equal("cds.stttt@daknong.gov.vn", (await ChangeAsync(tx => Store.Organizations.SetAbbreviationAsync(tx, Clerk, centre.Id, new("cds", "Công văn 5")))).Value.Address);
        Assert.Equal(["cds.stttt@daknong.gov.vn", "ttcds.stttt@daknong.gov.vn"], await Mail.Accounts.AddressesAsync(mailbox.Id, Cancellation));
        // The next centre of that name does not get what this one had.
        await ChangeAsync(tx => Store.Organizations.ChangeAsync(tx, Clerk, centre.Id, new("Trung tâm Khác")));
        Assert.Null((await OrganizationAsync("Trung tâm Chuyển đổi số", department)).Address);
    }
}
