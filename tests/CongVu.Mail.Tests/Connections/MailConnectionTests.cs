using System.Net;
using System.Security.Authentication.ExtendedProtection;
using System.Text;
using CongVu.Mail.Connections;
using Microsoft.AspNetCore.Connections;

namespace CongVu.Mail.Tests.Connections;

public sealed class MailConnectionTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TimerClock clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tls_begins_at_the_command_and_ends_with_a_word()
    {
        await using var client = Serve(async connection =>
        {
            await Echo(connection);
            Assert.True(await connection.StartTlsAsync(TestCertificate.Context, () => Write(connection, "go")));
            Assert.True(connection.IsTls);
            await Echo(connection);
        });
        await SayAsync(client, "clear");
        Assert.Equal("go", await client.ReadLineAsync(Cancellation));
        await client.StartTlsAsync(Cancellation);
        await SayAsync(client, "secret");
        // Null, not an exception: the end was announced.
        Assert.Null(await client.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task Tls_from_the_first_byte_may_have_begun_before_the_server_looks()
    {
        var begun = new TaskCompletionSource();
        await using var client = Serve(async connection =>
        {
            await begun.Task;
            await connection.BeginTlsAsync(TestCertificate.Context);
            await Echo(connection);
        });
        var handshake = client.StartTlsAsync(Cancellation);
        begun.SetResult();
        await handshake;
        await SayAsync(client, "hello");
    }

    [Fact]
    public async Task Bytes_before_tls_end_the_connection()
    {
        var answer = new TaskCompletionSource<bool>();
        var sent = new TaskCompletionSource();
        await using var client = Serve(async connection =>
        {
            await Echo(connection);
            await sent.Task;
            answer.SetResult(await connection.StartTlsAsync(TestCertificate.Context, () => Write(connection, "go")));
        });
        await SayAsync(client, "clear");
        await client.SendAsync("injected\r\n"u8.ToArray());
        sent.SetResult();
        Assert.False(await answer.Task);
        Assert.Null(await client.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task Who_does_not_speak_tls_is_let_go()
    {
        var outcome = new TaskCompletionSource<Exception?>();
        await using var client = Serve(async connection => outcome.SetResult(await Record.ExceptionAsync(() => connection.BeginTlsAsync(TestCertificate.Context).AsTask())));
        await client.SendAsync("EHLO x\r\nEHLO x\r\nEHLO x\r\n"u8.ToArray());
        Assert.IsType<ConnectionAbortedException>(await outcome.Task);
    }

    [Fact]
    public async Task Both_ends_see_the_same_channel_binding()
    {
        var binding = new TaskCompletionSource<byte[]>();
        await using var client = Serve(async connection =>
        {
            Assert.Null(connection.ChannelBinding);
            await connection.BeginTlsAsync(TestCertificate.Context);
            binding.SetResult(connection.ChannelBinding!);
        });
        await client.StartTlsAsync(Cancellation);
        using var token = client.Tls!.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint)!;
        var bytes = new byte[token.Size];
        System.Runtime.InteropServices.Marshal.Copy(token.DangerousGetHandle(), bytes, 0, bytes.Length);
        Assert.EndsWith("tls-server-end-point:" + Convert.ToHexString(await binding.Task), Encoding.ASCII.GetString(bytes.AsSpan(0, bytes.Length - 32)) + Convert.ToHexString(bytes.AsSpan(bytes.Length - 32)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_deadline_runs_by_the_clock()
    {
        var waits = new TaskCompletionSource();
        await using var client = Serve(async connection =>
        {
            connection.Allow(10 * Minute);
            var read = connection.ReadAsync();
            waits.SetResult();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.AsTask());
            Assert.True(connection.IsOverdue);
            await connection.SendLastWordsAsync("too late\r\n"u8.ToArray());
        });
        await waits.Task;
        clock.Advance(9 * Minute);
        Assert.False(client.Ended.IsCompleted);
        clock.Advance(Minute);
        Assert.Equal("too late", await client.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task A_client_that_went_away_is_not_overdue()
    {
        var waits = new TaskCompletionSource();
        var overdue = new TaskCompletionSource<bool>();
        await using (Serve(async connection =>
        {
            waits.SetResult();
            await Record.ExceptionAsync(async () => await Task.Delay(Timeout.Infinite, connection.Closed));
            overdue.SetResult(connection.IsOverdue);
        }))
            await waits.Task;
        Assert.False(await overdue.Task);
    }

    [Fact]
    public async Task A_client_that_takes_no_bytes_is_cut_off_after_the_session()
    {
        var aborted = new TaskCompletionSource();
        var context = new StuckContext(aborted);
        await using (var connection = new MailConnection(context, clock))
            Assert.False(connection.IsTls);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(aborted.Task.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await aborted.Task;
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("203.0.113.1", false)]
    public async Task Without_tls_only_the_machine_itself_is_private(string from, bool isPrivate)
    {
        var result = new TaskCompletionSource<bool>();
        await using var client = new InMemoryClient(
            async context =>
            {
                await using var connection = new MailConnection(context, clock);
                result.SetResult(connection.IsPrivate);
            },
            IPAddress.Parse(from));
        Assert.Equal(isPrivate, await result.Task);
    }

    private InMemoryClient Serve(Func<MailConnection, Task> session) => new(async context =>
    {
        await using var connection = new MailConnection(context, clock);
        await session(connection);
    });

    private static async Task Echo(MailConnection connection)
    {
        var line = new byte[100];
        var (status, length) = await connection.ReadLineAsync(line);
        Assert.Equal(LineStatus.Line, status);
        Write(connection, Encoding.ASCII.GetString(line, 0, length));
        await connection.FlushAsync();
    }

    private static void Write(MailConnection connection, string line) => Encoding.ASCII.GetBytes(line + "\r\n", connection.Output);

    private static async Task SayAsync(InMemoryClient client, string text)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(text + "\r\n"));
        Assert.Equal(text, await client.ReadLineAsync(Cancellation));
    }

    private sealed class StuckContext(TaskCompletionSource aborted) : DefaultConnectionContext("stuck", new Pair(), new Pair())
    {
        public override void Abort(ConnectionAbortedException abortReason) => aborted.SetResult();

        private sealed class Pair : System.IO.Pipelines.IDuplexPipe
        {
            private readonly System.IO.Pipelines.Pipe pipe = new();

            public System.IO.Pipelines.PipeReader Input => pipe.Reader;

            public System.IO.Pipelines.PipeWriter Output => pipe.Writer;
        }
    }
}
