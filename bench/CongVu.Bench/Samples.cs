using System.Text;

namespace CongVu.Bench;

/// <summary>Messages like those of an office: Vietnamese text, the same at each run.</summary>
internal static class Samples
{
    private static readonly string[] Words = "Kính gửi Ủy ban nhân dân các huyện thành phố báo cáo kết quả thực hiện nhiệm vụ quý một năm về việc triển khai công tác an toàn thông tin mạng trên địa bàn tỉnh đề nghị các đơn vị nghiêm túc".Split(' ');

    internal static byte[] Message(int bytes, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        text.Append($"From: Văn thư <vanthu@daknong.example>\r\nTo: user1@example.test\r\nSubject: =?utf-8?q?B=C3=A1o_c=C3=A1o?= {seed}\r\nMessage-ID: <{seed}@daknong.example>\r\n");
        text.Append("Date: Mon, 2 Mar 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
        for (var size = text.Length; size < bytes;)
        {
            var line = string.Join(' ', Enumerable.Range(0, 12).Select(_ => Words[random.Next(Words.Length)])) + $" {random.Next(1_000_000)}\r\n";
            text.Append(line);
            size += Encoding.UTF8.GetByteCount(line);
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
