using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;
using CongVu.Server.Hosting;
using CongVu.Server.Resources;
using CongVu.Server.Samples;

namespace CongVu.Server.Commands;

/// <summary><c>congvu serve</c>: the server, until a signal ends it.</summary>
internal static class ServeCommand
{
    public static Command Build(CommandContext context)
    {
        var texts = context.Texts;
        var sample = new Option<bool>("--sample") { Description = texts["option.sample"] };
        var command = new Command("serve", texts["help.serve"]) { sample };
        command.SetAction((parsed, token) => RunAsync(context, parsed, parsed.GetValue(sample), token));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, ParseResult parsed, bool withSample, CancellationToken cancellationToken)
    {
        var (texts, output, error) = (context.Texts, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var options = ServerOptions.From(context.Configure(parsed));

        // 1. One server on a data folder.
        using var held = DataFolderLock.TryTake(options.DataFolder) ?? throw new CommandException(texts["serve.locked", options.DataFolder]);

        // 2. What it stands on.
        var certificate = OpenCertificate(context, options);
        if (withSample)
            await FillAsync(texts, options, output, cancellationToken);
        await using var store = await MailStore.OpenAsync(options.Store, TimeProvider.System, cancellationToken);
        if (await FirstStart.EnsureAsync(store, options.Domains, cancellationToken) is { } administrator)
            output.WriteLine(texts["serve.administrator", administrator.Address, administrator.Password]);

        // 3. It listens.
        await using var server = await StartAsync(context, options, store, certificate, cancellationToken);
        await store.SpamWords.RefreshAsync(cancellationToken);
        output.WriteLine(texts["serve.running", options.HostName]);
        CommandContext.WriteTable(output, [.. server.EndPoints.Select(e => new[] { "  " + texts[$"listener.{e.Kind}"], e.EndPoint.ToString() })]);
        if (WebAddress(options.HostName, certificate.IsSelfMade, server.EndPoints) is { } web)
            output.WriteLine(texts["serve.web", web]);
        output.WriteLine(texts["serve.signIn"]);
        output.WriteLine(texts[
            "serve.inspection",
            options.Clamd.Count > 0 ? string.Join(", ", options.Clamd) : texts["serve.noScanner"],
            !options.FilterSpam ? texts["serve.noFilter"] : options.Rspamd is var (scan, _, _) ? $"rspamd ({scan})" : texts["serve.embedded", store.SpamWords.Learned.Spam, store.SpamWords.Learned.Ham],
            texts[$"serve.programs.{options.InspectionPolicy.Programs}"]]);
        if (certificate.IsSelfMade)
            output.WriteLine(texts["serve.selfMade"]);
        await output.FlushAsync(cancellationToken);

        // 4. Until it is told to stop, or must.
        await server.WaitAsync(cancellationToken);
        if (server.StoreFailure is not { } failure)
            return CommandLine.Done;
        error.WriteLine(texts["serve.storeFailed", failure.Message]);
        return CommandLine.Failed;
    }

    /// <summary>Where a browser finds the webmail: without TLS only while nobody but this machine would trust the certificate. Null when nothing listens for it.</summary>
    internal static string? WebAddress(string hostName, bool isSelfMade, IReadOnlyList<(ListenerKind Kind, IPEndPoint EndPoint)> endPoints)
    {
        var web = endPoints.Where(e => e.Kind is ListenerKind.Http or ListenerKind.Https)
            .OrderBy(e => e.Kind == (isSelfMade && IPAddress.IsLoopback(e.EndPoint.Address) ? ListenerKind.Http : ListenerKind.Https) ? 0 : 1).ToList();
        if (web.Count == 0)
            return null;
        var (kind, endPoint) = web[0];
        var host = IPAddress.IsLoopback(endPoint.Address) ? "localhost" : hostName;
        return new UriBuilder(kind == ListenerKind.Https ? "https" : "http", host, endPoint.Port).Uri.ToString();
    }

    // The administrator first, as in any new installation; then the sample, in a store of its own that lives in the past.
    private static async Task FillAsync(Texts texts, ServerOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        await using (var store = await MailStore.OpenAsync(options.Store, TimeProvider.System, cancellationToken))
        {
            if ((await store.Accounts.ListAsync(cancellationToken)).Count > 0)
            {
                output.WriteLine(texts["serve.notNew"]);
                return;
            }
            if (await FirstStart.EnsureAsync(store, options.Domains.Count > 0 ? options.Domains : [SampleOffice.Domain], cancellationToken) is { } administrator)
                output.WriteLine(texts["serve.administrator", administrator.Address, administrator.Password]);
        }
        var password = await SampleInstallation.FillAsync(options.Store, TimeProvider.System.GetUtcNow(), cancellationToken);
        output.WriteLine(texts["serve.sample", password]);
        CommandContext.WriteTable(output, [.. SampleOffice.All.Where(a => !a.IsOrganization).Select(a => new[] { $"  {a.Local}@{SampleOffice.Domain}", a.Name, $"{a.Title}, {a.Body}" })]);
    }

    private static TlsCertificate OpenCertificate(CommandContext context, ServerOptions options)
    {
        try
        {
            return TlsCertificate.Open(options, TimeProvider.System);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(context.Texts["serve.certificate", options.CertificateFile ?? Path.Combine(options.DataFolder, "tls"), error.Message]);
        }
    }

    private static async Task<MailServer> StartAsync(CommandContext context, ServerOptions options, MailStore store, TlsCertificate certificate, CancellationToken cancellationToken)
    {
        try
        {
            return await MailServer.StartAsync(options, store, certificate, TimeProvider.System, logging: null, cancellationToken);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            throw new CommandException(context.Texts["serve.port", error.Message]);
        }
    }
}
