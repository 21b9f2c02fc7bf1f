using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CongVu.Formats.Signatures;
using static CongVu.Formats.Signatures.SignatureDoubt;
using static CongVu.Formats.Tests.Signatures.SignedPdf;

namespace CongVu.Formats.Tests.Signatures;

public sealed class PdfSignaturesTests
{
    [Fact]
    public void A_signed_document_says_by_whom_and_when()
    {
        var signature = Assert.Single(Read(Sign(Person.An)));
        Assert.Equal(("Nguyễn Văn An", "Sở Thông tin và Truyền thông", "CA thử nghiệm"), (signature.Signer, signature.Organization, signature.Issuer));
        Assert.Equal(SignedPdf.SignedAt, signature.SignedAt);
        Assert.Empty(signature.Doubts);
    }

    [Fact]
    public void A_changed_byte_is_seen_before_and_after_the_gap()
    {
        foreach (var word in new[] { "Chi 100", "startxref" })
        {
            var pdf = Sign(Person.An);
            pdf[pdf.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(word)) + word.Length - 1] ^= 1;
            Assert.Equal([Changed], Assert.Single(Read(pdf)).Doubts);
        }
    }

    [Fact]
    public void What_is_added_after_signing_is_said_and_a_second_signature_covers_all()
    {
        var first = Sign(Person.An);
        Assert.Equal([Partial], Assert.Single(Read([.. first, .. "\n5 0 obj <</Type/Page>> endobj"u8])).Doubts);
        var both = Read(Sign(Person.Certify("CN=Văn thư", Person.Now.AddDays(-9), Person.Now.AddDays(9)), first));
        Assert.Equal(["Nguyễn Văn An", "Văn thư"], both.Select(s => s.Signer));
        Assert.Equal([Partial], both[0].Doubts);
        Assert.Empty(both[1].Doubts);
    }

    [Fact]
    public void Trust_and_time_are_of_the_certificate()
    {
        Assert.Equal([Untrusted], Assert.Single(Read(Sign(Person.SignedByItself("CN=Nguyễn Văn An")))).Doubts);
        Assert.Equal([Untrusted], Assert.Single(DocumentSignatures.Read(Sign(Person.An), [], Person.Now)).Doubts);
        Assert.Equal([Expired], Assert.Single(Read(Sign(Person.Certify("CN=Cũ", Person.Now.AddYears(-3), Person.Now.AddYears(-2))))).Doubts);
        Assert.Equal([NotYet], Assert.Single(Read(Sign(Person.Certify("CN=Mới", Person.Now.AddDays(3), Person.Now.AddYears(2))))).Doubts);
        Assert.Equal([Untrusted], Assert.Single(Read(Sign(Person.Certify("CN=Máy chủ", Person.Now.AddYears(-1), Person.Now.AddYears(1), X509KeyUsageFlags.KeyEncipherment)))).Doubts);
        Assert.Equal([Weak], Assert.Single(Read(Sign(Person.An, digest: "1.3.14.3.2.26"))).Doubts);
    }

    [Fact]
    public void A_signature_over_something_else_says_nothing_of_the_document()
    {
        var other = new SignedCms(new ContentInfo("bytes of another"u8.ToArray()), detached: false);
        other.ComputeSignature(new CmsSigner(Person.An) { DigestAlgorithm = new("2.16.840.1.101.3.4.2.1") });
        Assert.Equal([Unchecked], Assert.Single(Read(Place(_ => other.Encode()))).Doubts);
    }

    [Fact]
    public void A_gap_that_is_more_than_the_signature_hides_nothing()
    {
        var pdf = Encoding.Latin1.GetString(Sign(Person.An));
        // The range ends before a piece of the page, which could then be changed at will.
        var range = pdf.IndexOf("/ByteRange [0 ", StringComparison.Ordinal) + 14;
        var narrower = pdf[..range] + "0000000020" + pdf[(range + 10)..];
        Assert.Equal([Unchecked], Assert.Single(Read(Encoding.Latin1.GetBytes(narrower))).Doubts);
    }

    [Theory]
    [InlineData("/ByteRange [0 9999999999 9999999999 9999999999]")]
    [InlineData("/ByteRange [0 -5 10 10]")]
    [InlineData("/ByteRange [5 5 15 5]")]
    [InlineData("/ByteRange [0 20 10 20]")]
    [InlineData("/ByteRange [0 0 0 0]")]
    [InlineData("/ByteRange [0 20 21 2147483647]")]
    public void A_range_that_cannot_be_is_not_checked(string range) =>
        Assert.Equal([Unchecked], Assert.Single(Read(Encoding.ASCII.GetBytes("%PDF-1.7\n" + range + " /Contents <00> trailer"))).Doubts);

    [Theory]
    [InlineData("/ByteRange")]
    [InlineData("/ByteRange [")]
    [InlineData("/ByteRange [0 1 2")]
    [InlineData("/ByteRange [0 /*** /*** /***]")]
    [InlineData("/ByteRange [00000000000000000000000000000001 1 1 1]")]
    [InlineData("BT (nothing signed) ET")]
    public void What_has_no_range_has_no_signature(string text) => Assert.Empty(Read(Encoding.ASCII.GetBytes("%PDF-1.7\n" + text)));

    [Fact]
    public void Endless_digits_rubbish_and_many_signatures_are_bounded()
    {
        var endless = Place(_ => [], digits: 3 << 20);
        Assert.Equal([Unchecked], Assert.Single(Read(endless)).Doubts);
        Assert.Equal([Unchecked], Assert.Single(Read(Place(_ => [1, 2, 3]))).Doubts);
        Assert.Equal([Unchecked], Assert.Single(Read(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Place(_ => [48, 3])).Replace("/Contents <30", "/Contents <zz", StringComparison.Ordinal)))).Doubts);
        var many = "%PDF-1.7\n" + string.Concat(Enumerable.Repeat("/ByteRange [0 1 2 3] ", 200_000));
        Assert.Equal(DocumentSignatures.MaxSignatures, Read(Encoding.ASCII.GetBytes(many)).Count);
        Assert.Empty(Read([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Read(new byte[DocumentSignatures.MaxDocumentBytes + 1]));
    }

    private static IReadOnlyList<DocumentSignature> Read(byte[] pdf) => DocumentSignatures.Read(pdf, Person.Authorities, Person.Now);
}
