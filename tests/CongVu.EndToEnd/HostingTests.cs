using System.Net.Sockets;
using System.Text;
using CongVu.Mail.Tests.Store;
using CongVu.Server.Configuration;
using CongVu.Server.Hosting;
using MailKit;
using MailKit.Security;
using MimeKit;

namespace CongVu.EndToEnd;

public sealed class HostingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_and_the_front_page_are_served_with_and_without_tls()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => server.IsOwn(certificate) };
        using var client = new HttpClient(handler);
        Assert.Equal("ok\n", await client.GetStringAsync($"http://127.0.0.1:{server.Port(ListenerKind.Http)}/healthz", Cancellation));
        Assert.Contains("Thư Công Vụ", await client.GetStringAsync($"https://127.0.0.1:{server.Port(ListenerKind.Https)}/", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_takes_one_server()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        Assert.Null(DataFolderLock.TryTake(server.DataFolder));
    }

    [Fact]
    public async Task Commands_work_while_the_server_runs()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var an = await server.PersonAsync("an", Cancellation);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var account = (await server.Store.Accounts.FindAsync(an, Cancellation))!;
        using var subscription = server.Store.Changes.Subscribe(account.Id, _ => told.TrySetResult());
        var file = Path.Combine(server.Folder, "a.eml");
        await File.WriteAllTextAsync(file, "Subject: x\n\n", Cancellation);
        await server.CommandAsync(Cancellation, "import", an, file);
        // The one who waits for changes hears of it, although another store object has written.
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal(1, (await server.Store.Accounts.FindAsync(account.Id, Cancellation))!.MessageCount);
    }

    [Fact]
    public async Task Sessions_that_wait_are_told_when_the_server_stops()
    {
        TcpClient smtp = new(), imap = new();
        using (smtp)
        using (imap)
        {
            Task<string> said, saidByImap;
            await using (var server = await RunningServer.StartAsync(Cancellation))
            {
                await smtp.ConnectAsync("127.0.0.1", server.Port(ListenerKind.Smtp), Cancellation);
                await imap.ConnectAsync("127.0.0.1", server.Port(ListenerKind.Imap), Cancellation);
                said = AllAsync(smtp);
                saidByImap = AllAsync(imap);
                await Task.WhenAll(ReadyAsync(server, ListenerKind.Smtp), ReadyAsync(server, ListenerKind.Imap));
            }
            Assert.EndsWith("421 4.3.2 The server is stopping\r\n", await said, StringComparison.Ordinal);
            Assert.Contains("* BYE ", await saidByImap, StringComparison.Ordinal);
        }

        static Task<string> AllAsync(TcpClient client) => new StreamReader(client.GetStream(), Encoding.ASCII).ReadToEndAsync(Cancellation);

        // A connection that came later has its greeting, so the ones before have theirs.
        static async Task ReadyAsync(RunningServer server, ListenerKind kind)
        {
            using var later = new TcpClient();
            await later.ConnectAsync("127.0.0.1", server.Port(kind), Cancellation);
            using var reader = new StreamReader(later.GetStream(), Encoding.ASCII);
            Assert.NotNull(await reader.ReadLineAsync(Cancellation));
        }
    }

    [Fact]
    public async Task On_postgresql_mail_is_sent_read_and_checked_and_commands_work_beside_it()
    {
        await using var server = await RunningServer.StartAsync(Cancellation, KeyValuePair.Create("database", await PostgresServer.NewDatabaseAsync()));
        var (an, binh) = (await server.PersonAsync("an", Cancellation), await server.PersonAsync("binh", Cancellation));
        await ImapTests.SendAsync(server, an, new MimeMessage([MailboxAddress.Parse(an)], [MailboxAddress.Parse(binh)], "Một", new TextPart("plain") { Text = "x" }));
        using var reader = await ImapTests.ConnectAsync(server, binh, ListenerKind.Imaps, SecureSocketOptions.SslOnConnect);
        await reader.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        Assert.Equal("Một", (await reader.Inbox.GetMessageAsync(0, Cancellation)).Subject);

        var file = Path.Combine(server.Folder, "a.eml");
        await File.WriteAllTextAsync(file, "Subject: x\n\n", Cancellation);
        using var done = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        reader.Inbox.CountChanged += (_, _) => done.Cancel();
        var idle = reader.IdleAsync(done.Token, Cancellation);
        await server.CommandAsync(Cancellation, "import", binh, file);
        await idle;
        Assert.Equal(2, reader.Inbox.Count);
        Assert.Contains("The store is sound.", await server.CommandAsync(Cancellation, "check"), StringComparison.Ordinal);
    }
}
