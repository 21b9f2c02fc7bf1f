using System.Text;

namespace CongVu.Formats.Mime;

/// <summary>The eight-bit Vietnamese charsets of the time before Unicode. VISCII is RFC 1456's; TCVN 5712:1993 ("TCVN3", ABC fonts) and VNI are as their fonts draw them.</summary>
internal static class VietnameseTables
{
    /// <summary>RFC 1456: six control characters and all of the upper half are letters.</summary>
    internal static readonly string Viscii = Build(
        ((byte)0x02, "Ẳ"), ((byte)0x05, "Ẵ"), ((byte)0x06, "Ẫ"), ((byte)0x14, "Ỷ"), ((byte)0x19, "Ỹ"), ((byte)0x1E, "Ỵ"),
        ((byte)0x80,
            "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ" +
            "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ" +
            "Õắằặấầẩậẽẹếềểễệố" +
            "ồổỗỠƠộờởịỰỨỪỬơớƯ" +
            "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ" +
            "ĐứÒÓÔạỷừửÙÚỹỵÝỡư" +
            "àáâãảăữẫèéêẻìíĩỉ" +
            "đựòóôõỏọụùúũủýợỮ"));

    /// <summary>TCVN 5712:1993 as its fonts have it: capitals with tone marks are drawn by a second font and arrive as small letters.</summary>
    internal static readonly string Tcvn3 = Build(
        ((byte)0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"),
        ((byte)0xB5, "àảãáạ"),
        ((byte)0xBB, "ằẳẵắ"),
        ((byte)0xC6, "ặầẩẫấậè"),
        ((byte)0xCE, "ẻẽéẹềểễếệìỉ"),
        ((byte)0xDC, "ĩíịò"),
        ((byte)0xE1, "ỏõóọồổỗốộờởỡớợù"),
        ((byte)0xF1, "ủũúụừửữứựỳỷỹýỵ"));

    // VNI writes a base letter and then a byte for its marks; a few letters have a byte of their own.
    private static readonly Dictionary<char, string> VniMarks = new()
    {
        ['ù'] = "\u0301", ['ø'] = "\u0300", ['û'] = "\u0309", ['õ'] = "\u0303", ['ï'] = "\u0323",
        ['â'] = "\u0302", ['á'] = "\u0302\u0301", ['à'] = "\u0302\u0300", ['å'] = "\u0302\u0309", ['ã'] = "\u0302\u0303", ['ä'] = "\u0302\u0323",
        ['ê'] = "\u0306", ['é'] = "\u0306\u0301", ['è'] = "\u0306\u0300", ['ú'] = "\u0306\u0309", ['ü'] = "\u0306\u0303", ['ë'] = "\u0306\u0323",
    };

    private static readonly Dictionary<char, string> VniLetters = new()
    {
        ['ñ'] = "đ", ['Ñ'] = "Đ", ['ô'] = "ơ", ['Ô'] = "Ơ", ['ö'] = "ư", ['Ö'] = "Ư", ['í'] = "í", ['ì'] = "ì", ['æ'] = "ỉ", ['ó'] = "ĩ", ['ò'] = "ị",
        ['Í'] = "Í", ['Ì'] = "Ì", ['Æ'] = "Ỉ", ['Ó'] = "Ĩ", ['Ò'] = "Ị", ['î'] = "ỵ", ['Î'] = "Ỵ",
    };

    internal static string Decode(ReadOnlySpan<byte> bytes, string table)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
            text.Append(table[b]);
        return text.ToString();
    }

    internal static string DecodeVni(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
        {
            var c = (char)b;
            var lower = char.ToLowerInvariant(c);
            if (VniMarks.TryGetValue(lower, out var marks) && text.Length > 0 && "aeouyơưAEOUYƠƯ".Contains(text[^1], StringComparison.Ordinal))
                text.Append(marks);
            else if (VniLetters.TryGetValue(c, out var letter))
                text.Append(letter);
            else
                text.Append(c);
        }
        return text.ToString();
    }

    private static string Build(params (byte From, string Letters)[] runs)
    {
        var table = new char[256];
        for (var i = 0; i < table.Length; i++)
            table[i] = (char)i;
        foreach (var (from, letters) in runs)
            letters.CopyTo(0, table, from, letters.Length);
        return new(table);
    }
}
