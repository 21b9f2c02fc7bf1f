using CongVu.Governance.Addresses;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CsCheck;

namespace CongVu.Governance.Tests.Addresses;

public sealed class PersonAddressesTests
{
    private static readonly AddressProfile Profile = AddressProfiles.Default;
    private static readonly OrganizationNode Stttt = OrganizationPath.Parse("Sở Thông tin và Truyền thông")!;

    [Fact]
    public void Names_of_people_give_the_reviewed_parts_and_addresses()
    {
        var rows = Table.Read("person-names.tsv").ToList();
        Assert.True(rows.Count >= 200);
        Assert.Equal(rows.Select(r => string.Join(" | ", r)), rows.Select(r =>
        {
            var name = PersonName.Guess(r[0])!;
            var proposal = PersonAddresses.Propose(new(name, Stttt), Profile, _ => false);
            return string.Join(" | ", r[0], name.Surname, string.Join(' ', name.Middle), name.Given, proposal.LocalPart[..^".stttt".Length], proposal.NeedsReview ? "review" : "");
        }));
    }

    // A5.2c: the Regulation's own example.
    [Fact]
    public void Of_two_namesakes_the_longer_serving_keeps_the_plain_form()
    {
        var (senior, junior) = (Person("Nguyễn Thị Hoa", new(2010, 1, 1)), Person("Nguyễn Thị Hoa", new(2018, 1, 1)));
        Assert.Equal(["hoant.stttt@daknong.gov.vn", "hoant1.stttt@daknong.gov.vn"], All(senior, junior).Select(p => p.Address));
        Assert.Equal(["hoant1.stttt@daknong.gov.vn", "hoant.stttt@daknong.gov.vn"], All(junior, senior).Select(p => p.Address));
        Assert.Equal(["A5.2c", "A5.2a"], All(junior, senior).Select(p => p.Citation));
    }

    [Fact]
    public void Other_names_with_the_same_letters_are_namesakes_too()
    {
        var proposals = All(Person("Ngô Thanh Hòa", new(2015, 3, 1)), Person("Nguyễn Thị Hoa", new(2010, 1, 1)), Person("Nông Tuấn Hoà", new(2020, 5, 1)));
        Assert.Equal(["hoant1", "hoant", "hoant2"], proposals.Select(p => p.LocalPart.Split('.')[0]));
    }

    [Fact]
    public void An_address_given_before_is_kept_and_one_of_the_past_is_not_given_again()
    {
        var senior = Person("Nguyễn Thị Hoa", new(1990, 1, 1));
        Assert.Equal("hoant1.stttt", PersonAddresses.Propose(senior, Profile, local => local == "hoant.stttt").LocalPart);
        Assert.Equal("hoant3.stttt", PersonAddresses.Propose(senior, Profile, local => local is "hoant.stttt" or "hoant1.stttt" or "hoant2.stttt").LocalPart);
    }

    [Fact]
    public void The_start_of_service_is_asked_for_only_when_namesakes_meet()
    {
        Assert.Equal(["annv.stttt", "binhtv.stttt"], All(Person("Nguyễn Văn An"), Person("Trần Văn Bình")).Select(p => p.LocalPart));
        Assert.All(All(Person("Nguyễn Thị Hoa", new(2010, 1, 1)), Person("Ngô Thanh Hòa")), p => Assert.Equal(AddressFault.NeedsServiceStart, p.Fault));
        // The other is at another body: no clash.
        Assert.Equal(["hoant.stttt", "hoant.snv"], All(Person("Nguyễn Thị Hoa"), new(PersonName.Guess("Nguyễn Thị Hoa")!, OrganizationPath.Parse("Sở Nội vụ")!)).Select(p => p.LocalPart));
    }

    [Theory]
    [InlineData("Sở Thông tin và Truyền thông", "hoant.stttt", "A5.2a")]
    [InlineData("Sở Thông tin và Truyền thông / Phòng Công nghệ thông tin", "hoant.stttt", "A5.2a")]
    [InlineData("Sở Thông tin và Truyền thông / Trung tâm Công nghệ thông tin và Truyền thông", "hoant.ttcntt.stttt", "A5.2a")]
    [InlineData("Sở Thông tin và Truyền thông / Trung tâm Công nghệ thông tin và Truyền thông / Phòng Kỹ thuật", "hoant.ttcntt.stttt", "A5.2a")]
    [InlineData("Ủy ban nhân dân huyện Đắk Mil", "hoant.dakmil", "A5.2a")]
    [InlineData("Ủy ban nhân dân huyện Đắk Mil / Phòng Nội vụ", "hoant.pnv.dakmil", "A5.2a")]
    [InlineData("Ủy ban nhân dân huyện Đắk Mil / Ủy ban nhân dân xã Đắk Sắk", "hoant.daksak.dakmil", "A5.2b")]
    [InlineData("Huyện ủy Đắk Mil", "hoant.hu.dakmil", "A5.2a")]
    [InlineData("Ủy ban nhân dân tỉnh", "hoant.ubnd", "A5.2a")]
    public void People_are_registered_with_the_right_body(string path, string local, string article)
    {
        var proposal = PersonAddresses.Propose(new(PersonName.Guess("Nguyễn Thị Hoa")!, OrganizationPath.Parse(path)!), Profile, _ => false);
        Assert.Equal(local, proposal.LocalPart);
        Assert.Equal(article, proposal.Citation);
    }

    [Fact]
    public void A_node_can_say_that_its_people_are_registered_elsewhere()
    {
        var office = OrganizationPath.Parse("Sở Thông tin và Truyền thông / Phòng Công nghệ thông tin")! with { RegistersItsPeople = true };
        Assert.Equal("hoant.pcntt.stttt", PersonAddresses.Propose(new(PersonName.Guess("Nguyễn Thị Hoa")!, office), Profile, _ => false).LocalPart);
        var unit = OrganizationPath.Parse("Ủy ban nhân dân huyện Đắk Mil / Phòng Nội vụ")! with { RegistersItsPeople = false };
        Assert.Equal("hoant.dakmil", PersonAddresses.Propose(new(PersonName.Guess("Nguyễn Thị Hoa")!, unit), Profile, _ => false).LocalPart);
    }

    [Theory]
    [InlineData("ninhbinh-2025", "hoant.stttt", "!NeedsAgreement")]
    [InlineData("bacninh-2025", "hoant678", "hoant5678")]
    [InlineData("nghean-2025", "hoant", "hoant1")]
    [InlineData("dongthap-2025", "nguyenthihoa", "nguyenthihoa1985")]
    [InlineData("lamdong-two-tier", "hoant.stttt", "hoant1.stttt")]
    public void Other_provinces_are_profiles(string id, string plain, string taken)
    {
        var person = new PersonForAddress(PersonName.Guess("Nguyễn Thị Hoa")!, Stttt) { BirthYear = 1985, IdentityNumber = "067 185 012 345 678" };
        var profile = AddressProfiles.All[id];
        Assert.Equal(plain, PersonAddresses.Propose(person, profile, _ => false).LocalPart);
        var again = PersonAddresses.Propose(person, profile, local => local == plain);
        Assert.Equal(taken, again.Fault == AddressFault.None ? again.LocalPart : $"!{again.Fault}");
    }

    [Fact]
    public void Dong_thaps_list_is_tried_in_its_order()
    {
        var person = new PersonForAddress(PersonName.Guess("Nguyễn Thị Hoa")!, Stttt) { BirthYear = 1985 };
        var taken = new HashSet<string>();
        var given = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            given.Add(PersonAddresses.Propose(person, AddressProfiles.All["dongthap-2025"], taken.Contains).LocalPart);
            taken.Add(given[^1]);
        }
        Assert.Equal(["nguyenthihoa", "nguyenthihoa1985", "hoant", "hoant1985", "hoant1", "hoant2"], given);
    }

    [Fact]
    public void What_a_profile_needs_and_is_not_there_is_said()
    {
        var person = new PersonForAddress(PersonName.Guess("Nguyễn Thị Hoa")!, Stttt);
        Assert.Equal(AddressFault.NeedsMore, PersonAddresses.Propose(person, AddressProfiles.All["bacninh-2025"], _ => false).Fault);
        Assert.Equal(AddressFault.NoLetters, PersonAddresses.Propose(person with { Name = PersonName.Guess("王伟")! }, Profile, _ => false).Fault);
        Assert.Null(PersonName.Guess("…"));
        Assert.Null(PersonName.Guess(""));
    }

    [Fact]
    public void Any_name_gives_a_valid_address_or_a_reason()
    {
        string[] parts = ["Nguyễn", "Y", "H'", "K'", "Niê", "Điểu", "Thị", "Ông", "-", "’", "王", "(", "\ud800", "́", "Đ.", "a", "  ", "\t"];
        Gen.Int[0, parts.Length - 1].Array[0, 8].Select(at => string.Join(' ', at.Select(i => parts[i]))).Sample(text =>
        {
            if (PersonName.Guess(text) is not { } name)
                return;
            var proposal = PersonAddresses.Propose(new(name, Stttt), Profile, _ => false);
            if (proposal.Fault == AddressFault.None)
                Assert.Matches("^[a-z0-9]+\\.stttt$", proposal.LocalPart);
        });
        Gen.String.Sample(text =>
        {
            if (PersonName.Guess(text) is { } name && PersonAddresses.Propose(new(name, Stttt), Profile, _ => false) is { Fault: AddressFault.None } proposal)
                Assert.Matches("^[a-z0-9]+\\.stttt$", proposal.LocalPart);
        });
    }

    [Fact]
    public void Addresses_are_unique_stable_and_do_not_depend_on_the_order_of_the_list()
    {
        var names = Table.Read("person-names.tsv").Select(r => r[0]).Concat(["Nguyễn Thị Hoa", "Ngô Thanh Hòa", "Nông Thị Hoa", "Lê Văn An", "Lý Viết Ân"]).ToArray();
        var people = Gen.Select(Gen.Int[0, names.Length - 1], Gen.Int[0, 15_000], (at, day) => new PersonForAddress(PersonName.Guess(names[at])!, Stttt) { ServiceStart = new DateOnly(1985, 1, 1).AddDays(day) });
        people.Array[1, 60].Where(all => all.Select(p => p.ServiceStart).Distinct().Count() == all.Length).Sample(all =>
        {
            var given = PersonAddresses.ProposeAll(all, Profile, _ => false);
            Assert.All(given, p => Assert.Matches("^[a-z0-9]+\\.stttt$", p.LocalPart));
            Assert.Equal(all.Length, given.Select(p => p.Address).Distinct().Count());
            // Run again, and in another order, everybody gets the same.
            var turned = PersonAddresses.ProposeAll([.. all.Reverse()], Profile, _ => false);
            Assert.Equal(given.Select(p => p.Address), turned.Reverse().Select(p => p.Address));
            // Whoever comes later changes nothing.
            var taken = given.Select(p => p.LocalPart).ToHashSet();
            Assert.DoesNotContain(PersonAddresses.Propose(all[0], Profile, taken.Contains).LocalPart, taken);
        });
    }

    private static PersonForAddress Person(string name, DateOnly? since = null) => new(PersonName.Guess(name)!, Stttt) { ServiceStart = since };

    private static IReadOnlyList<AddressProposal> All(params PersonForAddress[] people) => PersonAddresses.ProposeAll(people, Profile, _ => false);
}
