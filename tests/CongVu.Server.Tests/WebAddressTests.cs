using System.Net;
using CongVu.Server.Commands;
using CongVu.Server.Configuration;

namespace CongVu.Server.Tests;

/// <summary>The address that a start prints for browsers.</summary>
public sealed class WebAddressTests
{
    [Theory]
    [InlineData(true, "http://localhost:8080/", "Https 127.0.0.1:8443", "Http 127.0.0.1:8080")]
    [InlineData(false, "https://localhost:8443/", "Http 127.0.0.1:8080", "Https 127.0.0.1:8443")]
    [InlineData(true, "https://mail.example.gov.vn/", "Http [::]:80", "Https [::]:443")]
    [InlineData(false, "http://mail.example.gov.vn:8000/", "Http 0.0.0.0:8000", "Imaps 0.0.0.0:993")]
    [InlineData(false, null, "Imaps 0.0.0.0:993")]
    public void A_browser_is_sent_where_it_gets_without_a_warning(bool isSelfMade, string? expected, params string[] listeners) =>
        Assert.Equal(expected, ServeCommand.WebAddress("mail.example.gov.vn", isSelfMade, [.. listeners.Select(l => l.Split(' ')).Select(w => (Enum.Parse<ListenerKind>(w[0]), IPEndPoint.Parse(w[1])))]));
}
