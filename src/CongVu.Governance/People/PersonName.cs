using CongVu.Governance.Addresses;

namespace CongVu.Governance.People;

/// <summary>What a person should look at before the parts of a name are believed.</summary>
[Flags]
public enum NameNotes
{
    /// <summary>An ordinary name: surname first, given name last.</summary>
    None = 0,

    /// <summary>One word: a given name without a surname.</summary>
    OneWord = 1,

    /// <summary>Begins with Y, H', K', Ka, Điểu or Thị, as names of the M'Nông, Ê Đê, Mạ and S'tiêng do: the first word may be no surname.</summary>
    Marker = 2,

    /// <summary>The given name was taken to come before the name of the clan, as the Ê Đê write it.</summary>
    ClanLast = 4,

    /// <summary>A surname of two words or more.</summary>
    CompoundSurname = 8,

    /// <summary>Letters that Vietnamese names do not have: perhaps a foreigner, whose surname may come last.</summary>
    Foreign = 16,

    /// <summary>A title or a remark was left out.</summary>
    TitleDropped = 32,
}

/// <summary>A name in its parts (Civil Code, article 26): họ, chữ đệm, tên. Guessed from the whole name; whoever asks for the mailbox may correct it.</summary>
/// <param name="Surname">Họ; empty when there is none.</param>
/// <param name="Middle">Chữ đệm, syllable by syllable.</param>
/// <param name="Given">Tên.</param>
/// <param name="Notes">What to look at.</param>
public sealed record PersonName(string Surname, IReadOnlyList<string> Middle, string Given, NameNotes Notes = NameNotes.None)
{
    /// <summary>Nobody's name is longer; longer cells are mistakes.</summary>
    public const int MaxChars = 120;

    private static readonly System.Buffers.SearchValues<char> OtherLetters = System.Buffers.SearchValues.Create("fjwz");
    private static readonly System.Buffers.SearchValues<char> OtherSigns = System.Buffers.SearchValues.Create("-øØåÅæÆßłŁ");

    private static readonly HashSet<string> Degrees = ["d/c", "ths", "ts", "gs", "pgs", "bs", "ks", "cn", "bsck1", "bsck2", "bscki", "bsckii"];

    // Words that are surnames as well (Ông Ích Khiêm): only before what is a whole name without them.
    private static readonly HashSet<string> Courtesies = ["ông", "bà"];

    // As folded letters; the longest that fits wins.
    private static readonly string[][] CompoundSurnames =
    [
        ["cong", "tang", "ton", "nu"], ["cong", "huyen", "ton", "nu"], ["ton", "that"], ["ton", "nu"], ["hoang", "phu"], ["au", "duong"],
        ["ro", "cham"], ["ro", "mah"], ["ro", "lan"], ["ro", "o"], ["ko", "sa"], ["lieng", "hot"],
    ];

    private static readonly HashSet<string> Clans =
    [
        "nie", "mlo", "eban", "bya", "kbuor", "ksor", "ecam", "adrong", "ayun", "hwing", "bkrong", "kpa", "kpor", "ktul", "knul", "ktla", "enuol", "hmok", "buon", "kman", "kdoh", "hdrue", "hra", "preng", "ya",
    ];

    private static readonly HashSet<string> Markers = ["y", "h", "k", "ka", "dieu", "thi"];

    /// <summary>The parts once more as one name, in the order of the parts.</summary>
    public override string ToString() => string.Join(' ', new[] { Surname, string.Join(' ', Middle), Given }.Where(p => p.Length > 0));

    /// <summary>Guesses the parts of a whole name; null when it has no letter.</summary>
    public static PersonName? Guess(string fullName)
    {
        var notes = NameNotes.None;
        var text = AddressLetters.Tidy(fullName.Length > MaxChars ? fullName[..MaxChars] : fullName);
        if (text.IndexOf('(', StringComparison.Ordinal) is >= 0 and var remark)
        {
            text = text[..remark].TrimEnd();
            notes |= NameNotes.TitleDropped;
        }
        var words = Words(text);
        while (words.Count > 2 && IsTitle(words))
        {
            words.RemoveAt(0);
            notes |= NameNotes.TitleDropped;
        }
        words.RemoveAll(w => AddressLetters.Of(w).Length == 0 && !AddressLetters.HasOtherScript(w));
        if (words.Count == 0)
            return null;
        if (words.Exists(IsForeign))
            notes |= NameNotes.Foreign;

        var letters = words.ConvertAll(w => AddressLetters.Of(w));
        if (Markers.Contains(letters[0]) || (HasMarker(words[0]) && words[0].Length > 1))
            notes |= NameNotes.Marker;
        if (words.Count == 1)
            return new("", [], words[0], notes | NameNotes.OneWord);

        // Ê Đê and M'Nông with a clan: the given name comes first (Y Ngông Niê Kdăm, H'Hen Niê).
        if (letters[0] == "y" && words.Count >= 3 && Clans.Contains(letters[2]))
            return new(string.Join(' ', words[2..]), [words[0]], words[1], notes | NameNotes.ClanLast);
        if (HasMarker(words[0]) && letters[0][0] == 'h' && Clans.Contains(letters[1]))
            return new(string.Join(' ', words[1..]), [], words[0], notes | NameNotes.ClanLast);

        var surname = 1;
        foreach (var compound in CompoundSurnames)
        {
            if (surname == 1 && words.Count > compound.Length && compound.AsSpan().SequenceEqual(letters[..compound.Length].ToArray()))
                surname = compound.Length;
        }
        if (surname > 1)
            notes |= NameNotes.CompoundSurname;
        return new(string.Join(' ', words[..surname]), words[surname..^1], words[^1], notes);
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var word = part.Trim(',', ';', '.');
            // "H' Hen", "K' Brếp" and "H Bê": the sign belongs to the name that follows.
            if (words.Count > 0 && AddressLetters.Of(words[^1]) is "h" or "k" && (HasMarker(words[^1]) || words.Count == 1))
                words[^1] = words[^1].TrimEnd('\'', '’', '‘', 'ʼ', '`', '´', '′') + "'" + word;
            else if (word.Length > 2 && word[1] == '-' && char.ToLowerInvariant(word[0]) is 'h' or 'k')
                words.Add($"{word[0]}'{word[2..]}");
            else if (word.Length > 2 && word[1] == '-' && char.ToLowerInvariant(word[0]) == 'y')
                words.AddRange([word[..1], word[2..]]);
            else if (word.Length > 0)
                words.Add(word);
        }
        return words;
    }

    private static bool HasMarker(string word) => word.Length >= 2 && AddressLetters.Apostrophes.Contains(word[1]) && char.ToLowerInvariant(word[0]) is 'h' or 'k';

    private static bool IsTitle(List<string> words) =>
        Degrees.Contains(CongVu.Formats.Text.VietnameseFolding.Fold(words[0]).Replace(".", "", StringComparison.Ordinal)) || (words.Count > 3 && Courtesies.Contains(words[0].ToLowerInvariant()));

    // Vietnamese has no f, j, w, z and no hyphen in a name; names of the minorities have j and w beside their signs, which is why this only asks to look.
    private static bool IsForeign(string word) => AddressLetters.Of(word).AsSpan().IndexOfAny(OtherLetters) >= 0 || word.AsSpan().IndexOfAny(OtherSigns) >= 0
        || (word.Length > 2 && AddressLetters.Apostrophes.Contains(word[1]) && char.ToLowerInvariant(word[0]) == 'o') || AddressLetters.HasOtherScript(word);
}
