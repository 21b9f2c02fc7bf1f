using CongVu.Governance.Authorities;
using CongVu.Governance.People;
using CongVu.Mail.Tests.Store;

namespace CongVu.Governance.Tests.People;

public abstract class PeopleStoreTests(Backend backend) : GovernanceFixture(backend)
{
    public sealed class OnSqlite() : PeopleStoreTests(Backend.Sqlite);

    public sealed class OnPostgres() : PeopleStoreTests(Backend.Postgres);

    [Fact]
    public async Task Two_of_one_name_are_two_people_and_an_address_is_never_given_again()
    {
        var department = await OrganizationAsync("Sở Tư pháp");
        var first = await HolderAsync("Nguyễn Thị Hoa", department);
        var second = await HolderAsync("Nguyễn Thị Hoa", department);
        Assert.Equal(("hoant.stp@daknong.gov.vn", "hoant1.stp@daknong.gov.vn"), (first.Address, second.Address));
        Assert.NotEqual(first.StaffCode, second.StaffCode);

        // She leaves: her address stays hers.
        Assert.Null((await ChangeAsync(tx => Store.People.LeaveAsync(tx, Clerk, first.Id, PersonStatus.Retired, Store.Today))).Problem);
        Assert.Equal("hoant2.stp@daknong.gov.vn", (await HolderAsync("Ngô Thanh Hòa", department)).Address);
        Assert.Equal(ProblemKind.AlreadyExists, (await Store.People.AddAsync(Clerk, new(second.StaffCode, "Lê Văn An"), new(department.Id), Cancellation)).Problem!.Kind);
    }

    [Fact]
    public async Task A_move_keeps_person_and_login_and_says_who_was_where_when()
    {
        var justice = await OrganizationAsync("Sở Tư pháp");
        var health = await OrganizationAsync("Sở Y tế");
        var an = await HolderAsync("Trần Văn An", justice);
        Assert.Null((await ChangeAsync(tx => Store.People.PostAsync(tx, Clerk, an.Id, new(health.Id, "Thành viên ban", "", Store.Today), isPrimary: false))).Problem);

        Clock.Now = Clock.Now.AddDays(30);
        var moved = (await ChangeAsync(tx => Store.People.MoveAsync(tx, Clerk, an.Id, new(health.Id, "Phó Chánh Văn phòng"), readdress: true))).Value;
        Assert.Equal(("antv.syt@daknong.gov.vn", an.Principal, an.Account), (moved.Address, moved.Principal, moved.Account));
        Assert.Equal(an.Principal, (await Mail.Accounts.FindPrincipalAsync("antv.stp@daknong.gov.vn", Cancellation))!.Id);
        Assert.Equal(
            [(justice.Id, new(2026, 3, 2), new DateOnly(2026, 3, 31)), (health.Id, new(2026, 3, 2), null), (health.Id, new(2026, 4, 1), (DateOnly?)null)],
            (await ReadAsync(tx => PeopleStore.PostingsAsync(tx, an.Id))).Select(p => (p.Organization, p.From, p.To)));

        // Back again: the address of before is free for the one who had it.
        Clock.Now = Clock.Now.AddDays(30);
        Assert.Equal("antv.stp@daknong.gov.vn", (await ChangeAsync(tx => Store.People.MoveAsync(tx, Clerk, an.Id, new(justice.Id), readdress: true))).Value.Address);
        Assert.Contains(await Store.People.HistoryAsync(an.Id, Cancellation), h => h is { What: "address", Before: "antv.syt@daknong.gov.vn" });
    }

    [Theory]
    [InlineData(Duty.Head, true)]
    [InlineData(Duty.Liaison, true)]
    [InlineData(Duty.Custodian, true)]
    [InlineData(Duty.Deputy, false)]
    [InlineData(Duty.Delegate, false)]
    public async Task The_only_head_liaison_or_custodian_neither_leaves_nor_moves_before_a_successor_is_named(Duty duty, bool isNeeded)
    {
        var justice = await OrganizationAsync("Sở Tư pháp");
        var health = await OrganizationAsync("Sở Y tế");
        var an = await HolderAsync("Trần Văn An", justice);
        var binh = await HolderAsync("Lê Thị Bình", justice);
        Assert.Null((await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, justice.Id, an.Id, duty))).Problem);
        if (isNeeded)
        {
            Assert.Equal(ProblemKind.SoleOfficer, (await ChangeAsync(tx => Store.People.MoveAsync(tx, Clerk, an.Id, new(health.Id), readdress: true))).Problem?.Kind);
            Assert.Equal(ProblemKind.SoleOfficer, (await ChangeAsync(tx => Store.People.LeaveAsync(tx, Clerk, an.Id, PersonStatus.Resigned, Store.Today))).Problem?.Kind);
            Assert.Equal(an.Address, (await ReadAsync(tx => PeopleStore.FindAsync(tx, an.Id)))!.Address);
            Assert.Null((await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, justice.Id, binh.Id, duty, Store.Today.AddDays(1)))).Problem);
        }
        Assert.Null((await ChangeAsync(tx => Store.People.LeaveAsync(tx, Clerk, an.Id, PersonStatus.Resigned, Store.Today))).Problem);
        Assert.Empty(await ReadAsync(tx => DutyStore.OfPersonAsync(tx, an.Id, Store.Today.AddDays(1))));
    }

    [Fact]
    public async Task What_cannot_be_known_of_a_person_is_refused()
    {
        var department = await OrganizationAsync("Sở Tư pháp");
        async Task<ProblemKind?> AddAsync(PersonToAdd person) => (await Store.People.AddAsync(Clerk, person, new(department.Id), Cancellation)).Problem?.Kind;
        Assert.Equal(ProblemKind.Missing, await AddAsync(new(null, "  ")));
        Assert.Equal(ProblemKind.InvalidName, await AddAsync(new(null, "…")));
        Assert.Equal(ProblemKind.InvalidName, await AddAsync(new(null, "Nguyễn Văn 7")));
        Assert.Equal(ProblemKind.TooLong, await AddAsync(new(null, new string('a', 500))));
        Assert.Equal(ProblemKind.InvalidDate, await AddAsync(new(null, "An") { BirthDate = Store.Today.AddDays(1) }));
        Assert.Equal(ProblemKind.InvalidPhone, await AddAsync(new(null, "An") { Phone = "không có" }));
        Assert.Null(await AddAsync(new(null, "Y Thanh") { Phone = "0905 123 456" }));
        Assert.Equal(ProblemKind.NotFound, (await Store.People.AddAsync(Clerk, new(null, "An"), new(new(999)), Cancellation)).Problem!.Kind);
    }
}
