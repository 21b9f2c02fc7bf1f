using System.Diagnostics;

namespace CongVu.Governance.Documents;

/// <summary>DOCX to PDF by LibreOffice, where it is installed: one at a time, in a folder and with a profile of its own, for a limited time.</summary>
public static class PdfConversion
{
    /// <summary>A page takes a second; the first start of the program some ten.</summary>
    private static readonly TimeSpan AllTime = TimeSpan.FromSeconds(60);

    private static readonly string[] Programs = ["/usr/bin/soffice", "/usr/bin/libreoffice", "/usr/local/bin/soffice", "/opt/libreoffice/program/soffice"];
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>LibreOffice is here.</summary>
    public static bool IsAvailable => Program is not null;

    private static string? Program => Array.Find(Programs, File.Exists);

    /// <summary>The document as PDF; null where LibreOffice is not installed, fails, or takes too long. The DOCX stands for itself then.</summary>
    public static async Task<byte[]?> FromDocxAsync(byte[] docx, CancellationToken cancellationToken)
    {
        if (Program is not { } program)
            return null;
        await Turn.WaitAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("congvu-pdf-").FullName;
        try
        {
            var source = Path.Combine(folder, "document.docx");
            await File.WriteAllBytesAsync(source, docx, cancellationToken);
            using var process = Process.Start(new ProcessStartInfo(program, ["--headless", "--norestore", "--nolockcheck", $"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "--outdir", folder, source])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder,
            });
            if (process is null)
                return null;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(AllTime);
            var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                cancellationToken.ThrowIfCancellationRequested();
                return null;
            }
            await output;
            var made = Path.Combine(folder, "document.pdf");
            return File.Exists(made) ? await File.ReadAllBytesAsync(made, cancellationToken) : null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            Turn.Release();
        }
    }
}
