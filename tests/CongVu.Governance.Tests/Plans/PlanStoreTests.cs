using System.Text;
using CongVu.Governance.Authorities;
using CongVu.Governance.Imports;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.Plans;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;

namespace CongVu.Governance.Tests.Plans;

public abstract class PlanStoreTests(Backend backend) : GovernanceFixture(backend)
{
    public sealed class OnSqlite() : PlanStoreTests(Backend.Sqlite);

    public sealed class OnPostgres() : PlanStoreTests(Backend.Postgres);

    // Resolution 1671/NQ-UBTVQH15 of 2025: the communes of Đắk Nông become 28, without districts; facts as published.
    [Fact]
    public async Task The_71_communes_become_28_people_and_addresses_go_with_them()
    {
        await ImportTreeAsync();
        var old = await FindAsync("Ủy ban nhân dân xã Đắk Lao");
        var hoa = await HolderAsync("Nguyễn Thị Hoa", old);
        var an = await HolderAsync("Trần Văn An", await FindAsync("Ủy ban nhân dân xã Thuận An"));
        await ChangeAsync(tx => Store.Duties.NameAsync(tx, Clerk, old.Id, hoa.Id, Duty.Custodian));
        var mailbox = (await ChangeAsync(tx => Store.Organizations.AddMailboxAsync(tx, Clerk, old.Id))).Value;
        Assert.Equal(("daklao.dakmil@daknong.gov.vn", "hoant.daklao.dakmil@daknong.gov.vn"), (mailbox.PrimaryAddress, hoa.Address));

        var (plan, problems) = (await Store.Plans.PlanMergerAsync(Clerk, "Sắp xếp 2025", File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "daknong-2025-mergers.csv")), "lamdong-two-tier", Cancellation)).Value;
        Assert.Empty(problems);
        var preview = (await Store.Plans.PreviewAsync(Clerk, plan!.Id, Cancellation)).Value;
        Assert.Equal(0, preview.Problems);
        Assert.Equal(25, preview.Lines.Count(l => l.Step == PlanStep.Create));

        // Looked at, nothing is done; and again, it is the same.
        Assert.Equal("daklao.dakmil@daknong.gov.vn", (await FindAsync("Ủy ban nhân dân xã Đắk Lao")).Address);
        Assert.Equal(preview.Lines, (await Store.Plans.PreviewAsync(Clerk, plan.Id, Cancellation)).Value.Lines);

        Assert.Equal(PlanState.Applied, (await Store.Plans.ApplyAsync(Clerk, plan.Id, Cancellation)).Value.Plan.State);
        var active = (await Store.Organizations.ListAsync(Cancellation)).Where(o => o.State == OrganizationState.Active).ToList();
        Assert.Equal(28, active.Count(o => o.Rule == OrganizationKind.CommunePeopleCommittee));
        Assert.DoesNotContain(active, o => o.Rule == OrganizationKind.DistrictPeopleCommittee);
        var thuanAn = await FindAsync("Ủy ban nhân dân xã Thuận An");
        Assert.Equal("thuanan@lamdong.gov.vn", thuanAn.Address);
        // "Đắk Mil" was a district and a township, and is a commune now: keys tell them apart.
        Assert.Equal("dakmil@lamdong.gov.vn", (await FindAsync("Ủy ban nhân dân xã Đắk Mil")).Address);

        hoa = (await ReadAsync(tx => PeopleStore.FindAsync(tx, hoa.Id)))!;
        Assert.Equal("hoant.thuanan@lamdong.gov.vn", hoa.Address);
        Assert.Equal(hoa.Account, (await Mail.Accounts.LookupAsync("hoant.daklao.dakmil@daknong.gov.vn", Cancellation)).Account);
        Assert.Equal(thuanAn.Account, (await Mail.Accounts.LookupAsync("daklao.dakmil@daknong.gov.vn", Cancellation)).Account);
        Assert.Equal([hoa.Address], (await Mail.Accounts.GrantsAsync(thuanAn.Account!.Value, Cancellation)).Select(g => g.Key));
        Assert.Equal("antv.thuanan@lamdong.gov.vn", (await ReadAsync(tx => PeopleStore.FindAsync(tx, an.Id)))!.Address);

        // The old mailbox stays as it was; the successor's custodian reads it and nothing more.
        Assert.Empty(await Mail.Accounts.GrantsAsync(mailbox.Id, Cancellation));
        var kept = (await Mail.Accounts.FindAsync(mailbox.Id, Cancellation))!.PrimaryAddress;
        await Mail.Database.WriteAsync(tx => tx.ExecuteAsync("UPDATE principals SET must_change_password = 0"), Cancellation);
        Assert.Equal(MailboxRights.Lookup | MailboxRights.Read, (await Mail.Mailboxes.FindAsync(hoa.Principal!.Value, $"Shared/{kept}/INBOX", Cancellation)).Value.Rights);
        Assert.Equal(ProblemKind.WrongState, (await Store.Plans.UndoAsync(Clerk, plan.Id, Cancellation)).Problem!.Kind);
    }

    [Fact]
    public async Task Another_profile_gives_other_addresses_and_the_old_ones_go_on()
    {
        var department = await OrganizationAsync("Sở Thông tin và Truyền thông");
        await OrganizationAsync("Phòng Công nghệ thông tin", department);
        var first = await HolderAsync("Nguyễn Thị Hoa", department);
        var second = await HolderAsync("Ngô Thanh Hòa", department);
        var plan = (await Store.Plans.PlanProfileAsync(Clerk, "ninhbinh-2025", Cancellation)).Value;
        var preview = (await Store.Plans.PreviewAsync(Clerk, plan.Id, Cancellation)).Value;
        // There a unit agrees with its people on another address: nothing is done until that is settled.
        Assert.Equal(1, preview.Problems);
        Assert.Equal(ProblemKind.Address, (await Store.Plans.ApplyAsync(Clerk, plan.Id, Cancellation)).Problem!.Kind);
        Assert.Equal(PlanState.Undone, (await Store.Plans.UndoAsync(Clerk, plan.Id, Cancellation)).Value.State);
        Assert.Equal(first.Address, (await ReadAsync(tx => PeopleStore.FindAsync(tx, first.Id)))!.Address);

        plan = (await Store.Plans.PlanProfileAsync(Clerk, "lamdong-two-tier", Cancellation)).Value;
        Assert.Null((await Store.Plans.ApplyAsync(Clerk, plan.Id, Cancellation)).Problem);
        Assert.Equal(["hoant.stttt@lamdong.gov.vn", "hoant.stttt@daknong.gov.vn"], await Mail.Accounts.AddressesAsync(first.Account!.Value, Cancellation));
        Assert.Equal(["hoant1.stttt@lamdong.gov.vn", "hoant1.stttt@daknong.gov.vn"], await Mail.Accounts.AddressesAsync(second.Account!.Value, Cancellation));
        Assert.Equal("stttt@lamdong.gov.vn", (await FindAsync("Sở Thông tin và Truyền thông")).Address);
        // They sign in by the new address and by the old one.
        Assert.Equal(first.Principal, (await Mail.Accounts.FindPrincipalAsync("hoant.stttt@daknong.gov.vn", Cancellation))!.Id);
    }

    [Fact]
    public async Task A_plan_of_what_is_not_there_is_refused_row_by_row()
    {
        await OrganizationAsync("Sở Tư pháp");
        var (plan, problems) = (await Store.Plans.PlanMergerAsync(Clerk, "x", Encoding.UTF8.GetBytes("from,into,parent\nSở Tư pháp,Sở Mới,\nSở Tư pháp,Sở Khác,\nKhông có,Sở Mới,Không đâu\n"), null, Cancellation)).Value;
        Assert.Null(plan);
        Assert.Equal([(3, ProblemKind.DuplicateRow), (4, ProblemKind.NotFound), (4, ProblemKind.NotFound)], problems.Select(p => (p.Row, p.Problem.Kind)));
        Assert.Equal(ProblemKind.NotFound, (await Store.Plans.PlanProfileAsync(Clerk, "hue", Cancellation)).Problem!.Kind);
    }

    private async Task ImportTreeAsync()
    {
        var list = new StringBuilder("name,parent,abbreviation\n");
        foreach (var row in Table.Read("daknong-2022.tsv").Where(r => r[1] is "ProvincialPeopleCommittee" or "DistrictPeopleCommittee" or "CommunePeopleCommittee" || r[2].Contains("Mil", StringComparison.Ordinal)))
            list.Append(null, $"\"{row[0]}\",\"{row[2]}\",{row[3]}\n");
        Assert.True((await new OrganizationImport(Store).RunAsync(Clerk, Encoding.UTF8.GetBytes(list.ToString()), new(false, false), Cancellation)).Value.IsDone);
    }

    private async Task<Organization> FindAsync(string name) => (await ReadAsync(tx => OrganizationStore.ResolveAsync(tx, name))).Value;
}
