using CongVu.Formats.Sasl;

namespace CongVu.Formats.Tests.Sasl;

public sealed class ScramExchangeTests
{
    private const string Salt = "W22ZaJ0SNY7soEsUEjb6gQ==";

    [Fact]
    public void The_example_of_rfc_7677_is_answered_as_printed()
    {
        var exchange = new ScramExchange(plus: false, channelBinding: null, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
        Assert.Equal("user", exchange.First("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
        var keys = ScramKeys.Of("pencil", Convert.FromBase64String(Salt));
        Assert.Equal($"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s={Salt},i=4096", exchange.Challenge(keys.Salt, keys.Iterations));
        const string final = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        Assert.Equal((1, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), exchange.Final(final, [ScramKeys.Of("other", keys.Salt), keys]));
        Assert.Null(exchange.Final(final, [ScramKeys.Of("other", keys.Salt)]));
        Assert.Null(exchange.Final(final.Replace("c=biws", "c=eSws", StringComparison.Ordinal), [keys]));
        Assert.True(keys.Verify("pencil"));
        Assert.False(keys.Verify("Pencil"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData("n,,")]
    [InlineData("n,,n=user")]
    [InlineData("n,,r=rOprNGfwEbeRWgbNEkqO,n=user")]
    [InlineData("n,,n=user,r=short")]
    [InlineData("x,,n=user,r=rOprNGfwEbeRWgbNEkqO")]
    [InlineData("n,b,n=user,r=rOprNGfwEbeRWgbNEkqO")]
    [InlineData("n,a=other,n=user,r=rOprNGfwEbeRWgbNEkqO")]
    [InlineData("p=tls-server-end-point,,n=user,r=rOprNGfwEbeRWgbNEkqO")]
    [InlineData("y,,n=user,r=rOprNGfwEbeRWgbNEkqO")]
    public void What_is_not_a_first_message_or_was_tampered_with_is_refused(string message) =>
        Assert.Null(new ScramExchange(plus: false, channelBinding: [1]).First(message));

    [Theory]
    [InlineData("p=tls-server-end-point,,n=user,r=rOprNGfwEbeRWgbNEkqO", "user")]
    [InlineData("p=tls-unique,,n=user,r=rOprNGfwEbeRWgbNEkqO", null)]
    [InlineData("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", null)]
    [InlineData("p=tls-server-end-point,,n=a=2Cb=3D,r=rOprNGfwEbeRWgbNEkqO", "a,b=")]
    public void Plus_wants_its_binding(string message, string? name) => Assert.Equal(name, new ScramExchange(plus: true, channelBinding: [1]).First(message));
}
