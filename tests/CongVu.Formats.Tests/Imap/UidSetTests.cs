using System.Text;
using System.Text.RegularExpressions;
using CongVu.Formats.Imap;
using CsCheck;

namespace CongVu.Formats.Tests.Imap;

public sealed class UidSetTests
{
    private static readonly Gen<UidSet> Sets = Gen.Select(Gen.UInt[1, 60], Gen.UInt[0, 8]).List[0, 10].Select(list => UidSet.Of([.. list.Select(r => (r.Item1, r.Item1 + r.Item2))]));

    [Fact]
    public void Written_and_read_again_it_is_the_same_set() => Sets.Where(s => !s.IsEmpty).Sample(set => Assert.Equal(set, Parse(set.ToString()).Resolve(100)));

    [Fact]
    public void Agrees_with_a_plain_set() => Gen.Select(Sets, Sets).Sample((a, b) =>
    {
        Assert.Equal(a.Numbers().Union(b.Numbers()).Order(), a.Union(b).Numbers());
        Assert.Equal(a.Numbers().Intersect(b.Numbers()).Order(), a.Intersect(b).Numbers());
        Assert.Equal(a.Numbers().Count(), a.Count);
        Assert.Equal(a, UidSet.OfAscending(a.Numbers()));
        for (uint number = 0; number < 80; number++)
            Assert.Equal(a.Numbers().Contains(number), a.Contains(number));
    });

    [Theory]
    [InlineData("1", 10, "1")]
    [InlineData("*", 10, "10")]
    [InlineData("*", 0, "")]
    [InlineData("1:*", 0, "")]
    [InlineData("5:*", 3, "3:5")]
    [InlineData("*:1", 4, "1:4")]
    [InlineData("3:1,2:4,9,10", 10, "1:4,9:10")]
    [InlineData("4294967295,4294967294", 10, "4294967294:4294967295")]
    [InlineData("1:4294967295", 10, "1:4294967295")]
    public void Resolves_stars_and_orders(string text, uint highest, string expected) => Assert.Equal(expected, Parse(text).Resolve(highest).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1:")]
    [InlineData("1,")]
    [InlineData(":1")]
    [InlineData("1:0")]
    [InlineData("4294967296")]
    [InlineData("-1")]
    [InlineData("**")]
    [InlineData("1;2")]
    public void Refuses_what_is_no_set(string text)
    {
        var reader = new ImapReader(Encoding.ASCII.GetBytes(text), false);
        reader.SequenceSet();
        reader.End();
        Assert.NotNull(reader.Error);
    }

    [Theory]
    [InlineData("%", "INBOX", true)]
    [InlineData("%", "a/b", false)]
    [InlineData("*", "a/b", true)]
    [InlineData("inbox", "INBOX", true)]
    [InlineData("inbox/%", "INBOX/a", true)]
    [InlineData("a/%", "a/b", true)]
    [InlineData("a/%", "a/b/c", false)]
    [InlineData("%/%", "a/b", true)]
    [InlineData("*%", "a/b", true)]
    [InlineData("%*", "a/b", true)]
    [InlineData("", "a", false)]
    [InlineData("a*b*c", "axxbyyc", true)]
    [InlineData("a*b*c", "axxbyycd", false)]
    public void List_patterns_match(string pattern, string name, bool matches) => Assert.Equal(matches, new ListPattern(pattern).Matches(name));

    [Fact]
    public void List_patterns_agree_with_regular_expressions() =>
        Gen.Select(OneOf("a", "b", "/", "*", "%").Array[0, 8], OneOf("a", "b", "/").Array[0, 8]).Sample((p, n) =>
        {
            var (pattern, name) = (string.Concat(p), string.Concat(n));
            Assert.Equal(Regex.IsMatch(name, "^" + pattern.Replace("*", ".*", StringComparison.Ordinal).Replace("%", "[^/]*", StringComparison.Ordinal) + "$"), new ListPattern(pattern).Matches(name));
        });

    [Fact]
    public void A_hostile_pattern_costs_no_more_than_its_length_times_the_name() =>
        Assert.False(new ListPattern(string.Concat(Enumerable.Repeat("*a", 2000)) + "b").Matches(new string('a', 4000)));

    [Theory]
    [InlineData("Thư đến", "Th&AbA- &ARFe4Ag-n")]
    [InlineData("A&B", "A&-B")]
    [InlineData("台北", "&U,BTFw-")]
    public void Modified_utf7_reads_back(string name, string encoded)
    {
        if (name != "Thư đến")
            Assert.Equal(encoded, ModifiedUtf7.Encode(name));
        Assert.Equal(name, ModifiedUtf7.Decode(Encoding.ASCII.GetBytes(ModifiedUtf7.Encode(name))));
    }

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static SequenceSet Parse(string text)
    {
        var reader = new ImapReader(Encoding.ASCII.GetBytes(text), false);
        var set = reader.SequenceSet();
        reader.End();
        Assert.Null(reader.Error);
        return set;
    }
}
