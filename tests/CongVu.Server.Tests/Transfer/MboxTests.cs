using System.Text;
using CongVu.Formats.Tests;
using CongVu.Server.Transfer;
using CsCheck;

namespace CongVu.Server.Tests.Transfer;

public sealed class MboxTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_are_parted_at_from_lines_and_unquoted()
    {
        var messages = await ReadAsync("""

            From an@example.vn Thu Feb  3 09:15:00 2022
            Subject: one

            >From here on
            >>From twice
            From the text of a person who did not quote

            From nowhere, also after an empty line


            From binh@example.vn Fri Feb 14 23:59:59 2025 +0700
            Subject: two

            body
            """);
        Assert.Equal(
            [
                "Subject: one\r\n\r\nFrom here on\r\n>From twice\r\nFrom the text of a person who did not quote\r\n\r\nFrom nowhere, also after an empty line\r\n\r\n",
                "Subject: two\r\n\r\nbody",
            ],
            messages.Select(m => m.Text));
        Assert.Equal([new DateTimeOffset(2022, 2, 3, 9, 15, 0, TimeSpan.Zero), new DateTimeOffset(2025, 2, 14, 23, 59, 59, TimeSpan.FromHours(7))], messages.Select(m => m.Received));
        Assert.Equal(["x.mbox, byte 1", "x.mbox, byte 172"], messages.Select(m => m.Place));
    }

    [Theory]
    [InlineData("From a Mon Jan  1 00:00:00 2024", "2024-01-01T00:00:00+00:00")]
    [InlineData("From a@b Mon Jan 01 00:00:00 +0700 2024\r\n", "2024-01-01T00:00:00+07:00")]
    [InlineData("From - Tue Oct 12 2021", null)]
    [InlineData("From a b c", null)]
    [InlineData("From a Mon Feb 31 00:00:00 2024", null)]
    public void Dates_of_from_lines_are_read(string line, string? expected) =>
        Assert.Equal(expected, MboxReader.DateOf(Encoding.ASCII.GetBytes(line))?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public async Task A_file_that_is_no_mbox_is_refused() => await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync("Subject: no\n\nmbox\n"));

    [Fact]
    public async Task An_empty_file_has_no_messages() => Assert.Empty(await ReadAsync(""));

    [Fact]
    public async Task Line_ends_of_crlf_files_stay_and_others_become_crlf()
    {
        Assert.Equal("A: b\r\n\r\nx\r\n", Assert.Single(await ReadAsync("From a Mon Jan  1 00:00:00 2024\r\nA: b\r\n\r\nx\r\n\r\n")).Text);
        Assert.Equal("A: b\r\n\r\nx\ry\r\n", Assert.Single(await ReadAsync("From a Mon Jan  1 00:00:00 2024\nA: b\n\nx\ry\n\n")).Text);
    }

    [Fact]
    public async Task What_is_written_is_read_back()
    {
        var line = Gen.OneOf(
            Gen.Const("From someone Mon Jan  1 00:00:00 2024"),
            Gen.Const(">>From x"),
            Gen.Const(">"),
            Gen.Const(""),
            Gen.Const("\ra\rb"),
            Gen.Int[0, 200_000].Select(n => new string('x', n)),
            Gen.String[Gen.Char[' ', '~'], 0, 90]);
        await line.List[0, 12].List[0, 4].SampleAsync(
            async messages =>
            {
                var originals = messages.Select(lines => string.Concat(lines.Select(l => l + "\r\n"))).ToList();
                Assert.Equal(originals, (await RoundTripAsync(originals.Select(Encoding.UTF8.GetBytes))).Select(Encoding.UTF8.GetString));
            },
            iter: 200);
    }

    [Fact]
    public async Task The_corpus_is_read_back_byte_for_byte()
    {
        Assert.SkipWhen(Corpus.Folder is null, "The corpus is not here.");
        var originals = Corpus.Messages().Select(m => m.Bytes.AsSpan().EndsWith("\r\n"u8) ? m.Bytes : [.. m.Bytes, .. "\r\n"u8]).ToList();
        var read = await RoundTripAsync(originals);
        Assert.Equal(originals.Count, read.Count);
        for (var i = 0; i < read.Count; i++)
            Assert.True(originals[i].AsSpan().SequenceEqual(read[i]), $"Message {i}.");
    }

    [Theory]
    [InlineData("simple", 3)]
    [InlineData("issue1189", 4)]
    [InlineData("content-length", 29)]
    public async Task Mailboxes_of_the_corpus_are_parted_where_they_should(string name, int expected)
    {
        Assert.SkipWhen(Corpus.Folder is null, "The corpus is not here.");
        await using var file = File.OpenRead(Path.Combine(Corpus.Folder, "mail", "mimekit", "mbox", $"{name}.mbox.txt"));
        var count = 0;
        await foreach (var message in new MboxReader(file).ReadAsync(name, Cancellation))
            count++;
        Assert.Equal(expected, count);
    }

    private static async Task<List<byte[]>> RoundTripAsync(IEnumerable<byte[]> messages)
    {
        using var file = new MemoryStream();
        var writer = new MboxWriter(file);
        foreach (var message in messages)
            await writer.WriteAsync(new Trickle(new MemoryStream(message)), "an@example.vn", DateTimeOffset.UnixEpoch, Cancellation);
        Assert.False(file.ToArray().AsSpan().IndexOf("\r\n"u8) >= 0);
        file.Position = 0;
        var read = new List<byte[]>();
        await foreach (var message in new MboxReader(new Trickle(file)).ReadAsync("x", Cancellation))
        {
            using var copy = new MemoryStream();
            await message.CopyAsync((bytes, token) => copy.WriteAsync(bytes, token), Cancellation);
            read.Add(copy.ToArray());
        }
        return read;
    }

    private static async Task<List<(string Text, DateTimeOffset? Received, string Place)>> ReadAsync(string text)
    {
        var messages = new List<(string, DateTimeOffset?, string)>();
        await foreach (var message in new MboxReader(new MemoryStream(Encoding.UTF8.GetBytes(text))).ReadAsync("x.mbox", Cancellation))
        {
            using var copy = new MemoryStream();
            await message.CopyAsync((bytes, token) => copy.WriteAsync(bytes, token), Cancellation);
            messages.Add((Encoding.UTF8.GetString(copy.ToArray()), message.Received, message.Place));
        }
        return messages;
    }

    /// <summary>A stream that gives pieces of odd sizes.</summary>
    private sealed class Trickle(MemoryStream inner) : Stream
    {
        private int turn;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 1 + (turn++ * 7919 % 5000)));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + (turn++ * 7919 % 5000))], cancellationToken);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
