using System.Text;
using CongVu.Governance.Imports;
using CongVu.Governance.People;
using CongVu.Governance.Resources;
using CongVu.Mail.Tests.Store;

namespace CongVu.Governance.Tests.Imports;

public abstract class ImportTests(Backend backend) : GovernanceFixture(backend)
{
    private const string SmallTree = "Tên cơ quan;Loại;Cơ quan quản lý trực tiếp\nSở Tư pháp;department;\nSở Y tế;department;\n";

    public sealed class OnSqlite() : ImportTests(Backend.Sqlite);

    public sealed class OnPostgres() : ImportTests(Backend.Postgres);

    [Fact]
    public async Task The_provinces_tree_comes_in_whole_with_its_addresses_and_a_second_time_changes_nothing()
    {
        var rows = Table.Read("daknong-2022.tsv").ToList();
        var list = new StringBuilder("\ufeffname,kind,parent,abbreviation_override\r\n");
        // Spelled as lists are: children before parents, double spaces, Đăk for Đắk.
        foreach (var row in Enumerable.Reverse(rows))
            list.Append(null, $"\"{row[0].Replace(" Đắk", "  Đăk", StringComparison.Ordinal)}\",{Snake(row[1])},\"{row[2]}\",{row[3]}\r\n");
        var file = Encoding.UTF8.GetBytes(list.ToString());

        var dry = await OrganizationsAsync(file, isDry: true);
        Assert.Equal((rows.Count, rows.Count, 0, false), (dry.Rows, dry.Added, dry.Problems.Count, dry.IsDone));
        Assert.Empty(await Store.Organizations.ListAsync(Cancellation));

        Assert.True((await OrganizationsAsync(file)).IsDone);
        var all = (await Store.Organizations.ListAsync(Cancellation)).ToDictionary(o => (o.Name.Replace("Đăk", "Đắk", StringComparison.Ordinal), o.Parent is null ? 0 : o.Parent.Value.Value));
        Assert.Equal(rows.Count, all.Count);
        // Sở Nội vụ and Sở Ngoại vụ would be one address: they wait.
        var expected = rows.GroupBy(r => r[4]).SelectMany(g => g.Select(_ => g.Count() > 1 ? null : $"{g.Key}@daknong.gov.vn")).Order().ToList();
        Assert.Equal(2, expected.Count(a => a is null));
        Assert.Equal(expected, all.Values.Select(o => o.Address).Order());

        var again = await OrganizationsAsync(file, mailboxes: true);
        Assert.Equal((0, 0, rows.Count), (again.Added, again.Changed, again.Unchanged));
        Assert.Equal(expected.Count(a => a is not null), (await Mail.Accounts.ListAsync(Cancellation)).Count);

        // The administrative list of districts and communes finds the same bodies and adds their codes.
        var communes = await OrganizationsAsync("province_code,province,district_code,district,commune_code,commune,commune_level\n67,Tỉnh Đắk Nông,663,Huyện Đắk Mil,24667,Xã  Đắk Lao,Xã\n67,Tỉnh Đắk Nông,663,Huyện Đắk Mil,24664,Thị trấn Đắk Mil,Thị trấn\n");
        Assert.Equal((4, 0, 3, 1), (communes.Rows, communes.Added, communes.Changed, communes.Unchanged));
        Assert.Equal("24667", (await ReadAsync(tx => CongVu.Governance.Organizations.OrganizationStore.ResolveAsync(tx, "24667"))).Value.Code);
    }

    [Fact]
    public async Task Every_problem_of_a_tree_is_listed_by_row_and_nothing_is_done()
    {
        var report = await OrganizationsAsync("name,kind,parent,abbreviation\nA,provincial_body,B\nB,provincial_body,A\nCơ quan C,provincial_body,Không có\nCơ quan D,sao,\nCơ quan D,,\n,,\n123,,\nCơ quan E,,,Ê Đ\n");
        Assert.Equal(
            [(2, ProblemKind.Cycle), (3, ProblemKind.Cycle), (4, ProblemKind.UnknownParent), (5, ProblemKind.UnknownKind), (6, ProblemKind.DuplicateRow), (8, ProblemKind.InvalidName), (9, ProblemKind.Address)],
            report.Problems.Select(p => (p.Row, p.Problem.Kind)));
        Assert.Empty(await Store.Organizations.ListAsync(Cancellation));
        Assert.All(report.Problems, p => Assert.NotEqual(new Wording(true).Explain(p.Problem), new Wording(false).Explain(p.Problem)));
    }

    [Theory]
    [InlineData("xin chào", ProblemKind.MissingColumns)]
    [InlineData("", ProblemKind.MissingColumns)]
    [InlineData("PK\u0003\u0004rubbish", ProblemKind.File)]
    [InlineData("%PDF-1.7", ProblemKind.File)]
    public async Task A_wrong_file_is_refused(string content, ProblemKind kind)
    {
        var file = Encoding.UTF8.GetBytes(content);
        Assert.Equal(kind, (await new OrganizationImport(Store).RunAsync(Clerk, file, new(false, false), Cancellation)).Problem!.Kind);
        Assert.Equal(kind, (await new PeopleImport(Store).RunAsync(Clerk, file, new(false, false), null, Cancellation)).Problem!.Kind);
    }

    [Fact]
    public async Task People_come_in_with_mailboxes_seniors_first_and_what_is_known_is_changed_or_moved()
    {
        await OrganizationsAsync(SmallTree);
        var report = await PeopleAsync("""
            Mã cán bộ;Họ và tên;Cơ quan;Chức vụ;Điện thoại;Ngày bắt đầu công tác;Nhiệm vụ
            CB1;Ngô Thanh Hòa;Sở Tư pháp;Chuyên viên;0905123456;01/02/2015;
            CB2;Nguyễn  Thị Hoa;Sở Tư pháp;Giám đốc;+84 905 123 457;01/02/2010;Thủ trưởng, quản lý hộp thư
            CB3;H'Hen Niê;Sở Y tế;Văn thư;;;đầu mối
            """);
        Assert.True(report.IsDone);
        Assert.Equal(ProblemKind.NeedsReview, Assert.Single(report.Notes).Problem.Kind);
        var people = await ReadAsync(tx => PeopleStore.SearchAsync(tx, null, "", 10));
        Assert.Equal(
            ["CB1 hoant1.stp@daknong.gov.vn", "CB2 hoant.stp@daknong.gov.vn", "CB3 hhenn.syt@daknong.gov.vn"],
            people.OrderBy(p => p.StaffCode).Select(p => $"{p.StaffCode} {p.Address}"));
        Assert.Equal("Nguyễn Thị Hoa", people.Single(p => p.StaffCode == "CB2").Name);

        // The same list with a new number and another organization: one changed, one moved, the old address goes on.
        var moved = await PeopleAsync("Mã cán bộ;Họ và tên;Cơ quan;Điện thoại\nCB1;Ngô Thanh Hòa;Sở Y tế;0905123456\nCB3;H'Hen Niê;Sở Y tế;0905999999\nCB2;Nguyễn Thị Hoa;Sở Tư pháp;\n");
        Assert.Equal((0, 2, 1), (moved.Added, moved.Changed, moved.Unchanged));
        var hoa = (await ReadAsync(tx => PeopleStore.FindAsync(tx, "CB1")))!;
        Assert.Equal("hoant.syt@daknong.gov.vn", hoa.Address);
        Assert.Equal(["hoant.syt@daknong.gov.vn", "hoant1.stp@daknong.gov.vn"], await Mail.Accounts.AddressesAsync(hoa.Account!.Value, Cancellation));
        Assert.Equal(2, (await ReadAsync(tx => PeopleStore.PostingsAsync(tx, hoa.Id))).Count);
    }

    [Fact]
    public async Task Every_problem_of_a_list_of_people_is_named_and_nobody_is_added()
    {
        await OrganizationsAsync(SmallTree);
        await PersonAsync("Trần Văn Có", (await Store.Organizations.ListAsync(Cancellation))[0], "CB9");
        var report = await PeopleAsync("""
            Mã cán bộ,Họ và tên,Ngày sinh,Cơ quan,Điện thoại,Nhiệm vụ
            X1,Nguyễn Văn A,31/02/1980,Sở Tư pháp,0905123456,đầu mối
            X1,Trần Thị B,01/01/1990,Sở Tư pháp,12,
            ,,01/01/1990,Sở Không Có,0905123457,
            ,Lê Văn C,01/01/2030,Sở Y tế,0905123457,giám đốc
            ,Lê Văn D,,Sở Y tế,,
            ,Lê Văn D,,Sở Y tế,,
            ,Trần Văn Có,,Sở Tư pháp,,
            """);
        Assert.Equal(
            [
                (2, ProblemKind.InvalidDate), (3, ProblemKind.InvalidPhone), (3, ProblemKind.DuplicateRow), (4, ProblemKind.Missing), (4, ProblemKind.NotFound), (5, ProblemKind.InvalidDate), (5, ProblemKind.NotFound),
                (7, ProblemKind.DuplicateRow), (8, ProblemKind.PossibleDuplicate),
            ],
            report.Problems.Select(p => (p.Row, p.Problem.Kind)));
        Assert.Single(await ReadAsync(tx => PeopleStore.SearchAsync(tx, null, "", 10)));
    }

    [Fact]
    public async Task A_list_without_staff_codes_that_was_interrupted_goes_on_where_it_was()
    {
        await OrganizationsAsync(SmallTree);
        var list = new StringBuilder("Họ và tên,Cơ quan,Ngày sinh,Bắt đầu công tác\n");
        for (var i = 0; i < 250; i++)
            list.Append(null, $"Nguyễn Thị Hoa,Sở Y tế,{1 + (i % 28):D2}/{1 + (i % 12):D2}/{1960 + (i / 12)},{2000 + (i % 20)}\n");
        var file = Encoding.UTF8.GetBytes(list.ToString());
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new PeopleImport(Store).RunAsync(Clerk, file, new(false, Mailboxes: true), new Interruption(stop), stop.Token));
        var halfway = await ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM people"));
        Assert.InRange(halfway, 1, 249);

        Assert.True((await PeopleAsync(list.ToString())).IsDone);
        Assert.Equal(250, await ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM people WHERE account_id IS NOT NULL")));
        Assert.Equal(0, (await PeopleAsync(list.ToString())).Added);
    }

    private Task<ImportReport> OrganizationsAsync(string list) => OrganizationsAsync(Encoding.UTF8.GetBytes(list));

    private async Task<ImportReport> OrganizationsAsync(byte[] file, bool isDry = false, bool mailboxes = false) =>
        (await new OrganizationImport(Store).RunAsync(Clerk, file, new(isDry, mailboxes), Cancellation)).Value;

    private async Task<ImportReport> PeopleAsync(string list) =>
        (await new PeopleImport(Store).RunAsync(Clerk, Encoding.UTF8.GetBytes(list), new(DryRun: false, Mailboxes: true), null, Cancellation)).Value;

    private static string Snake(string kind) => string.Concat(kind.Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    // Stops after the first slice, on the thread that does the work.
    private sealed class Interruption(CancellationTokenSource stop) : IProgress<int>
    {
        public void Report(int value) => stop.Cancel();
    }
}
