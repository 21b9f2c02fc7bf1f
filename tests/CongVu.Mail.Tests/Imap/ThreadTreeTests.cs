using CongVu.Mail.Imap;
using CsCheck;

namespace CongVu.Mail.Tests.Imap;

public sealed class ThreadTreeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_message_is_in_one_thread_once_whatever_it_refers_to() =>
        Gen.Select(Gen.Int[0, 8], Gen.Int[0, 8].Array[0, 4], Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 5]).Array[0, 14].Sample(random =>
        {
            ThreadMessage[] messages = [.. random.Select((r, i) => Message((uint)i + 1, r.Item1 == 0 ? null : $"m{r.Item1}", [.. r.Item2.Select(reference => $"m{reference}")], r.Item3 == 0 ? "" : $"s{r.Item3}", r.Item4, r.Item5))];
            foreach (var threads in (IReadOnlyList<ThreadNode>[])[ThreadTree.ByReferences(messages), ThreadTree.BySubject(messages)])
                Assert.Equal(messages.Select(m => m.Number), Numbers(threads).Order());
        });

    [Fact]
    public void Replies_follow_what_they_answer_and_a_missing_message_holds_its_replies_together()
    {
        var threads = ThreadTree.ByReferences(
        [
            Message(1, "a", [], "x", false, 1),
            Message(2, "b", ["a"], "x", true, 2),
            Message(3, "c", ["gone"], "y", true, 3),
            Message(4, "d", ["gone"], "y", true, 4),
        ]);
        Assert.Equal("(1 2)((3)(4))", string.Concat(threads.Select(Text)));
    }

    [Fact]
    public void Threads_of_one_subject_become_one()
    {
        var threads = ThreadTree.ByReferences(
        [
            Message(1, "a", [], "x", false, 1),
            Message(2, "b", [], "x", true, 2),
            Message(3, "c", [], "z", false, 3),
            Message(4, "d", [], "z", false, 4),
        ]);
        Assert.Equal("(1 2)((3)(4))", string.Concat(threads.Select(Text)));
    }

    [Fact]
    public void A_chain_of_fifty_thousand_replies_is_followed()
    {
        const int length = 50_000;
        ThreadMessage[] messages = [.. Enumerable.Range(1, length).Select(i => Message((uint)i, $"m{i}", [$"m{i - 1}"], "s", true, i))];
        Assert.Equal(length, Numbers(ThreadTree.ByReferences(messages)).Count());
        Array.Reverse(messages);
        Assert.Equal(length, Numbers(ThreadTree.ByReferences(messages)).Count());
    }

    private static ThreadMessage Message(uint number, string? id, string[] references, string subject, bool isReply, int day) => new(number, Start.AddDays(day), id, references, subject, isReply);

    private static IEnumerable<uint> Numbers(IReadOnlyList<ThreadNode> threads)
    {
        var open = new Stack<ThreadNode>(threads);
        while (open.TryPop(out var node))
        {
            if (node.Message is { } message)
                yield return message.Number;
            foreach (var child in node.Children)
                open.Push(child);
        }
    }

    private static string Text(ThreadNode node) => $"({Inside(node)})";

    private static string Inside(ThreadNode node)
    {
        var number = node.Message?.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
        return node.Children.Count switch
        {
            0 => number,
            1 => $"{number} {Inside(node.Children[0])}",
            _ => $"{number}{(number.Length > 0 ? " " : "")}{string.Concat(node.Children.Select(Text))}",
        };
    }
}
