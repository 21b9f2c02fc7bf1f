namespace CongVu.Server.Tests;

/// <summary>The folder of the sources that these tests were built from.</summary>
internal static class Repository
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CongVu.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("The tests do not run inside their repository.");
    }
}
