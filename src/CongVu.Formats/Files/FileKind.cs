namespace CongVu.Formats.Files;

/// <summary>How a file is opened to see what is inside.</summary>
public enum FileContainer
{
    /// <summary>It holds no other files.</summary>
    None,

    /// <summary>ZIP, and everything built on it: Office Open XML, OpenDocument, JAR.</summary>
    Zip,

    /// <summary>7-Zip.</summary>
    SevenZip,

    /// <summary>RAR.</summary>
    Rar,

    /// <summary>tar.</summary>
    Tar,

    /// <summary>gzip: one file.</summary>
    Gzip,

    /// <summary>bzip2: one file.</summary>
    Bzip2,

    /// <summary>xz: one file.</summary>
    Xz,

    /// <summary>A compound file: documents of older Office, Outlook's messages, installers.</summary>
    Compound,

    /// <summary>Rich text, which may carry packages.</summary>
    Rtf,

    /// <summary>PDF, which may carry files.</summary>
    Pdf,

    /// <summary>A message.</summary>
    Mail,

    /// <summary>Outlook's winmail.dat.</summary>
    Tnef,

    /// <summary>An archive that is not opened here.</summary>
    Closed,
}

/// <summary>A kind of file, as its content shows it.</summary>
/// <param name="Id">A short name that configuration uses: "docx".</param>
/// <param name="Name">What people call it.</param>
/// <param name="InCircular">Among the file formats of circular 39/2017/TT-BTTTT (its items 3.1-3.15 and 4.1) (A4).</param>
/// <param name="IsExecutable">It runs, installs, or brings what runs (A12.6).</param>
/// <param name="Container">How to look inside.</param>
public sealed record FileKind(string Id, string Name, bool InCircular, bool IsExecutable = false, FileContainer Container = FileContainer.None);

/// <summary>What is to be said against a file, the lightest first.</summary>
public enum FileConcern
{
    /// <summary>Its format is not in the circular's list (A4).</summary>
    OutsideList,

    /// <summary>It cannot be looked into: encrypted (A12.6).</summary>
    Encrypted,

    /// <summary>It cannot be looked into: damaged, of a kind that is not opened, or beyond a limit.</summary>
    Unreadable,

    /// <summary>A document with macros, packages or a template from elsewhere (A12.6).</summary>
    ActiveContent,

    /// <summary>It runs (A12.6).</summary>
    Executable,
}

/// <summary>Something to be said against one file.</summary>
/// <param name="Concern">What.</param>
/// <param name="Path">The file's name, with those it lies in: "a.zip/b.exe".</param>
/// <param name="Kind">What it is.</param>
public sealed record FileFinding(FileConcern Concern, string Path, FileKind Kind);
