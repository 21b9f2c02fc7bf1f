using System.Text;
using CongVu.Formats.Imap;
using CongVu.Formats.Mime;
using CsCheck;

namespace CongVu.Formats.Tests.Imap;

public sealed class ArgumentsTests
{
    [Fact]
    public void Fetch_reads_items_sections_and_modifiers()
    {
        var fetch = Fetch(" 1:*,$ ".Replace(",$", "", StringComparison.Ordinal)
            + "(FLAGS BODY.PEEK[1.2.HEADER.FIELDS (From \"To\")]<10.20> BINARY[3]<0.5> BINARY.SIZE[4] PREVIEW (LAZY) RFC822.HEADER) (CHANGEDSINCE 12 VANISHED PARTIAL -1:-5)", uid: true);
        Assert.Equal(FetchItems.Uid | FetchItems.Flags | FetchItems.Preview | FetchItems.ModSeq, fetch.Items);
        Assert.Equal((12L, true, new PartialRange(-1, -5)), (fetch.ChangedSince, fetch.Vanished, fetch.Partial));
        Assert.Equal(["BODY[1.2.HEADER.FIELDS (From To)]", "BINARY[3]", "BINARY.SIZE[4]", "RFC822.HEADER"], fetch.Sections.Select(s => s.Label));
        var body = fetch.Sections[0];
        Assert.Equal([1, 2], body.Path);
        Assert.Equal((SectionText.HeaderFields, true, (10L, 20L)), (body.Text, body.Peek, body.Partial));
    }

    [Theory]
    [InlineData(" 1 ALL", FetchItems.Flags | FetchItems.InternalDate | FetchItems.Size | FetchItems.Envelope)]
    [InlineData(" 1 fast", FetchItems.Flags | FetchItems.InternalDate | FetchItems.Size)]
    [InlineData(" 1 FULL", FetchItems.Flags | FetchItems.InternalDate | FetchItems.Size | FetchItems.Envelope | FetchItems.Body)]
    [InlineData(" 1 BODY", FetchItems.Body)]
    [InlineData(" 1 (BODY BODYSTRUCTURE EMAILID THREADID SAVEDATE MODSEQ)", FetchItems.Body | FetchItems.BodyStructure | FetchItems.EmailId | FetchItems.ThreadId | FetchItems.SaveDate | FetchItems.ModSeq)]
    public void Fetch_reads_macros(string text, FetchItems items) => Assert.Equal(items, Fetch(text, uid: false).Items);

    [Theory]
    [InlineData(" 1 ()")]
    [InlineData(" 1 FOO")]
    [InlineData(" 1 BODY[")]
    [InlineData(" 1 BODY[0]")]
    [InlineData(" 1 BODY[1.]")]
    [InlineData(" 1 BODY[MIME]")]
    [InlineData(" 1 BODY[HEADER.FIELDS ()]")]
    [InlineData(" 1 BODY[HEADER.FIELDS (a:b)]")]
    [InlineData(" 1 BODY[]<1>")]
    [InlineData(" 1 BODY[]<1.0>")]
    [InlineData(" 1 BINARY[HEADER]")]
    [InlineData(" 1 FLAGS (VANISHED)")]
    [InlineData(" 1 FLAGS (CHANGEDSINCE)")]
    [InlineData(" 1 FLAGS extra")]
    [InlineData(" 1:x FLAGS")]
    [InlineData("")]
    public void Fetch_says_what_is_wrong(string text)
    {
        var reader = Reader(text);
        FetchArguments.Read(ref reader, uid: false);
        Assert.NotNull(reader.Error);
    }

    [Fact]
    public void A_section_cannot_be_deeper_than_a_message()
    {
        var reader = Reader(" 1 BODY[" + string.Join('.', Enumerable.Repeat(1, 200)) + "]");
        FetchArguments.Read(ref reader, uid: false);
        Assert.Equal("The section is too deep", reader.Error);
    }

    [Fact]
    public void Store_reads_its_forms()
    {
        var reader = Reader(" 1:2 (UNCHANGEDSINCE 9) +FLAGS.SILENT (\\Seen work)");
        var store = StoreArguments.Read(ref reader);
        Assert.Null(reader.Error);
        Assert.Equal((9L, StoreMode.Add, true, ImapFlags.Seen), (store.UnchangedSince, store.Mode, store.Silent, store.Flags.System));
        reader = Reader(" 1 FLAGS \\Seen \\Deleted");
        Assert.Equal(ImapFlags.Seen | ImapFlags.Deleted, StoreArguments.Read(ref reader).Flags.System);
        reader = Reader(" 1 -FLAGS ()");
        Assert.Equal(StoreMode.Remove, StoreArguments.Read(ref reader).Mode);
    }

    [Fact]
    public void Search_reads_programs_return_options_and_charsets()
    {
        var reader = Reader(" RETURN (MIN COUNT SAVE PARTIAL 1:10) CHARSET utf-8 OR (SEEN NOT FROM \"a b\") 1:3 UID $ SINCE 1-Feb-2026 HEADER X-A {2}\r\nđ MODSEQ \"/flags/\\\\Seen\" all 7 OLDER 3 EMAILID M1 SAVEDON \"2-Mar-2026\"");
        var search = SearchArguments.Read(ref reader);
        Assert.Null(reader.Error);
        Assert.Equal("UTF-8", search.Charset);
        Assert.Equal(SearchReturn.Extended | SearchReturn.Min | SearchReturn.Count | SearchReturn.Save | SearchReturn.Partial, search.Return);
        Assert.Equal(new PartialRange(1, 10), search.Partial);
        var all = Assert.IsType<AndKey>(search.Key).Keys;
        var or = Assert.IsType<OrKey>(all[0]);
        Assert.Equal([new FlagKey(ImapFlags.Seen, true), new NotKey(new TextKey(SearchField.From, "a b"))], Assert.IsType<AndKey>(or.Left).Keys);
        Assert.True(Assert.IsType<SetKey>(all[1]) is { Uid: true, Set.IsSaved: true });
        Assert.Equal(new DateKey(SearchDate.Internal, DateSide.Since, new(2026, 2, 1)), all[2]);
        Assert.Equal(new TextKey(SearchField.Header, "đ", "X-A"), all[3]);
        Assert.Equal([new ModSeqKey(7), new AgeKey(true, 3), new ObjectIdKey(false, "M1"), new DateKey(SearchDate.Saved, DateSide.On, new(2026, 3, 2))], all.Skip(4));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData(" FOO")]
    [InlineData(" NOT")]
    [InlineData(" OR ALL")]
    [InlineData(" (ALL")]
    [InlineData(" ALL)")]
    [InlineData(" SINCE 31-Feb-2026")]
    [InlineData(" RETURN (FOO) ALL")]
    [InlineData(" RETURN (PARTIAL 1:-3) ALL")]
    [InlineData(" RETURN (PARTIAL 0:3) ALL")]
    [InlineData(" RETURN (ALL PARTIAL 1:3) ALL")]
    [InlineData(" YOUNGER 0")]
    public void Search_says_what_is_wrong(string text)
    {
        var reader = Reader(text);
        SearchArguments.Read(ref reader);
        Assert.NotNull(reader.Error);
    }

    [Fact]
    public void Nesting_and_number_of_search_keys_are_bounded()
    {
        foreach (var text in (string[])[new string('(', 30_000), string.Concat(Enumerable.Repeat("NOT ", 10_000)), string.Concat(Enumerable.Repeat("ALL ", 5_000)), string.Concat(Enumerable.Repeat("TEXT a ", 200))])
        {
            var reader = Reader(" " + text);
            SearchArguments.Read(ref reader);
            Assert.NotNull(reader.Error);
        }
    }

    [Theory]
    [InlineData(1, 3, 10, 0, 3)]
    [InlineData(3, 1, 10, 0, 3)]
    [InlineData(5, 20, 10, 4, 6)]
    [InlineData(11, 20, 10, 9, 0)]
    [InlineData(-1, -3, 10, 7, 3)]
    [InlineData(-8, -30, 10, 0, 3)]
    [InlineData(1, 5, 0, 0, 0)]
    public void Partial_ranges_count_from_either_end(long first, long last, long count, long start, long length)
    {
        var slice = new PartialRange(first, last).Of(count);
        Assert.Equal(length, slice.Length);
        if (length > 0)
            Assert.Equal(start, slice.Start);
    }

    [Fact]
    public void Sort_and_thread_read_their_criteria()
    {
        var reader = Reader(" RETURN (ALL) (REVERSE DATE DISPLAYFROM) UTF-8 UNSEEN");
        var sort = SortArguments.Read(ref reader);
        Assert.Null(reader.Error);
        Assert.Equal([new(SortKey.Date, true), new(SortKey.DisplayFrom, false)], sort.Criteria);
        reader = Reader(" REFERENCES us-ascii ALL");
        var thread = ThreadArguments.Read(ref reader);
        Assert.Null(reader.Error);
        Assert.Equal((ThreadAlgorithm.References, "US-ASCII"), (thread.Algorithm, thread.Charset));
    }

    [Fact]
    public void List_reads_options_and_patterns()
    {
        var reader = Reader(" (SUBSCRIBED RECURSIVEMATCH) \"\" (\"INBOX\" Shared/% *) RETURN (CHILDREN STATUS (MESSAGES SIZE) MYRIGHTS)");
        var list = ListArguments.Read(ref reader);
        Assert.Null(reader.Error);
        Assert.Equal(ListSelection.Subscribed | ListSelection.RecursiveMatch, list.Selection);
        Assert.Equal(["INBOX", "Shared/%", "*"], list.Patterns);
        Assert.Equal((ListReturn.Children | ListReturn.Status | ListReturn.MyRights, StatusItems.Messages | StatusItems.Size), (list.Return, list.Status));
        reader = Reader(" \"\" \"\"");
        list = ListArguments.Read(ref reader);
        Assert.Null(reader.Error);
        Assert.Equal([""], list.Patterns);
        Assert.False(list.Extended);
        reader = Reader(" (RECURSIVEMATCH) \"\" *");
        ListArguments.Read(ref reader);
        Assert.NotNull(reader.Error);
    }

    [Fact]
    public void Select_reads_what_a_client_knows()
    {
        var reader = Reader(" INBOX (CONDSTORE QRESYNC (67890007 90060115194045000 41:211,214:541 (1,5 3,9)))");
        var select = SelectArguments.Read(ref reader);
        Assert.Null(reader.Error);
        Assert.True(select.CondStore);
        Assert.Equal((67890007u, 90060115194045000L), (select.Resync!.UidValidity, select.Resync.ModSeq));
        Assert.Equal("41:211,214:541 1,5 3,9", $"{select.Resync.KnownUids} {select.Resync.MatchSequences} {select.Resync.MatchUids}");
    }

    [Fact]
    public void Append_reads_up_to_its_message()
    {
        var reader = Reader(" INBOX (\\Seen) \"17-Jul-1996 02:44:25 -0700\" UTF8 (~{310+}");
        var append = AppendArguments.Read(ref reader);
        Assert.Null(reader.Error);
        Assert.Equal(new(310, false, true), append.First.Literal);
        Assert.True(append.First.Utf8);
        reader = Reader(" INBOX");
        AppendArguments.Read(ref reader);
        Assert.NotNull(reader.Error);
        reader = Reader(" * \"INBOX\" {5}");
        Assert.Equal(uint.MaxValue, ReplaceArguments.Read(ref reader).Number);
        Assert.Null(reader.Error);
    }

    [Fact]
    public void The_rest_reads()
    {
        var reader = Reader(" \"a b\" {3}\r\npwd");
        Assert.Equal(("a b", "pwd"), (LoginArguments.Read(ref reader) is var login ? login.User : "", login.Password));
        reader = Reader(" PLAIN AGE=");
        Assert.Equal(new AuthenticateArguments("PLAIN", "AGE="), AuthenticateArguments.Read(ref reader));
        reader = Reader(" x (USE (\\Drafts))");
        Assert.Equal(["\\Drafts"], CreateArguments.Read(ref reader).Uses);
        reader = Reader(" x an@example.vn +cd");
        Assert.Equal((StoreMode.Add, "kxte"), (AclArguments.Read(ref reader, true) is var acl ? acl.Mode : default, acl.Rights));
        reader = Reader(" (\"name\" \"x\" \"version\" NIL)");
        Assert.Equal([new("name", "x"), new("version", null)], IdArguments.Read(ref reader).Fields);
        reader = Reader(" CONDSTORE utf8=accept");
        Assert.Equal(["CONDSTORE", "UTF8=ACCEPT"], EnableArguments.Read(ref reader).Capabilities);
        reader = Reader(" \"\" (STORAGE 512)");
        Assert.Equal([new("STORAGE", 512L)], QuotaArguments.Read(ref reader, true).Limits);
        Assert.Null(reader.Error);
    }

    [Fact]
    public void No_input_makes_a_parser_throw() =>
        Gen.OneOf(OneOf(" ", "(", ")", "\"", "{3}\r\n", "*", "1:2", "BODY[", "]", "<0.1>", "RETURN ", "NOT ", "OR ", "UID", "\\", "FLAGS", "HEADER", ".", "%", "&", "INBOX", "+", "-", "1-Jan-2026"), Gen.Char.Select(c => c.ToString()))
            .Array[0, 20].Sample(parts =>
            {
                var bytes = Encoding.UTF8.GetBytes(string.Concat(parts));
                var reader = new ImapReader(bytes, false);
                CommandHead.Read(ref reader);
                reader = new(bytes, true);
                FetchArguments.Read(ref reader, true);
                reader = new(bytes, false);
                StoreArguments.Read(ref reader);
                reader = new(bytes, false);
                CopyArguments.Read(ref reader);
                reader = new(bytes, false);
                SearchArguments.Read(ref reader);
                reader = new(bytes, false);
                SortArguments.Read(ref reader);
                reader = new(bytes, false);
                ThreadArguments.Read(ref reader);
                reader = new(bytes, false);
                ListArguments.Read(ref reader);
                reader = new(bytes, false);
                StatusArguments.Read(ref reader);
                reader = new(bytes, false);
                SelectArguments.Read(ref reader);
                reader = new(bytes, false);
                AppendArguments.Read(ref reader);
                reader = new(bytes, false);
                ReplaceArguments.Read(ref reader);
                reader = new(bytes, false);
                CreateArguments.Read(ref reader);
                reader = new(bytes, false);
                RenameArguments.Read(ref reader);
                reader = new(bytes, false);
                AclArguments.Read(ref reader, true);
                reader = new(bytes, false);
                QuotaArguments.Read(ref reader, true);
                reader = new(bytes, false);
                LoginArguments.Read(ref reader);
                reader = new(bytes, false);
                AuthenticateArguments.Read(ref reader);
                reader = new(bytes, false);
                IdArguments.Read(ref reader);
                reader = new(bytes, false);
                EnableArguments.Read(ref reader);
            });

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static FetchArguments Fetch(string text, bool uid)
    {
        var reader = Reader(text);
        var fetch = FetchArguments.Read(ref reader, uid);
        Assert.Null(reader.Error);
        return fetch;
    }

    private static ImapReader Reader(string text) => new(Encoding.UTF8.GetBytes(text), utf8: false);
}
