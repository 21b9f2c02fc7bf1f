using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CongVu.Mail.Tests.Dns;

/// <summary>A name server on a free loopback port, UDP and TCP, with the records that a test gives it. Names under "cham." are never answered.</summary>
public sealed class LocalDns : IAsyncDisposable
{
    private const int MaxUdpBytes = 512;

    private readonly ConcurrentDictionary<(string Name, ushort Type), List<byte[]>> records = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly UdpClient udp;
    private readonly TcpListener tcp;
    private readonly Task work;

    public LocalDns()
    {
        (udp, tcp) = Bind();
        work = Task.WhenAll(AnswerDatagramsAsync(), AnswerConnectionsAsync());
    }

    public IPEndPoint Address => (IPEndPoint)udp.Client.LocalEndPoint!;

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>It says that it has validated what it answers (RFC 4035 §3.2.3).</summary>
    public bool IsValidating { get; set; }

    public LocalDns Text(string name, string text) => Add(name, 16, [.. Encoding.UTF8.GetBytes(text).Chunk(255).SelectMany(part => (byte[])[(byte)part.Length, .. part])]);

    public LocalDns Host(string name, string address) => Add(name, IPAddress.Parse(address).AddressFamily == AddressFamily.InterNetwork ? (ushort)1 : (ushort)28, IPAddress.Parse(address).GetAddressBytes());

    public LocalDns Mx(string name, ushort preference, string host) => Add(name, 15, [(byte)(preference >> 8), (byte)preference, .. NameBytes(host)]);

    public LocalDns Tlsa(string name, byte usage, byte selector, byte matching, byte[] data) => Add(name, 52, [usage, selector, matching, .. data]);

    public LocalDns Ptr(string name, string host) => Add(name, 12, NameBytes(host));

    public LocalDns Alias(string name, string other) => Add(name, 5, NameBytes(other));

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        udp.Dispose();
        tcp.Dispose();
        await work;
        stopping.Dispose();
    }

    // One port for both; another one where TCP has it already.
    private static (UdpClient Udp, TcpListener Tcp) Bind()
    {
        while (true)
        {
            var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var tcp = new TcpListener((IPEndPoint)udp.Client.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private LocalDns Add(string name, ushort type, byte[] data)
    {
        records.GetOrAdd((name.ToLowerInvariant(), type), _ => []).Add(data);
        return this;
    }

    private async Task AnswerDatagramsAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var question = await udp.ReceiveAsync(stopping.Token);
                if (Answer(question.Buffer) is not { } answer)
                    continue;
                if (answer.Length > MaxUdpBytes)
                {
                    answer = answer[..MaxUdpBytes];
                    answer[2] |= 2;
                }
                await udp.SendAsync(answer, question.RemoteEndPoint, stopping.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The asker has gone, or the test is over.
            }
        }
    }

    private async Task AnswerConnectionsAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var client = await tcp.AcceptTcpClientAsync(stopping.Token);
                var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, stopping.Token);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(question, stopping.Token);
                if (Answer(question) is not { } answer)
                    continue;
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                await stream.WriteAsync((byte[])[.. length, .. answer], stopping.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
            {
                // As above.
            }
        }
    }

    // RFC 1035 §4: one question; null where it is to stay without an answer.
    private byte[]? Answer(byte[] question)
    {
        var at = 12;
        var labels = new List<string>();
        while (question[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(question, at + 1, question[at]));
            at += question[at] + 1;
        }
        var name = string.Join('.', labels).ToLowerInvariant();
        var type = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(at + 1));
        Asked.Enqueue($"{name} {type}");
        if (labels[0] == "cham")
            return null;
        var answers = new List<byte>();
        var count = 0;
        if (records.TryGetValue((name, 5), out var alias))
        {
            Write(NameBytes(name), 5, alias[0]);
            name = NameOf(alias[0]);
        }
        foreach (var data in records.GetValueOrDefault((name, type)) ?? [])
            Write(NameBytes(name), type, data);
        var exists = count > 0 || records.Keys.Any(k => k.Name == name || k.Name.EndsWith($".{name}", StringComparison.Ordinal));
        return [question[0], question[1], 0x84, (byte)((exists ? 0x80 : 0x83) | (IsValidating ? 0x20 : 0)), 0, 1, (byte)(count >> 8), (byte)count, 0, 0, 0, 0, .. question.AsSpan(12, at + 5 - 12), .. answers];

        void Write(byte[] owner, ushort kind, byte[] data)
        {
            answers.AddRange([.. owner, (byte)(kind >> 8), (byte)kind, 0, 1, 0, 0, 1, 0, (byte)(data.Length >> 8), (byte)data.Length, .. data]);
            count++;
        }
    }

    private static byte[] NameBytes(string name) => name == "." ? [0] : [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private static string NameOf(byte[] bytes)
    {
        var labels = new List<string>();
        for (var at = 0; bytes[at] != 0; at += bytes[at] + 1)
            labels.Add(Encoding.ASCII.GetString(bytes, at + 1, bytes[at]));
        return string.Join('.', labels);
    }
}
