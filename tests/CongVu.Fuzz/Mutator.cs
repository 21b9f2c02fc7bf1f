namespace CongVu.Fuzz;

/// <summary>
/// Makes inputs from seeds: bytes changed, taken out, doubled, joined with another seed, or words of the format put in. The same number gives the same
/// input, so a finding is repeated by its number.
/// </summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, IReadOnlyList<string> words)
{
    private const int MaxBytes = 20_000;

    internal byte[] Make(int number)
    {
        var random = new Random(number);
        var input = new List<byte>(seeds[random.Next(seeds.Count)].Take(MaxBytes));
        for (var changes = random.Next(1, 12); changes > 0; changes--)
            Change(input, random);
        return [.. input.Take(MaxBytes)];
    }

    private void Change(List<byte> input, Random random)
    {
        var at = random.Next(input.Count + 1);
        var length = Math.Min(random.Next(1, 40), input.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 1 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when length > 0:
                input.RemoveRange(at, length);
                break;
            case 3 when length > 0:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 4:
                var other = seeds[random.Next(seeds.Count)];
                var from = random.Next(other.Length + 1);
                input.InsertRange(at, other.Skip(from).Take(random.Next(200)));
                break;
            case 5:
                input.RemoveRange(at, input.Count - at);
                break;
            default:
                input.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(words[random.Next(words.Count)]));
                break;
        }
    }
}
