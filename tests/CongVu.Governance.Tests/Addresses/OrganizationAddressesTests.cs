using CongVu.Governance.Addresses;
using CongVu.Governance.Organizations;
using CsCheck;

namespace CongVu.Governance.Tests.Addresses;

public sealed class OrganizationAddressesTests
{
    private static readonly AddressProfile Profile = AddressProfiles.Default;

    // Every address of a body that the Regulation and its known sites show.
    [Theory]
    [InlineData("Ủy ban nhân dân tỉnh", "ubnd@daknong.gov.vn", "A5.1a")]
    [InlineData("Sở Thông tin và Truyền thông", "stttt@daknong.gov.vn", "A5.1a")]
    [InlineData("Sở Thông tin và Truyền thông / Trung tâm Công nghệ thông tin và Truyền thông", "ttcntt.stttt@daknong.gov.vn", "A5.1a")]
    [InlineData("SỞ THÔNG TIN VÀ TRUYỀN THÔNG / TRUNG TÂM CÔNG NGHỆ THÔNG TIN VÀ TRUYỀN THÔNG", "ttcntt.stttt@daknong.gov.vn", "A5.1a")]
    [InlineData("Ủy ban nhân dân huyện Đắk Mil", "dakmil@daknong.gov.vn", "A5.1b")]
    [InlineData("Ủy ban nhân dân huyện Đắk Mil / Ủy ban nhân dân xã Đắk Sắk", "daksak.dakmil@daknong.gov.vn", "A5.1b")]
    [InlineData("Sở Thông tin và Truyền thông / Phòng Công nghệ thông tin", "pcntt.stttt@daknong.gov.vn", "A5.1c")]
    [InlineData("Ủy ban nhân dân huyện Đắk Mil / Phòng Tài chính - Kế hoạch", "ptckh.dakmil@daknong.gov.vn", "A5.1c")]
    [InlineData("Ủy ban nhân dân huyện Đắk Song", "daksong@daknong.gov.vn", "A5.1b")]
    public void The_regulations_own_examples(string path, string address, string article)
    {
        var proposal = Propose(path);
        Assert.Equal(address, proposal.Address);
        Assert.Equal(article, proposal.Citation);
    }

    [Fact]
    public void Names_of_bodies_give_the_reviewed_addresses()
    {
        var rows = Table.Read("organization-names.tsv").ToList();
        Assert.Equal(rows.Select(r => $"{r[0]}: {r[1]} {r[2]}"), rows.Select(r => $"{r[0]}: {OrganizationPath.Parse(r[0])!.Kind} {Propose(r[0]).LocalPart}"));
    }

    [Fact]
    public void The_whole_tree_of_2022_gives_the_reviewed_addresses()
    {
        var (rows, nodes) = Tree();
        Assert.True(rows.Count >= 184);
        Assert.Equal(rows.Select(r => $"{r[0]}: {r[4]}"), nodes.Select(n => $"{n.Name}: {OrganizationAddresses.Propose(n, Profile).LocalPart}"));
    }

    [Fact]
    public void Kinds_are_guessed_from_the_names_of_the_tree()
    {
        var (rows, nodes) = Tree();
        foreach (var (row, node) in rows.Zip(nodes))
        {
            // What a name cannot say: bodies of the province differ in kind, not in their addresses.
            var guessed = OrganizationName.GuessKind(node.Name, node.Parent);
            if (node.Kind is OrganizationKind.Department or OrganizationKind.PartyBody or OrganizationKind.MassOrganization or OrganizationKind.ProvincialBody)
                Assert.True(guessed is OrganizationKind.Department or OrganizationKind.ProvincialBody, row[0]);
            else
                Assert.Equal(node.Kind, guessed);
        }
    }

    [Fact]
    public void Bodies_with_one_abbreviation_are_not_numbered_but_wait_for_an_override()
    {
        var (_, nodes) = Tree();
        var proposals = OrganizationAddresses.ProposeAll(nodes, Profile, _ => false);
        var waiting = nodes.Zip(proposals).Where(p => p.Second.Fault != AddressFault.None).ToList();
        Assert.Equal(["Sở Nội vụ", "Sở Ngoại vụ"], waiting.Select(w => w.First.Name));
        Assert.All(waiting, w => Assert.Equal(AddressFault.NeedsOverride, w.Second.Fault));

        List<OrganizationNode> decided = [new("Sở Nội vụ", OrganizationKind.Department, null), new("Sở Ngoại vụ", OrganizationKind.Department, null) { Override = new("sngv", "Trùng với Sở Nội vụ") }];
        Assert.Equal(["snv", "sngv"], OrganizationAddresses.ProposeAll(decided, Profile, _ => false).Select(p => p.LocalPart));
        Assert.Equal(AddressFault.NeedsOverride, OrganizationAddresses.ProposeAll(decided, Profile, local => local == "snv")[0].Fault);
    }

    [Fact]
    public void All_addresses_of_the_tree_are_valid_and_no_two_are_the_same()
    {
        var (_, nodes) = Tree();
        var given = OrganizationAddresses.ProposeAll(nodes, Profile, _ => false).Where(p => p.Fault == AddressFault.None).Select(p => p.Address).ToList();
        Assert.All(given, a => Assert.Matches("^[a-z0-9]+(\\.[a-z0-9]+)*@daknong\\.gov\\.vn$", a));
        Assert.Equal(given.Count, given.Distinct().Count());
    }

    [Theory]
    [InlineData("Phòng Nội vụ", AddressFault.NoParent)]
    [InlineData("Ủy ban nhân dân xã Đắk Sắk", AddressFault.NoParent)]
    [InlineData("王国", AddressFault.NoLetters)]
    [InlineData("王国 / Phòng Nội vụ", AddressFault.NoLetters)]
    [InlineData("Sở Nội vụ / 王国", AddressFault.NoLetters)]
    public void What_cannot_be_made_says_why(string path, AddressFault fault)
    {
        var node = OrganizationPath.Parse(path)!;
        Assert.Equal(fault, OrganizationAddresses.Propose(node.Kind == OrganizationKind.ProvincialBody && fault == AddressFault.NoParent ? node with { Kind = OrganizationKind.Office } : node, Profile).Fault);
    }

    [Fact]
    public void Any_name_gives_a_valid_address_or_a_reason()
    {
        Gen.String.Array[1, 4].Sample(names =>
        {
            if (OrganizationPath.Parse(string.Join(" / ", names)) is not { } node)
                return;
            var proposal = OrganizationAddresses.Propose(node, Profile);
            if (proposal.Fault == AddressFault.None)
                Assert.Matches("^[a-z0-9]+(\\.[a-z0-9]+)*$", proposal.LocalPart);
            else
                Assert.Equal("", proposal.Address);
        }, iter: 2000);
    }

    // The four provinces of the comparison, and Đắk Nông after the merger.
    [Theory]
    [InlineData("ninhbinh-2025", "Sở Khoa học và Công nghệ / Trung tâm Công nghệ số", "ttcns.skhcn@ninhbinh.gov.vn")]
    [InlineData("bacninh-2025", "Ủy ban nhân dân xã Tam Giang", "tamgiang@bacninh.gov.vn")]
    [InlineData("bacninh-2025", "Ủy ban nhân dân xã Tam Giang / Hội đồng nhân dân xã", "hdnd.tamgiang@bacninh.gov.vn")]
    [InlineData("bacninh-2025", "Đảng ủy xã Tam Giang", "du.tamgiang@bacninh.gov.vn")]
    [InlineData("nghean-2025", "Ủy ban nhân dân phường Trường Vinh", "truongvinh@nghean.gov.vn")]
    [InlineData("nghean-2025", "Sở Tài chính / Phòng Ngân sách", "pns.stc@nghean.gov.vn")]
    [InlineData("dongthap-2025", "Sở Khoa học và Công nghệ / Trung tâm Chuyển đổi số", "skhcn.ttcds@dongthap.gov.vn")]
    [InlineData("dongthap-2025", "Ủy ban nhân dân xã Tân Hồng", "tanhong@dongthap.gov.vn")]
    [InlineData("dongthap-2025", "Ủy ban nhân dân xã Tân Hồng / Phòng Kinh tế", "tanhong.pkt@dongthap.gov.vn")]
    [InlineData("lamdong-two-tier", "Ủy ban nhân dân xã Đắk Mil", "dakmil@lamdong.gov.vn")]
    [InlineData("lamdong-two-tier", "Ủy ban nhân dân phường Lâm Viên - Đà Lạt", "lamviendalat@lamdong.gov.vn")]
    [InlineData("lamdong-two-tier", "Ủy ban nhân dân phường 1 Bảo Lộc", "phuong1baoloc@lamdong.gov.vn")]
    [InlineData("lamdong-two-tier", "Ủy ban nhân dân xã Đạ Tẻh 3", "dateh3@lamdong.gov.vn")]
    [InlineData("lamdong-two-tier", "Ủy ban nhân dân phường B'Lao", "blao@lamdong.gov.vn")]
    [InlineData("lamdong-two-tier", "Ủy ban nhân dân đặc khu Phú Quý", "phuquy@lamdong.gov.vn")]
    [InlineData("lamdong-two-tier", "Ủy ban nhân dân xã Đắk Mil / Phòng Văn hóa - Xã hội", "pvhxh.dakmil@lamdong.gov.vn")]
    [InlineData("lamdong-two-tier", "Ủy ban nhân dân tỉnh Lâm Đồng", "ubnd@lamdong.gov.vn")]
    public void Other_provinces_are_profiles(string profile, string path, string address) =>
        Assert.Equal(address, OrganizationAddresses.Propose(OrganizationPath.Parse(path)!, AddressProfiles.All[profile]).Address);

    private static AddressProposal Propose(string path) => OrganizationAddresses.Propose(OrganizationPath.Parse(path)!, Profile);

    private static (List<string[]> Rows, List<OrganizationNode> Nodes) Tree()
    {
        var rows = Table.Read("daknong-2022.tsv").ToList();
        var (byName, nodes) = (new Dictionary<string, OrganizationNode>(), new List<OrganizationNode>());
        foreach (var row in rows)
        {
            var node = new OrganizationNode(row[0], Enum.Parse<OrganizationKind>(row[1]), row[2].Length == 0 ? null : byName[row[2]]) { Override = row[3].Length == 0 ? null : new(row[3], "as recorded") };
            byName.TryAdd(row[0], node);
            nodes.Add(node);
        }
        return (rows, nodes);
    }
}
