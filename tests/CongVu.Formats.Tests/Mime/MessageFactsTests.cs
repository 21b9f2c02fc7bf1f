using System.Text;
using CongVu.Formats.Mime;
using CsCheck;
using MimeKit;
using MimePart = CongVu.Formats.Mime.MimePart;

namespace CongVu.Formats.Tests.Mime;

public sealed class MessageFactsTests
{
    private static readonly byte[] Marks = "\r\n\r\n--b:;\"=?<>,(@ "u8.ToArray();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_plain_message_gives_its_envelope_and_structure()
    {
        var facts = Read("Date: Mon, 2 Mar 2026 08:00:00 +0700\nFrom: =?utf-8?q?Nguy=E1=BB=85n_An?= <an@x.vn>\nTo: b@x.vn, Tổ: c@x.vn;\nSubject: =?utf-8?q?Re:_B=C3=A1o_c=C3=A1o?=\nMessage-ID: <1@x.vn>\nIn-Reply-To: <0@x.vn>\n\nXin chào\nhai dòng\n");
        Assert.Equal(
            "(\"Mon, 2 Mar 2026 08:00:00 +0700\" \"=?utf-8?q?Re:_B=C3=A1o_c=C3=A1o?=\" ((\"=?utf-8?b?Tmd1eeG7hW4=?= An\" NIL \"an\" \"x.vn\")) ((\"=?utf-8?b?Tmd1eeG7hW4=?= An\" NIL \"an\" \"x.vn\")) ((\"=?utf-8?b?Tmd1eeG7hW4=?= An\" NIL \"an\" \"x.vn\")) ((NIL NIL \"b\" \"x.vn\")(NIL NIL \"=?utf-8?b?VOG7lQ==?=\" NIL)(NIL NIL \"c\" \"x.vn\")(NIL NIL NIL NIL)) NIL NIL \"<0@x.vn>\" \"<1@x.vn>\")",
            Text(facts.Envelope));
        Assert.Equal("(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 22 2 NIL NIL NIL NIL)", Text(facts.BodyStructure));
        Assert.Equal(("Re: Báo cáo", "bao cao", "Xin chào hai dòng"), (facts.Subject, facts.BaseSubject, Text(facts.Preview)));
        Assert.Equal(("1@x.vn", "Nguyễn An <an@x.vn>"), (facts.MessageId, facts.From));
        Assert.Equal(["0@x.vn"], facts.References);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.FromHours(7)), facts.Date);
    }

    [Fact]
    public void Sections_of_nested_messages_are_numbered_as_the_standard_does()
    {
        const string text = "From: a@x.vn\nContent-Type: multipart/mixed; boundary=b1\n\npreamble\n--b1\nContent-Type: text/plain\n\none\n--b1\nContent-Type: message/rfc822\n\nSubject: inner\nContent-Type: multipart/alternative; boundary=b2\n\n--b2\n\ntwo-one\n--b2\nContent-Type: text/html\n\n<p>two-two\n--b2--\n\n--b1\nContent-Type: message/rfc822\n\nSubject: simple\n\nbody of three\n--b1--\nepilogue\n";
        var bytes = Corpus.WithCrLf(Encoding.UTF8.GetBytes(text));
        var facts = MessageFacts.Read(new MemoryStream(bytes), Cancellation);
        var prefix = "Return-Path: <>\r\n"u8.ToArray();
        byte[] stored = [.. prefix, .. bytes];

        Assert.Equal("one", Section([1], SectionText.Whole));
        Assert.Equal("Content-Type: text/plain\r\n\r\n", Section([1], SectionText.Mime));
        Assert.StartsWith("Subject: inner\r\n", Section([2], SectionText.Whole), StringComparison.Ordinal);
        Assert.Equal("Subject: inner\r\nContent-Type: multipart/alternative; boundary=b2\r\n\r\n", Section([2], SectionText.Header));
        Assert.Equal("two-one", Section([2, 1], SectionText.Whole));
        Assert.Equal("<p>two-two", Section([2, 2], SectionText.Whole));
        Assert.Equal("body of three", Section([3, 1], SectionText.Whole));
        Assert.Equal("body of three", Section([3], SectionText.Text));
        Assert.StartsWith("Return-Path: <>\r\nFrom:", Section([], SectionText.Header), StringComparison.Ordinal);
        Assert.StartsWith("preamble\r\n", Section([], SectionText.Text), StringComparison.Ordinal);
        Assert.Equal(stored.Length, Section([], SectionText.Whole)!.Length);
        foreach (var none in new int[][] { [4], [1, 1], [2, 3], [3, 2], [0] })
            Assert.Null(Section(none, SectionText.Whole));
        Assert.Null(Section([1], SectionText.Header));

        string? Section(int[] path, SectionText what) => MimeSection.Find(facts, prefix.Length, path, what, stored.Length) is { } range
            ? Encoding.UTF8.GetString(stored, (int)range.Offset, (int)range.Length)
            : null;
    }

    [Fact]
    public void Named_header_fields_come_whole_with_their_folded_lines()
    {
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        MimeSection.FilterHeader("A: 1\r\nSubject: x\r\n y\r\nB: 2\r\n\r\n"u8, ["SUBJECT", "c"], not: false, target);
        Assert.Equal("Subject: x\r\n y\r\n\r\n", Encoding.ASCII.GetString(target.WrittenSpan));
        target.Clear();
        MimeSection.FilterHeader("A: 1\r\nSubject: x\r\n y\r\nB: 2\r\n\r\n"u8, ["subject"], not: true, target);
        Assert.Equal("A: 1\r\nB: 2\r\n\r\n", Encoding.ASCII.GetString(target.WrittenSpan));
    }

    [Fact]
    public void Attachments_are_measured_decoded()
    {
        var data = Convert.ToBase64String(new byte[100_000], Base64FormattingOptions.InsertLineBreaks);
        var facts = Read($"Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: application/pdf; name*=utf-8''C%C3%B4ng%20v%C4%83n.pdf\nContent-Transfer-Encoding: base64\n\n{data}\n--b--\n");
        Assert.Equal((1, "Công văn.pdf"), (facts.AttachmentCount, facts.Root.Children[1].FileName));
        Assert.InRange(facts.AttachmentBytes, 100_000, 100_003);
        Assert.Contains("(\"name*\" \"utf-8''C%C3%B4ng%20v%C4%83n.pdf\")", Text(facts.BodyStructure), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Re: Re: [vp] Báo cáo", "bao cao")]
    [InlineData("TRẢ LỜI: Fwd: Giấy mời (fwd)", "giay moi")]
    [InlineData("[fwd: Giấy mời]", "giay moi")]
    [InlineData("[khẩn]", "[khan]")]
    [InlineData("Re[2]: x", "x")]
    [InlineData("", "")]
    [InlineData("re:", "")]
    public void The_base_subject_is_without_reply_marks(string subject, string expected) => Assert.Equal(expected, BaseSubject.Of(subject));

    [Fact]
    public void Every_real_message_agrees_with_an_independent_reading()
    {
        Assert.SkipWhen(Corpus.Folder is null, "The lent corpus is not here.");
        var seen = 0;
        foreach (var (name, bytes) in Corpus.Messages())
        {
            var facts = MessageFacts.Read(new MemoryStream(bytes), Cancellation);
            Check(facts.Root, bytes.Length, 0, bytes.Length);
            Assert.Equal(facts.Serialize(), MessageFacts.Deserialize(facts.Serialize()).Serialize());
            seen++;
            MimeMessage oracle;
            try
            {
                oracle = MimeMessage.Load(new MemoryStream(bytes), Cancellation);
            }
            catch (FormatException)
            {
                continue;
            }
            Assert.True(Leaves(oracle.Body).SequenceEqual(Leaves(facts.Root)), $"{name}: {string.Join(' ', Leaves(oracle.Body))} / {string.Join(' ', Leaves(facts.Root))}");
            Assert.True(oracle.From.Mailboxes.Select(m => m.Address).SequenceEqual(facts.FromAddresses) || bytes.AsSpan(0, (int)facts.BodyOffset).ContainsAnyExceptInRange((byte)1, (byte)127), $"{name}: {oracle.From} {string.Join(";", oracle.From.Mailboxes.Select(m => m.Address))} {string.Join(";", facts.FromAddresses)}");
            CheckContents(name, bytes, facts, oracle);
        }
        Assert.True(seen > 200, $"{seen} messages");
    }

    [Fact]
    public void Facts_below_added_fields_are_those_of_reading_it_all_again()
    {
        var top = "Authentication-Results: mail.example.vn; spf=pass\r\nX-Spam-Status: No\r\n\ttests=A\r\nReceived: from a (b [192.0.2.1])\r\n\tby c; Mon, 2 Mar 2026 08:00:00 +0700\r\n"u8.ToArray();
        var known = 0;
        var messages = (Corpus.Folder is null ? [] : Corpus.Messages().Select(m => m.Bytes)).Concat(
            Enumerable.Range(0, Nested.Length + 1).Select(length => Nested[..length])).Append("From: a@b\r\nno header"u8.ToArray()).Append("\tfolded\r\nTo: a@b\r\n\r\n"u8.ToArray());
        foreach (var bytes in messages)
            Agree(bytes);
        Assert.True(known > 100, $"{known} were known");
        Gen.Byte.Select(Gen.Int[0, 3], (b, k) => k == 0 ? b : Marks[b % Marks.Length]).Array[0, 400].Sample(Agree, iter: 2000, threads: 1);

        void Agree(byte[] bytes)
        {
            if (MessageFacts.Read(new MemoryStream(bytes), CancellationToken.None).Below(top, bytes) is not { } below)
                return;
            known++;
            Assert.Equal(MessageFacts.Read(new MemoryStream([.. top, .. bytes]), CancellationToken.None).Serialize(), below.Serialize());
        }
    }

    [Fact]
    public void Deep_wide_huge_and_cut_messages_are_read_within_bounds()
    {
        var deep = new StringBuilder();
        for (var i = 0; i < 5000; i++)
            deep.Append($"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");
        var wide = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
        for (var i = 0; i < 100_000; i++)
            wide.Append("--b\r\n\r\nx\r\n");
        string[] hostile =
        [
            deep.ToString(), wide.ToString(), "Subject: " + new string('x', 10_000_000) + "\r\n\r\nbody", new string('\0', 5000), "", "\r\n", ":", "Subject", "From: <<<>>>,,;:\r\n\r\n",
            "Content-Type: message/rfc822\r\n\r\n", "Content-Type: multipart/mixed\r\n\r\nno boundary", "Date: Mon, 99 Foo 99999\r\n\r\n", "To: " + string.Concat(Enumerable.Repeat("g:", 2000)) + "\r\n\r\n",
        ];
        foreach (var text in hostile)
        {
            var facts = MessageFacts.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), Cancellation);
            Check(facts.Root, Encoding.UTF8.GetByteCount(text), 0, long.MaxValue);
            Assert.True(facts.Serialize().Length < 4_000_000);
        }
        var sample = Nested;
        for (var length = 0; length <= sample.Length; length++)
            Check(MessageFacts.Read(new MemoryStream(sample, 0, length), Cancellation).Root, length, 0, length);
    }

    [Fact]
    public void Random_bytes_never_break_the_reader() => Gen.Byte.Select(Gen.Int[0, 3], (b, k) => k == 0 ? b : Marks[b % Marks.Length]).Array[0, 400].Sample(
        bytes => Check(MessageFacts.Read(new MemoryStream([.. "Content-Type: multipart/mixed; boundary=b\r\n"u8, .. bytes]), CancellationToken.None).Root, bytes.Length + 43, 0, long.MaxValue), iter: 3000);

    private static readonly byte[] Nested = Corpus.WithCrLf(Encoding.UTF8.GetBytes("From: a@b\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: message/rfc822\n\nSubject: =?utf-8?b?w6E=?=\n\nbody\n--b\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n"));

    private static MessageFacts Read(string text) => MessageFacts.Read(new MemoryStream(Corpus.WithCrLf(Encoding.UTF8.GetBytes(text))), Cancellation);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static void Check(MimePart part, long size, long from, long to)
    {
        Assert.InRange(part.HeaderOffset, from, size);
        Assert.InRange(part.BodyOffset, part.HeaderOffset, size);
        Assert.InRange(part.EndOffset, part.BodyOffset, size);
        Assert.True(part.EndOffset <= to);
        foreach (var child in part.Children)
            Check(child, size, part.BodyOffset, part.EndOffset);
    }

    private static IEnumerable<string> Leaves(MimeEntity? entity) => entity switch
    {
        null => [],
        Multipart multipart => multipart.SelectMany(Leaves),
        // The other reader takes a text of header fields for a message.
        MessagePart { ContentType: var type } when !type.MediaType.Equals("message", StringComparison.OrdinalIgnoreCase) => [type.MimeType.ToLowerInvariant()],
        MessagePart message => ["message", .. Leaves(message.Message?.Body)],
        _ => [entity.ContentType.MimeType.ToLowerInvariant()],
    };

    private static IEnumerable<string> Leaves(MimePart part) => part.Kind switch
    {
        PartKind.Multipart => part.Children.SelectMany(Leaves),
        PartKind.Message => ["message", .. part.Children.SelectMany(Leaves)],
        _ => [part.MediaType],
    };

    private static void CheckContents(string name, byte[] bytes, MessageFacts facts, MimeMessage oracle)
    {
        var ours = Bodies(facts.Root).ToArray();
        var theirs = oracle.BodyParts.OfType<MimeKit.MimePart>().ToArray();
        // BodyParts does not enter messages inside, so only messages without any are compared byte by byte.
        if (ours.Length != theirs.Length)
            return;
        for (var i = 0; i < ours.Length; i++)
        {
            using var expected = new MemoryStream();
            theirs[i].Content?.Stream?.CopyTo(expected);
            Assert.True(expected.ToArray().AsSpan().SequenceEqual(bytes.AsSpan((int)ours[i].BodyOffset, (int)ours[i].Size)), $"{name}: part {i}");
        }
    }

    private static IEnumerable<MimePart> Bodies(MimePart part) => part.Kind == PartKind.Leaf ? [part] : part.Kind == PartKind.Message ? [] : part.Children.SelectMany(Bodies);
}
