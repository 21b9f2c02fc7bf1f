using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Mail.Tests.Store;

namespace CongVu.Governance.Tests.Authorities;

public abstract class AuthorityTests(Backend backend) : GovernanceFixture(backend)
{
    // The rights of each, in the order of Right: View ViewReports ViewAudit PrepareRequest SignRequest AssignCustodian NameDelegate NameHead Provision EditOrganizations EditPeople ResetPassword Suspend Approve UseMailbox
    // GrantRoles Administer.
    private static readonly Dictionary<string, string> Table = new()
    {
        ["SystemAdministrator"] = "xxxx.xxxxxxxx..xx",
        ["ManagingBody"] = "xxx..........x...",
        ["Operator"] = "xxxx.xxxxxxxx....",
        ["Viewer"] = ".x...............",
        ["OrganizationAdministrator"] = "xx.x.......xx....",
        ["Head"] = "xx.xxxx..........",
        ["Deputy"] = "xx.xxxx..........",
        ["Delegate"] = "xx.xxx...........",
        ["Liaison"] = "x..x.............",
        ["Custodian"] = "..............x..",
    };

    public sealed class OnSqlite() : AuthorityTests(Backend.Sqlite);

    public sealed class OnPostgres() : AuthorityTests(Backend.Postgres);

    [Fact]
    public async Task Each_may_what_the_table_says_where_it_says()
    {
        var committee = await OrganizationAsync("Ủy ban nhân dân tỉnh Đắk Nông");
        var own = await OrganizationAsync("Sở Thông tin và Truyền thông", committee);
        var child = await OrganizationAsync("Trung tâm Công nghệ thông tin và Truyền thông", own);
        var grandchild = await OrganizationAsync("Phòng Kỹ thuật", child);
        var other = await OrganizationAsync("Sở Tư pháp", committee);
        OrganizationId?[] places = [own.Id, child.Id, grandchild.Id, other.Id, null];

        foreach (var role in Enum.GetValues<Role>())
        {
            // In the organization: it and all below it.
            var person = await HolderAsync($"Nguyễn Văn {role}", other);
            Assert.Null((await ChangeAsync(tx => Store.Roles.GiveAsync(tx, Clerk, person.Principal!.Value, role, own.Id))).Problem);
            await CheckAsync($"{role}", person, places, [true, true, true, false, false]);
            if (role == Role.OrganizationAdministrator)
                continue;
            var everywhere = await HolderAsync($"Trần Thị {role}", other);
            Assert.Null((await ChangeAsync(tx => Store.Roles.GiveAsync(tx, Clerk, everywhere.Principal!.Value, role, null))).Problem);
            await CheckAsync($"{role}", everywhere, places, [true, true, true, true, true]);
        }
        foreach (var duty in Enum.GetValues<Duty>())
        {
            // A duty: the own body, its leaders' and liaison's also the units that it manages directly.
            var person = await HolderAsync($"Lê Văn {duty}", other);
            Assert.Null((await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, own.Id, person.Id, duty))).Problem);
            await CheckAsync($"{duty}", person, places, [true, duty != Duty.Custodian, false, false, false]);
        }
    }

    [Fact]
    public async Task Rights_end_with_the_duty_with_the_role_and_with_the_sign_in()
    {
        var own = await OrganizationAsync("Sở Tư pháp");
        var head = await HolderAsync("Nguyễn Văn An", own);
        var next = await HolderAsync("Trần Thị Bình", own);
        await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, own.Id, head.Id, Duty.Head));
        Assert.True(await MayAsync(head, Right.SignRequest, own.Id));

        // The next head begins in a week; the one before goes the day before.
        await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, own.Id, next.Id, Duty.Head, Store.Today.AddDays(7)));
        Assert.Equal((true, false), (await MayAsync(head, Right.SignRequest, own.Id), await MayAsync(next, Right.SignRequest, own.Id)));
        Clock.Now = Clock.Now.AddDays(7);
        Assert.Equal((false, true), (await MayAsync(head, Right.SignRequest, own.Id), await MayAsync(next, Right.SignRequest, own.Id)));

        await Mail.Accounts.SetStateAsync(next.Account!.Value, CongVu.Mail.Store.AccountState.Suspended, "test", Cancellation);
        Assert.False(await MayAsync(next, Right.SignRequest, own.Id));
    }

    [Fact]
    public async Task What_is_not_allowed_is_refused_in_the_store_and_nothing_changes()
    {
        var own = await OrganizationAsync("Sở Tư pháp");
        var liaison = await HolderAsync("Nguyễn Văn An", own);
        await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, own.Id, liaison.Id, Duty.Liaison));
        var before = await ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM audit"));
        Problem?[] problems =
        [
            (await Store.Organizations.AddAsync(As(liaison), new("Phòng Hành chính", null, own.Id), Cancellation)).Problem,
            (await Store.People.AddAsync(As(liaison), new(null, "Lê Văn Cường"), new(own.Id), Cancellation)).Problem,
            (await ChangeAsync(tx => Store.Organizations.ChangeAsync(tx, As(liaison), own.Id, new("Sở Khác")))).Problem,
            (await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, As(liaison), own.Id))).Problem,
            (await ChangeAsync(tx => Store.Organizations.MoveAsync(tx, As(liaison), own.Id, null))).Problem,
            (await ChangeAsync(tx => Store.Organizations.EndAsync(tx, As(liaison), own.Id, null))).Problem,
            (await ChangeAsync(tx => Store.Organizations.SetAbbreviationAsync(tx, As(liaison), own.Id, new("stp2", "x")))).Problem,
            (await ChangeAsync(tx => Store.People.ChangeAsync(tx, As(liaison), liaison.Id, new("Khác")))).Problem,
            (await ChangeAsync(tx => Store.People.LeaveAsync(tx, As(liaison), liaison.Id, PersonStatus.Retired, Store.Today))).Problem,
            (await ChangeAsync(tx => Store.Duties.NameAsync(tx, As(liaison), own.Id, liaison.Id, Duty.Custodian))).Problem,
            (await ChangeAsync(tx => Store.Duties.NameAsync(tx, As(liaison), own.Id, liaison.Id, Duty.Head))).Problem,
            (await ChangeAsync(tx => Store.Roles.GiveAsync(tx, As(liaison), liaison.Principal!.Value, Role.Operator, null))).Problem,
            (await Store.Plans.PlanProfileAsync(As(liaison), "lamdong-two-tier", Cancellation)).Problem,
        ];
        Assert.All(problems, p => Assert.Equal(ProblemKind.NoPermission, p?.Kind));
        Assert.Equal(before, await ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM audit")));
    }

    private async Task CheckAsync(string who, Person person, OrganizationId?[] places, bool[] reached)
    {
        foreach (var right in Enum.GetValues<Right>())
        {
            for (var i = 0; i < places.Length; i++)
            {
                var expected = Table[who][(int)right] == 'x' && reached[i];
                Assert.True(expected == await MayAsync(person, right, places[i]), $"{who}, {right}, place {i}: expected {expected}");
            }
        }
    }

    private ValueTask<bool> MayAsync(Person person, Right right, OrganizationId? organization) => ReadAsync(tx => Store.Authority.MayAsync(tx, person.Principal!.Value, right, organization));
}
