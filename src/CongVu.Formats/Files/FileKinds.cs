using System.Collections.Frozen;
using System.Text;

namespace CongVu.Formats.Files;

/// <summary>The table of kinds: which are in circular 39/2017's list, and which run.</summary>
public static class FileKinds
{
    internal static readonly FileKind Unknown = new("unknown", "không rõ định dạng", InCircular: false);
    internal static readonly FileKind ByName = new("program-by-name", "tệp mang tên chương trình", false, IsExecutable: true);

    // 3.1-3.6: texts, tables, presentations, pages.
    internal static readonly FileKind Text = Standard("txt", "văn bản thuần");
    internal static readonly FileKind Csv = Standard("csv", "bảng CSV");
    internal static readonly FileKind Html = Standard("html", "HTML");
    internal static readonly FileKind Xml = Standard("xml", "XML");
    internal static readonly FileKind Json = Standard("json", "JSON");
    internal static readonly FileKind Rtf = Standard("rtf", "RTF", FileContainer.Rtf);
    internal static readonly FileKind Pdf = Standard("pdf", "PDF", FileContainer.Pdf);
    internal static readonly FileKind Docx = Standard("docx", "Word", FileContainer.Zip);
    internal static readonly FileKind Xlsx = Standard("xlsx", "Excel", FileContainer.Zip);
    internal static readonly FileKind Pptx = Standard("pptx", "PowerPoint", FileContainer.Zip);
    internal static readonly FileKind Odt = Standard("odt", "văn bản OpenDocument", FileContainer.Zip);
    internal static readonly FileKind Ods = Standard("ods", "bảng tính OpenDocument", FileContainer.Zip);
    internal static readonly FileKind Odp = Standard("odp", "trình diễn OpenDocument", FileContainer.Zip);
    internal static readonly FileKind Doc = Standard("doc", "Word 97-2003", FileContainer.Compound);
    internal static readonly FileKind Xls = Standard("xls", "Excel 97-2003", FileContainer.Compound);
    internal static readonly FileKind Ppt = Standard("ppt", "PowerPoint 97-2003", FileContainer.Compound);

    // 3.7-3.11: images, sound, video.
    internal static readonly FileKind Jpeg = Standard("jpeg", "ảnh JPEG");
    internal static readonly FileKind Png = Standard("png", "ảnh PNG");
    internal static readonly FileKind Gif = Standard("gif", "ảnh GIF");
    internal static readonly FileKind Tiff = Standard("tiff", "ảnh TIFF");
    internal static readonly FileKind Mpeg = Standard("mpeg", "MPEG");
    internal static readonly FileKind Mp4 = Standard("mp4", "MPEG-4");
    internal static readonly FileKind Mov = Standard("mov", "QuickTime");
    internal static readonly FileKind Mp3 = Standard("mp3", "MP3");
    internal static readonly FileKind Aac = Standard("aac", "AAC");
    internal static readonly FileKind Asf = Standard("asf", "Windows Media");
    internal static readonly FileKind Avi = Standard("avi", "AVI");
    internal static readonly FileKind RealMedia = Standard("rm", "RealMedia");
    internal static readonly FileKind Flash = Standard("swf", "Flash");

    // 3.15 and 4.1: compressed data, signed mail.
    internal static readonly FileKind Zip = Standard("zip", "ZIP", FileContainer.Zip);
    internal static readonly FileKind Gzip = Standard("gz", "GZIP", FileContainer.Gzip);
    internal static readonly FileKind Pkcs7 = Standard("p7", "chữ ký số PKCS#7");
    internal static readonly FileKind Mail = Standard("eml", "thư", FileContainer.Mail);

    // Known, and not in the list.
    internal static readonly FileKind SevenZip = Other("7z", "7-Zip", FileContainer.SevenZip);
    internal static readonly FileKind Rar = Other("rar", "RAR", FileContainer.Rar);
    internal static readonly FileKind Tar = Other("tar", "TAR", FileContainer.Tar);
    internal static readonly FileKind Bzip2 = Other("bz2", "BZIP2", FileContainer.Bzip2);
    internal static readonly FileKind Xz = Other("xz", "XZ", FileContainer.Xz);
    internal static readonly FileKind Arj = Other("arj", "ARJ", FileContainer.Closed);
    internal static readonly FileKind Ace = Other("ace", "ACE", FileContainer.Closed);
    internal static readonly FileKind Lzh = Other("lzh", "LZH", FileContainer.Closed);
    internal static readonly FileKind Zstd = Other("zst", "Zstandard", FileContainer.Closed);
    internal static readonly FileKind Lzip = Other("lz", "LZIP", FileContainer.Closed);
    internal static readonly FileKind Compress = Other("z", "compress", FileContainer.Closed);
    internal static readonly FileKind Tnef = Other("tnef", "winmail.dat", FileContainer.Tnef);
    internal static readonly FileKind Msg = Other("msg", "thư Outlook", FileContainer.Compound);
    internal static readonly FileKind Visio = Other("vsd", "Visio", FileContainer.Compound);
    internal static readonly FileKind Compound = Other("ole", "tệp phức hợp OLE", FileContainer.Compound);
    internal static readonly FileKind Package = Other("opc", "gói Office", FileContainer.Zip);
    internal static readonly FileKind OpenDocument = Other("odf", "OpenDocument khác", FileContainer.Zip);
    internal static readonly FileKind Epub = Other("epub", "EPUB", FileContainer.Zip);
    internal static readonly FileKind OneNote = Other("one", "OneNote");
    internal static readonly FileKind Bmp = Other("bmp", "ảnh BMP");
    internal static readonly FileKind WebP = Other("webp", "ảnh WebP");
    internal static readonly FileKind Heic = Other("heic", "ảnh HEIC");
    internal static readonly FileKind Svg = Other("svg", "ảnh SVG");
    internal static readonly FileKind Wav = Other("wav", "âm thanh WAV");
    internal static readonly FileKind Ogg = Other("ogg", "Ogg");
    internal static readonly FileKind Flac = Other("flac", "FLAC");
    internal static readonly FileKind Matroska = Other("mkv", "Matroska");
    internal static readonly FileKind Dwg = Other("dwg", "bản vẽ DWG");
    internal static readonly FileKind Psd = Other("psd", "Photoshop");
    internal static readonly FileKind PostScript = Other("ps", "PostScript");
    internal static readonly FileKind Calendar = Other("ics", "lịch iCalendar");
    internal static readonly FileKind Database = Other("mdb", "cơ sở dữ liệu Access");
    internal static readonly FileKind Sqlite = Other("sqlite", "cơ sở dữ liệu SQLite");

    // What runs (A12.6).
    internal static readonly FileKind Windows = Runs("exe", "chương trình Windows");
    internal static readonly FileKind Dos = Runs("com", "chương trình DOS");
    internal static readonly FileKind Elf = Runs("elf", "chương trình Linux");
    internal static readonly FileKind MachO = Runs("macho", "chương trình macOS");
    internal static readonly FileKind JavaClass = Runs("class", "lớp Java");
    internal static readonly FileKind Jar = Runs("jar", "chương trình Java");
    internal static readonly FileKind Android = Runs("apk", "ứng dụng Android");
    internal static readonly FileKind Dalvik = Runs("dex", "mã Android");
    internal static readonly FileKind WebAssembly = Runs("wasm", "WebAssembly");
    internal static readonly FileKind Script = Runs("script", "kịch bản lệnh");
    internal static readonly FileKind HtmlApplication = Runs("hta", "ứng dụng HTML");
    internal static readonly FileKind Shortcut = Runs("lnk", "lối tắt Windows");
    internal static readonly FileKind InternetShortcut = Runs("url", "lối tắt Internet");
    internal static readonly FileKind DesktopEntry = Runs("desktop", "lối tắt Linux");
    internal static readonly FileKind Installer = Runs("msi", "bộ cài đặt Windows");
    internal static readonly FileKind LinuxPackage = Runs("pkg", "gói cài đặt Linux");
    internal static readonly FileKind MacPackage = Runs("xar", "bộ cài đặt macOS");
    internal static readonly FileKind Cabinet = Runs("cab", "tệp nén CAB");
    internal static readonly FileKind Help = Runs("chm", "trợ giúp CHM");
    internal static readonly FileKind Registry = Runs("reg", "tệp Registry");
    internal static readonly FileKind OpticalImage = Runs("iso", "ảnh đĩa ISO");
    internal static readonly FileKind DiskImage = Runs("img", "ảnh đĩa");

    // Names by which Windows, macOS or Linux would run, install or mount what is in the file.
    private static readonly FrozenSet<string> Dangerous = (
        "exe scr pif cpl dll ocx sys drv bat cmd ps1 ps1xml ps2 ps2xml psc1 psc2 psm1 psd1 cdxml pssc vb vbs vbe js jse mjs ws wsf wsc wsh sct hta msi msp mst msc msu msix msixbundle appx appxbundle "
        + "appinstaller application gadget jar class jnlp apk aab xapk ipa dex lnk scf url website inf ins isp reg chm hlp iso img vhd vhdx vmdk vdi dmg udf wim cab diagcab xll wll xla xlam ppa ppam wiz "
        + "xpi crx deb rpm run sh bash csh ksh zsh command app workflow pkg mpkg elf so py pyc pyw pyz rb pl pm php phar settingcontent-ms library-ms search-ms searchconnector-ms appref-ms theme themepack "
        + "deskthemepack ade adp mde accde mda mam maq mar mas mat mau mav maw osd grp prg prf vxd shb shs desktop").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> MacroNames = "docm dotm xlsm xltm xlsb pptm potm ppsm sldm".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Windows would run, install or mount a file of this name.</summary>
    public static bool RunsByName(string name) => Dangerous.Contains(ExtensionOf(name));

    /// <summary>The name says that a document has macros.</summary>
    internal static bool HasMacrosByName(string name) => MacroNames.Contains(ExtensionOf(name));

    /// <summary>What a desktop takes for the extension of a name, in lower case: marks of direction, and spaces and dots at the end, do not hide it.</summary>
    internal static string ExtensionOf(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var c in name.IsNormalized(NormalizationForm.FormKC) ? name : name.Normalize(NormalizationForm.FormKC))
        {
            if (!char.IsControl(c) && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.Format)
                clean.Append(char.ToLowerInvariant(c));
        }
        // An alternate stream of NTFS: "a.exe::$DATA" is a.exe.
        var text = clean.ToString();
        if (text.IndexOf(':', 2 < text.Length ? 2 : text.Length) is var stream and > 0)
            text = text[..stream];
        text = text.TrimEnd(' ', '.', '"', '\'');
        var dot = text.LastIndexOf('.');
        return dot < 0 ? "" : text[(dot + 1)..].Trim();
    }

    private static FileKind Standard(string id, string name, FileContainer container = FileContainer.None) => new(id, name, InCircular: true, Container: container);

    private static FileKind Other(string id, string name, FileContainer container = FileContainer.None) => new(id, name, InCircular: false, Container: container);

    private static FileKind Runs(string id, string name) => new(id, name, InCircular: false, IsExecutable: true);
}
