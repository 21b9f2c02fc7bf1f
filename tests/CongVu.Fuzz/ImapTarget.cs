using System.Buffers;
using System.Text;
using CongVu.Formats.Imap;

namespace CongVu.Fuzz;

/// <summary>Whatever a client sends is framed within the limits and read, or refused with words; nothing is thrown.</summary>
internal static class ImapTarget
{
    private delegate void Reading(ref ImapReader reader);

    private static readonly Reading[] Readings =
    [
        (ref r) => FetchArguments.Read(ref r, uid: false), (ref r) => FetchArguments.Read(ref r, uid: true), (ref r) => StoreArguments.Read(ref r), (ref r) => CopyArguments.Read(ref r),
        (ref r) => SearchArguments.Read(ref r), (ref r) => SortArguments.Read(ref r), (ref r) => ThreadArguments.Read(ref r), (ref r) => ListArguments.Read(ref r), (ref r) => StatusArguments.Read(ref r),
        (ref r) => SelectArguments.Read(ref r), (ref r) => MailboxArguments.Read(ref r), (ref r) => CreateArguments.Read(ref r), (ref r) => RenameArguments.Read(ref r), (ref r) => AppendArguments.Read(ref r),
        (ref r) => ReplaceArguments.Read(ref r), (ref r) => AclArguments.Read(ref r, withRights: true), (ref r) => QuotaArguments.Read(ref r, withLimits: true), (ref r) => LoginArguments.Read(ref r),
        (ref r) => AuthenticateArguments.Read(ref r), (ref r) => EnableArguments.Read(ref r), (ref r) => IdArguments.Read(ref r),
    ];

    internal static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "a FETCH 1:*,3 (FLAGS BODY.PEEK[1.2.HEADER.FIELDS (To \"Cc\")]<0.10> BINARY.SIZE[1] PREVIEW (LAZY)) (CHANGEDSINCE 5 VANISHED)\r\n",
            "a UID SEARCH RETURN (MIN MAX PARTIAL 1:10) CHARSET UTF-8 (OR NOT SEEN (SUBJECT {3+}\r\nabc UID 1:5)) OLDER 10 MODSEQ \"/flags/\\\\draft\" all 6 $\r\n",
            "a STORE 1 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen $Label)\r\n", "a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (\"%\" \"A&AOk-*\") RETURN (STATUS (MESSAGES SIZE) MYRIGHTS)\r\n",
            "a SELECT \"H&AOk-p\" (QRESYNC (1 2 1:5 (1 2)) CONDSTORE)\r\n", "a APPEND INBOX (\\Seen) \"02-Mar-2026 08:00:00 +0700\" {10+}\r\n", "a SORT (REVERSE DATE SUBJECT) UTF-8 ALL\r\n", "a THREAD REFERENCES UTF-8 ALL\r\n", "a ID (\"name\" \"x\" \"v\" NIL)\r\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    internal static readonly string[] Words = ["(", ")", "\"", "\\", "{5}\r\n", "{5+}\r\n", "~{3}\r\n", "{99999999999}", "*", ":", ",", "NIL", "1:*", "4294967295", "BODY[", "]", "<0.5>", "NOT ", "OR ", "&-", "&AOk", "$", "\r\n", "\0", "ệ", "RETURN (", "PARTIAL -1:-5", "UID "];

    internal static void Run(byte[] input)
    {
        foreach (var limits in new[] { CommandLimits.Stranger, CommandLimits.SignedIn })
        {
            var framer = new CommandFramer(limits);
            var status = framer.Scan(new ReadOnlySequence<byte>(input));
            while (status == FrameStatus.AwaitsContinuation)
                status = framer.Scan(new ReadOnlySequence<byte>(input));
            Assert.True(framer.Length <= input.Length);
        }
        foreach (var utf8 in new[] { false, true })
        {
            foreach (var reading in Readings)
            {
                var reader = new ImapReader(input, utf8);
                _ = CommandHead.Read(ref reader);
                reading(ref reader);
            }
        }
    }
}
