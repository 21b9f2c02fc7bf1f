using System.Collections.Frozen;
using CongVu.Formats.Text;

namespace CongVu.Governance.Passwords;

/// <summary>
/// Passwords that fall to the first thousand guesses: words that everybody takes, in Vietnamese and English, with a year or 123 behind, keys that lie side by side, one thing written twice.
/// A password is read as a row of such pieces and of other characters; how many pieces it takes is what it is worth.
/// </summary>
internal static class WeakPasswords
{
    /// <summary>Fewer pieces are guessed. "Matkhau@2026" is two, "Mot-mat-khau-10" six.</summary>
    private const int LeastPieces = 5;
    private const int LeastRun = 3;

    // As folded letters; those that are the beginning of others are found by the longest that fits.
    private static readonly FrozenSet<string> Words = FrozenSet.Create(
        // What the thing is.
        "password", "passwd", "pass", "pwd", "matkhau", "matma", "mk", "admin", "administrator", "root", "user", "login", "welcome", "hello", "letmein", "master", "secret", "test", "demo", "guest",
        "default", "change", "changeme", "system", "server", "computer", "internet", "email", "gmail", "zimbra", "mail", "webmail", "outlook", "office", "windows", "google", "facebook", "zalo", "iloveyou", "love",
        "quantri", "quantrivien", "nguoidung", "dangnhap", "taikhoan", "hethong", "maytinh", "thu", "thudientu", "hopthu", "congvu", "thucongvu", "dientu", "xinchao", "chaoban", "chao", "moi", "macdinh", "doimatkhau",
        // Whose it is.
        "vietnam", "vn", "hanoi", "saigon", "hochiminh", "bacho", "tphcm", "danang", "haiphong", "cantho", "hue", "daknong", "daklak", "lamdong", "dalat", "binhthuan", "gianghia", "dakmil", "cujut", "krongno", "daksong", "dakrlap",
        "tuyduc", "dakglong", "taynguyen", "buonmathuot", "nghean", "ninhbinh", "bacninh", "dongthap", "ubnd", "hdnd", "stttt", "ttcntt", "cntt", "snv", "stc", "soyte", "tinhuy", "huyenuy", "tinh", "huyen", "xa", "phuong", "thon",
        "uyban", "nhanhdan", "nhandan", "coquan", "vanphong", "vanthu", "phong", "trungtam", "dangvien", "canbo", "congchuc", "giamdoc", "chutich", "bithu", "lanhdao", "congan", "quandoi", "giaoduc",
        // What people love.
        "anhyeuem", "emyeuanh", "yeuem", "yeuanh", "anh", "em", "yeu", "toiyeu", "toiyeuvietnam", "giadinh", "conyeu", "meyeu", "bome", "hanhphuc", "maiyeu", "motlan", "mai", "hoa", "nguyen", "tran", "pham", "hoang", "minh", "tuan",
        "hung", "dung", "thanh", "linh", "lan", "huong", "thuy", "nam", "long", "tien", "phat", "loc", "tai", "football", "bongda", "baseball", "dragon", "monkey", "superman", "sunshine", "princess", "summer", "winter", "spring", "autumn",
        "mua", "xuan", "ha", "thu", "dong", "monday", "friday", "january", "december", "thang", "nam", "ngay", "tet", "one", "two", "three");

    private static readonly int LongestWord = Words.Max(w => w.Length);

    private static readonly string[] KeyRows =
    [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "qweasdzxc", "147258369", "159357",
    ];

    private static readonly string[] Runs = [.. KeyRows, .. KeyRows.Select(Reversed)];

    /// <summary>The password is one of those that everybody tries.</summary>
    internal static bool IsWeak(string password) => Pieces(Letters(password)) < LeastPieces || Pieces(Unmasked(password)) < LeastPieces;

    /// <summary>Lower case letters without marks, and digits.</summary>
    internal static string Letters(string text) => string.Concat(VietnameseFolding.Fold(text).Where(char.IsLetterOrDigit));

    /// <summary>The same with the signs and digits that stand for letters read as letters ("P@ssw0rd"); a number at the end stays one.</summary>
    internal static string Unmasked(string password)
    {
        var folded = VietnameseFolding.Fold(password);
        var stem = folded.AsSpan().TrimEnd("0123456789!@#$%^&*+-_=?., ");
        var read = string.Concat(stem.ToString().Select(c => c switch { '@' or '4' => 'a', '0' => 'o', '1' or '!' => 'i', '3' => 'e', '$' or '5' => 's', '7' or '+' => 't', _ => c }).Where(char.IsLetterOrDigit));
        return read + string.Concat(folded[stem.Length..].Where(char.IsAsciiDigit));
    }

    internal static string Reversed(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        source.CopyTo(target);
        target.Reverse();
    });

    // The fewest pieces that make the text, piece by piece from its beginning.
    private static int Pieces(string text)
    {
        text = WithoutRepetition(text);
        var fewest = new int[text.Length + 1];
        for (var end = 1; end <= text.Length; end++)
        {
            fewest[end] = fewest[end - 1] + 1;
            for (var length = 2; length <= Math.Min(end, Math.Max(LongestWord, 12)); length++)
            {
                if (fewest[end - length] + 1 < fewest[end] && IsPiece(text.Substring(end - length, length)))
                    fewest[end] = fewest[end - length] + 1;
            }
        }
        return fewest[^1];
    }

    private static bool IsPiece(string piece) =>
        Words.Contains(piece)
        || (piece.Length == 4 && int.TryParse(piece, out var year) && year is > 1939 and < 2100)
        || (piece.Length >= LeastRun && (piece.All(c => c == piece[0]) || Runs.Any(run => run.Contains(piece, StringComparison.Ordinal))));

    // "hoahoahoa" is worth one "hoa".
    private static string WithoutRepetition(string text)
    {
        for (var period = 1; period <= text.Length / 2; period++)
        {
            if (text.AsSpan(period).SequenceEqual(text.AsSpan(0, text.Length - period)))
                return text[..period];
        }
        return text;
    }
}
