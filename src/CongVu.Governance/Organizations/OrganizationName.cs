using System.Text;
using CongVu.Formats.Text;
using CongVu.Governance.Addresses;

namespace CongVu.Governance.Organizations;

/// <summary>What the name of a body says: its abbreviation, its kind, the place it is of (A5.1).</summary>
public static class OrganizationName
{
    /// <summary>No body's name is longer; longer cells are mistakes.</summary>
    public const int MaxChars = 250;

    private static readonly System.Buffers.SearchValues<char> Vowels = System.Buffers.SearchValues.Create("aeiouy");
    private static readonly string[] Committee = ["uy", "ban", "nhan", "dan"];
    private static readonly string[][] ProvinceWords = [["tinh"]];
    private static readonly string[][] DistrictWords = [["huyen"], ["quan"], ["thi", "xa"], ["thanh", "pho"], ["tp"], ["tx"], ["h"]];
    private static readonly string[][] CommuneWords = [["xa"], ["phuong"], ["thi", "tran"], ["dac", "khu"], ["p"], ["tt"], ["x"]];
    private static readonly string[][] OfficeWords = [["phong"], ["van", "phong"], ["thanh", "tra"]];

    // Bodies that carry the level in their own name instead of before the place.
    private static readonly (string[] Words, OrganizationKind Kind)[] LevelBodies =
    [
        (["huyen", "uy"], OrganizationKind.DistrictBody), (["thanh", "uy"], OrganizationKind.DistrictBody), (["thi", "uy"], OrganizationKind.DistrictBody),
        (["huyen", "doan"], OrganizationKind.DistrictBody), (["thanh", "doan"], OrganizationKind.DistrictBody), (["thi", "doan"], OrganizationKind.DistrictBody),
    ];

    /// <summary>The words of a name; commas, hyphens, slashes, "&amp;" and brackets only part them.</summary>
    public static IReadOnlyList<string> Words(string name) =>
        AddressLetters.Tidy(name).Split([' ', ',', ';', '-', '–', '—', '/', '&', '(', ')', '"', '“', '”', '.'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// The initials of the words (A5.1a): without "và", without hyphens and commas; acronyms and numbers stay whole. The words are those left after the place at the end was taken off.
    /// </summary>
    /// <param name="words">The words of the name.</param>
    /// <returns>The abbreviation and, beside each word that counts, what it gave.</returns>
    public static (string Abbreviation, IReadOnlyList<(string Word, string Letters)> Parts) Abbreviate(IReadOnlyList<string> words)
    {
        var isAllCapitals = !words.Any(w => w.Any(char.IsLower));
        var parts = new List<(string Word, string Letters)>();
        foreach (var word in words)
        {
            var letters = AddressLetters.Of(word);
            if (letters.Length == 0 || VietnameseFolding.Fold(word) == "va" && word.Length == 2)
                continue;
            parts.Add((word, char.IsAsciiDigit(letters[0]) || IsAcronym(word, letters, isAllCapitals) ? letters : letters[..1]));
        }
        var abbreviation = new StringBuilder();
        foreach (var (_, letters) in parts)
            abbreviation.Append(letters);
        return (abbreviation.ToString(), parts);
    }

    /// <summary>The words without the level and the province at the end: a closed list, "tỉnh" and "tỉnh" with the province's name (A5.1a, as <c>ubnd@</c> shows).</summary>
    public static IReadOnlyList<string> WithoutProvince(IReadOnlyList<string> words, string province)
    {
        var place = Words(province);
        if (words.Count > place.Count + 1 && EndsWith(words, place) && Is(words[^(place.Count + 1)], "tinh"))
            return [.. words.SkipLast(place.Count + 1)];
        return words.Count > 1 && Is(words[^1], "tinh") ? [.. words.SkipLast(1)] : words;
    }

    /// <summary>The words without the place at the end that the address names anyway: "Đắk Mil" or "huyện Đắk Mil".</summary>
    public static IReadOnlyList<string> WithoutPlace(IReadOnlyList<string> words, IReadOnlyList<string> place)
    {
        if (place.Count == 0 || words.Count <= place.Count || !EndsWith(words, place))
            return WithoutLevel(words);
        return WithoutLevel([.. words.SkipLast(place.Count)]);
    }

    /// <summary>The name of the place that a People's Committee is of: "Đắk Mil" of "Ủy ban nhân dân huyện Đắk Mil". A ward that has a number for a name keeps its word.</summary>
    public static IReadOnlyList<string> PlaceOf(string name)
    {
        var words = WithoutCommittee(Words(BeforeComma(name)));
        foreach (var level in CommuneWords.Concat(DistrictWords).Concat(ProvinceWords))
        {
            if (words.Count > level.Length && StartsWith(words, level))
                return char.IsAsciiDigit(words[level.Length][0]) ? words : [.. words.Skip(level.Length)];
        }
        return words;
    }

    /// <summary>The kind that the name suggests, of a body below <paramref name="parent"/>.</summary>
    public static OrganizationKind GuessKind(string name, OrganizationNode? parent)
    {
        var words = Words(BeforeComma(name));
        var isCommittee = WithoutCommittee(words).Count < words.Count;
        var rest = WithoutCommittee(words);
        if (isCommittee)
        {
            return ProvinceWords.Any(w => StartsWith(rest, w)) || rest.Count == 0 ? OrganizationKind.ProvincialPeopleCommittee
                : DistrictWords.Any(w => StartsWith(rest, w)) ? OrganizationKind.DistrictPeopleCommittee
                : OrganizationKind.CommunePeopleCommittee;
        }
        // "Huyện Đắk Mil", "Xã Đắk Sắk": the place stands for its committee.
        if (IsPlace(words, DistrictWords))
            return OrganizationKind.DistrictPeopleCommittee;
        if (IsPlace(words, CommuneWords))
            return OrganizationKind.CommunePeopleCommittee;
        if (parent is { Kind: not OrganizationKind.ProvincialPeopleCommittee })
            return OfficeWords.Any(w => StartsWith(words, w)) ? OrganizationKind.Office : OrganizationKind.SubordinateUnit;
        if (LevelBodies.FirstOrDefault(b => StartsWith(words, b.Words) || (words.Count > 2 && Is(words[0], "van") && Is(words[1], "phong") && StartsWith([.. words.Skip(2)], b.Words))) is { Words: not null } body)
            return body.Kind;
        if (LevelAt(words, CommuneWords) > 0)
            return OrganizationKind.CommuneBody;
        if (LevelAt(words, DistrictWords) > 0)
            return OrganizationKind.DistrictBody;
        return Is(words.Count > 0 ? words[0] : "", "so") ? OrganizationKind.Department : OrganizationKind.ProvincialBody;
    }

    /// <summary>The place that a district's or a commune's body names at its end, without the level: "Đắk Mil" of "Liên đoàn Lao động huyện Đắk Mil" or "Huyện ủy Đắk Mil".</summary>
    public static IReadOnlyList<string> PlaceAtEnd(string name)
    {
        var words = Words(BeforeComma(name));
        foreach (var level in new[] { CommuneWords, DistrictWords })
        {
            if (LevelAt(words, level) is > 0 and var at)
                return [.. words.Skip(at + level.First(l => StartsWith([.. words.Skip(at)], l)).Length)];
        }
        foreach (var (body, _) in LevelBodies)
        {
            for (var i = 0; i + body.Length < words.Count; i++)
            {
                if (StartsWith([.. words.Skip(i)], body))
                    return [.. words.Skip(i + body.Length)];
            }
        }
        return [];
    }

    /// <summary>What follows the first comma when it names the district ("xã Đắk Sắk, huyện Đắk Mil"); null otherwise.</summary>
    public static string? DistrictAfterComma(string name)
    {
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            return null;
        var words = Words(name[(comma + 1)..]);
        return DistrictWords.Any(w => words.Count > w.Length && StartsWith(words, w)) ? AddressLetters.Tidy(name[(comma + 1)..]) : null;
    }

    private static string BeforeComma(string name) => DistrictAfterComma(name) is null ? name : name[..name.IndexOf(',', StringComparison.Ordinal)];

    private static IReadOnlyList<string> WithoutCommittee(IReadOnlyList<string> words) =>
        StartsWith(words, Committee) ? [.. words.Skip(Committee.Length)] : words.Count > 0 && Is(words[0], "ubnd") ? [.. words.Skip(1)] : words;

    private static IReadOnlyList<string> WithoutLevel(IReadOnlyList<string> words)
    {
        foreach (var level in CommuneWords.Concat(DistrictWords))
        {
            if (level[0].Length > 2 && words.Count > level.Length && EndsWith(words, level))
                return [.. words.SkipLast(level.Length)];
        }
        return words.Count > 1 && Is(words[^1], "xa") ? [.. words.SkipLast(1)] : words;
    }

    // The last level word that stands before a place, and behind what the body is; a capital follows it ("xã Đắk Sắk", not "xã hội").
    private static int LevelAt(IReadOnlyList<string> words, string[][] levels)
    {
        for (var i = words.Count - 2; i > 0; i--)
        {
            foreach (var level in levels)
            {
                if (level[0].Length < 2 || i + level.Length >= words.Count || !StartsWith([.. words.Skip(i)], level) || (Is(words[i], "xa") && Is(words[i - 1], "thi")))
                    continue;
                if (char.IsLower(words[i][0]) && (char.IsUpper(words[i + level.Length][0]) || char.IsAsciiDigit(words[i + level.Length][0])))
                    return i;
            }
        }
        return 0;
    }

    private static bool IsPlace(IReadOnlyList<string> words, string[][] levels) =>
        levels.Any(l => l[0] is not ("tp" or "tx" or "tt" or "h" or "p" or "x") && words.Count > l.Length && StartsWith(words, l) && !char.IsLower(words[l.Length][0]));

    // HĐND, UBND, MTTQ stay whole. In a name that is all capitals only words without a vowel can be acronyms, and UBND.
    private static bool IsAcronym(string word, string letters, bool isAllCapitals) =>
        letters.Length > 1 && !word.Any(char.IsLower) && !word.AsSpan().ContainsAny(AddressLetters.Apostrophes) && (!isAllCapitals || letters.AsSpan().IndexOfAny(Vowels) < 0 || letters == "ubnd");

    private static bool Is(string word, string letters) => AddressLetters.Of(word) == letters;

    private static bool StartsWith(IReadOnlyList<string> words, string[] start)
    {
        if (words.Count < start.Length)
            return false;
        for (var i = 0; i < start.Length; i++)
        {
            if (!Is(words[i], start[i]))
                return false;
        }
        return true;
    }

    private static bool EndsWith(IReadOnlyList<string> words, IReadOnlyList<string> end) =>
        words.Count >= end.Count && words.Skip(words.Count - end.Count).Select(w => AddressLetters.Of(w)).SequenceEqual(end.Select(w => AddressLetters.Of(w)));
}
