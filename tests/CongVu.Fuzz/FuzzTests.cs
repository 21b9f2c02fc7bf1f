using System.Diagnostics;
using System.Globalization;
using System.Text;
using CongVu.Formats.Tests;

namespace CongVu.Fuzz;

/// <summary>
/// Runs each target on made inputs: some thousands in the test run, or for the minutes that FUZZ_MINUTES says, from the number that FUZZ_FROM says on.
/// A failure names the input's number.
/// </summary>
public sealed class FuzzTests
{
    private const int Inputs = 3000;

    [Fact]
    public void Message_facts() => Run(FactsTarget.Run, [.. FactsTarget.Seeds, .. Corpus.Messages(200).Select(m => m.Bytes).Where(b => b.Length < 20_000)], FactsTarget.Words);

    [Fact]
    public void Smtp_commands_and_data() => Run(SmtpTarget.Run, SmtpTarget.Seeds, SmtpTarget.Words);

    [Fact]
    public void Imap_commands() => Run(ImapTarget.Run, ImapTarget.Seeds, ImapTarget.Words);

    private static void Run(Action<byte[]> target, IReadOnlyList<byte[]> seeds, IReadOnlyList<string> words)
    {
        var mutator = new Mutator(seeds, words);
        var minutes = double.Parse(Environment.GetEnvironmentVariable("FUZZ_MINUTES") ?? "0", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("FUZZ_FROM") ?? "0", CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        var number = first;
        for (; number < first + Inputs || watch.Elapsed.TotalMinutes < minutes; number++)
        {
            var input = mutator.Make(number);
            try
            {
                target(input);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Input {number}: {Convert.ToHexString(input.AsSpan(0, Math.Min(400, input.Length)))} {Encoding.Latin1.GetString(input, 0, Math.Min(400, input.Length))}", error);
            }
        }
        TestContext.Current.SendDiagnosticMessage($"{number - first} inputs in {watch.Elapsed}");
    }
}
