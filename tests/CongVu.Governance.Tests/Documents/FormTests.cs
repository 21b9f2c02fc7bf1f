using System.IO.Compression;
using System.Text;
using CongVu.Governance.Documents;
using CongVu.Governance.Policy;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;

namespace CongVu.Governance.Tests.Documents;

/// <summary>Forms of the appendix (A14.1): written, filled, and read back as they come back from offices.</summary>
public sealed class FormTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly Dictionary<FormField, string> Hoa = new()
    {
        [FormField.PersonName] = "Nguyễn Thị Hoa", [FormField.Position] = "Chuyên viên", [FormField.Unit] = "Phòng Công nghệ thông tin", [FormField.Phone] = "0905123456", [FormField.Address] = "hoant.stttt@daknong.gov.vn",
        [FormField.ChangeWhat] = "Chức vụ", [FormField.ChangeTo] = "Phó Trưởng phòng", [FormField.Reason] = "Quên mật khẩu", [FormField.Storage] = "2147483648",
    };

    private static readonly Dictionary<FormField, string> YThanh = new()
    {
        [FormField.PersonName] = "Y Thanh Niê", [FormField.Position] = "Văn thư", [FormField.Unit] = "Văn phòng", [FormField.Phone] = "0912345678", [FormField.Address] = "thanhyn.stttt@daknong.gov.vn",
        [FormField.ChangeWhat] = "Số điện thoại", [FormField.ChangeTo] = "0987654321", [FormField.Reason] = "Lộ mật khẩu", [FormField.Storage] = "1610612736",
    };

    private static readonly Dictionary<FormField, string> Centre = new()
    {
        [FormField.OrganizationName] = "Trung tâm Công nghệ thông tin và Truyền thông", [FormField.Address] = "ttcntt.stttt@daknong.gov.vn", [FormField.Information] = "Đơn vị sự nghiệp trực thuộc Sở",
        [FormField.ChangeWhat] = "Tên đơn vị", [FormField.ChangeTo] = "Trung tâm Chuyển đổi số", [FormField.Reason] = "Thay đổi người quản lý", [FormField.Storage] = "2147483648",
    };

    private static readonly FormFill Filled = new()
    {
        Parent = "Ủy ban nhân dân tỉnh Đắk Nông", Organization = "Sở Nội vụ", Number = "07/SNV-VP", Date = new(2022, 2, 5), Requester = "Trần Văn An", Position = "Chánh Văn phòng", Phone = "0905000111",
        People = [Hoa, YThanh], Organizations = [Centre],
    };

    public static TheoryData<FormKind> Kinds => [.. Enum.GetValues<FormKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public void A_filled_form_is_read_back(FormKind kind)
    {
        var action = kind == FormKind.RevokeDeleteRestore ? MailboxAction.Restore : (MailboxAction?)null;
        var fill = Filled with { Action = action };
        foreach (var file in new[] { DocumentWriter.Write(FormWriter.Document(kind, fill)), ListWriter.Write(kind, fill) })
        {
            var read = FormReader.Read(file);
            Assert.Equal(FileFault.None, read.Fault);
            Assert.Empty(read.Problems);
            Assert.Equal(kind, read.Kind);
            Assert.Equal(3, read.Rows.Count);
            foreach (var row in read.Rows)
            {
                var columns = Form.Of(kind).Section(row.Subject).Columns.Select(c => c.Field).Where(f => f != FormField.Sequence);
                var source = row.Subject == FormSubject.Organizations ? Centre : row[FormField.PersonName] == "Y Thanh Niê" ? YThanh : Hoa;
                Assert.All(columns, field => Assert.Equal(source[field], row[field]));
                Assert.Equal(action ?? row.Action, row.Action);
                Assert.NotNull(row.Action);
            }
        }
    }

    [Fact]
    public void The_head_of_a_form_is_read_back()
    {
        var head = FormReader.Read(DocumentWriter.Write(FormWriter.Document(FormKind.NewMailboxes, Filled))).Head;
        Assert.Equal(new FormHead { Number = "07/SNV-VP", Date = new(2022, 2, 5), Requester = "Trần Văn An", Position = "Chánh Văn phòng", Organization = "Sở Nội vụ", Phone = "0905000111" }, head);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_blank_form_has_the_columns_of_the_appendix_and_no_rows(FormKind kind)
    {
        var read = FormReader.Read(DocumentWriter.Write(FormWriter.Document(kind, new())));
        Assert.Empty(read.Rows);
        Assert.Empty(read.Problems);
        Assert.Equal(new FormHead(), read.Head);
    }

    [Fact]
    public void The_three_forms_have_exactly_their_columns()
    {
        string[] Columns(FormKind kind, FormSubject subject) => [.. Form.Of(kind).Section(subject).Columns.Select(c => c.Title)];
        Assert.Equal(["STT", "Tên cơ quan, đơn vị", "Địa chỉ thư điện tử công vụ", "Thông tin"], Columns(FormKind.NewMailboxes, FormSubject.Organizations));
        Assert.Equal(["STT", "Họ và Tên", "Chức vụ", "Bộ phận công tác", "Số điện thoại"], Columns(FormKind.NewMailboxes, FormSubject.People));
        Assert.Equal(["STT", "Tên cơ quan, đơn vị", "Địa chỉ thư điện tử công vụ", "Thông tin cần thay đổi", "Thông tin mới"], Columns(FormKind.ChangeInformation, FormSubject.Organizations));
        Assert.Equal(["STT", "Họ và tên", "Chức vụ", "Bộ phận công tác", "Địa chỉ thư điện tử công vụ", "Số điện thoại", "Thông tin cần thay đổi", "Thông tin mới"], Columns(FormKind.ChangeInformation, FormSubject.People));
        Assert.Equal(["STT", "Họ và Tên", "Chức vụ", "Bộ phận công tác", "Địa chỉ hộp thư được cấp"], Columns(FormKind.RevokeDeleteRestore, FormSubject.People));
    }

    [Fact]
    public void The_third_form_says_all_three_and_is_asked_about()
    {
        var read = FormReader.Read(DocumentWriter.Write(FormWriter.Document(FormKind.RevokeDeleteRestore, Filled with { Organizations = [] })));
        Assert.All(read.Rows, r => Assert.Null(r.Action));
        var problem = Assert.Single(read.Problems);
        Assert.Equal(CellFault.UnclearAction, problem.Fault);
        Assert.Contains("thu hồi, xóa hay khôi phục", problem.Say(new(isVietnamese: true)), StringComparison.Ordinal);
        Assert.Contains("which", problem.Say(new(isVietnamese: false)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_in_dirty_spelling_is_read()
    {
        const string list = """
            SỞ NỘI VỤ;;;;;;;
            DANH SÁCH ĐỀ NGHỊ CẤP MỚI HỘ THƯ ĐIỆN TỬ CÔNG VỤ;;;;;;;
            ;;;;;;;
            TT;HỌ TÊN ;Chức danh;Phòng ban;Số điện thọai;Ngày sinh;Năm vào ngành;Thâm niên
            (1);(2);(3);(4);(5);(6);(7);(8)
            I. Văn phòng Sở;I. Văn phòng Sở;I. Văn phòng Sở;I. Văn phòng Sở;I. Văn phòng Sở;I. Văn phòng Sở;I. Văn phòng Sở;I. Văn phòng Sở
            1;  Nguyễn   Thị Hoa;Chuyên viên;;905123456;ngày 5 tháng 2 năm 1990;x;2015
            2;H' Bê;Văn thư;Phòng Tổ chức;+84 905.123.457;1990;x;02/2015
            ;;;;;;;
            3;Điểu K’Rang;;;0905-123-458;1-2-1991;x;
            """;
        foreach (var bytes in new[] { Encoding.UTF8.GetBytes(list), [0xff, 0xfe, .. Encoding.Unicode.GetBytes(list)] })
        {
            var read = FormReader.Read(bytes);
            Assert.Equal(FormKind.NewMailboxes, read.Kind);
            Assert.Empty(read.Problems);
            Assert.Equal(["Nguyễn Thị Hoa", "H' Bê", "Điểu K’Rang"], read.Rows.Select(r => r[FormField.PersonName]));
            Assert.Equal(["0905123456", "0905123457", "0905123458"], read.Rows.Select(r => r[FormField.Phone]));
            Assert.Equal(["Văn phòng Sở", "Phòng Tổ chức", "Văn phòng Sở"], read.Rows.Select(r => r[FormField.Unit]));
            Assert.Equal(["1990-02-05", "1990-01-01", "1991-02-01"], read.Rows.Select(r => r[FormField.BirthDate]));
            Assert.Equal(["2015-01-01", "2015-02-01", ""], read.Rows.Select(r => r[FormField.ServiceStart]));
            Assert.All(read.Rows, r => Assert.Equal(MailboxAction.Create, r.Action));
        }
    }

    [Fact]
    public void Each_unreadable_cell_is_named()
    {
        const string list = "Đề nghị khôi phục hộp thư,,,,\nSTT,Họ và tên,Chức vụ,Bộ phận công tác,Địa chỉ hộ thư được cấp\n1,Nguyễn Thị Hoa,CV,VP,hoant stttt@@daknong.gov.vn\n2,0905123456,CV,VP,anv.stttt@daknong.gov.vn\n3,,CV,VP,binhtv.stttt\n4,Trần Văn Bình,CV,VP,binhtv.stttt";
        var read = FormReader.Read(Encoding.UTF8.GetBytes(list));
        Assert.Equal(FormKind.RevokeDeleteRestore, read.Kind);
        Assert.All(read.Rows, r => Assert.Equal(MailboxAction.Restore, r.Action));
        Assert.Equal(
            [(3, CellFault.NotAnAddress), (4, CellFault.NotAName), (5, CellFault.Empty), (6, CellFault.Repeated)],
            read.Problems.Select(p => (p.Row, p.Fault)));
        var text = read.Problems[0].Say(new(isVietnamese: true));
        Assert.Contains("dòng 3", text, StringComparison.Ordinal);
        Assert.Contains("Địa chỉ hộ thư được cấp", text, StringComparison.Ordinal);
        Assert.Contains("hoant stttt@@daknong.gov.vn", text, StringComparison.Ordinal);
        Assert.Contains("row 5", read.Problems[2].Say(new(isVietnamese: false)), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_columns_are_said_and_the_rest_is_read()
    {
        var read = FormReader.Read("ĐỀ NGHỊ CẤP HỘP THƯ ĐIỆN TỬ CÔNG VỤ\nHọ và tên,Phòng,Chức vụ\nNguyễn Thị Hoa,VP,Chuyên viên"u8.ToArray());
        Assert.Equal("Nguyễn Thị Hoa", Assert.Single(read.Rows)[FormField.PersonName]);
        Assert.Equal(["Bộ phận công tác", "Số điện thoại"], read.Problems.Select(p => p.Column));
        Assert.All(read.Problems, p => Assert.Equal(CellFault.MissingColumn, p.Fault));
    }

    [Fact]
    public void Merged_cells_hold_in_each_place_they_cover()
    {
        var file = Package(
            ("word/document.xml", Document("<w:p><w:r><w:t>Đề nghị cấp mới hộp thư điện tử công vụ cá nhân:</w:t></w:r></w:p><w:tbl>"
                + Row(Cell("STT"), Cell("Họ và Tên"), Cell("Chức vụ"), Cell("Bộ phận công tác"), Cell("Số điện thoại"))
                + Row(Cell("1"), Cell("Nguyễn Thị Hoa"), Cell("Chuyên viên"), Cell("Văn phòng", "<w:vMerge w:val=\"restart\"/>"), Cell("0905 123 456"))
                + Row(Cell("2"), Cell("Trần Văn An"), Cell("Chuyên viên"), Cell("", "<w:vMerge/>"), Cell("0905 123 457"))
                + Row(Cell("3"), Cell("Lê Văn Bình", "<w:gridSpan w:val=\"2\"/>"), Cell("Thanh tra"), Cell("0905 123 458")) + "</w:tbl>")));
        var read = FormReader.Read(file);
        Assert.Equal(["Văn phòng", "Văn phòng", "Thanh tra"], read.Rows.Select(r => r[FormField.Unit]));
        Assert.Equal(["0905123456", "0905123457", "0905123458"], read.Rows.Select(r => r[FormField.Phone]));
    }

    [Fact]
    public void Numbers_dates_and_merges_of_a_workbook_are_read_as_shown()
    {
        const string main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
        var file = Package(
            ("xl/workbook.xml", $"<workbook {main} xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"Ẩn\" sheetId=\"1\" state=\"hidden\" r:id=\"rId2\"/><sheet name=\"DS\" sheetId=\"2\" r:id=\"rId1\"/></sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Target=\"worksheets/sheet1.xml\"/></Relationships>"),
            ("xl/sharedStrings.xml", $"<sst {main}><si><t>Họ và </t><r><t>tên</t></r><rPh><t>ぼ</t></rPh></si><si><t>Nguyễn Thị Hoa</t></si></sst>"),
            ("xl/styles.xml", $"<styleSheet {main}><numFmts><numFmt numFmtId=\"170\" formatCode=\"dd/mm/yyyy\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>"),
            ("xl/worksheets/sheet1.xml", $"<worksheet {main}><sheetData><row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"B3\" t=\"inlineStr\"><is><t>Số điện thoại</t></is></c><c r=\"C3\" t=\"str\"><v>Ngày sinh</v></c><c r=\"D3\" t=\"inlineStr\"><is><t>Phòng ban</t></is></c></row>"
                + "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>1</v></c><c r=\"B4\"><v>9.05123456E8</v></c><c r=\"C4\" s=\"1\"><v>32933</v></c><c r=\"D4\" t=\"inlineStr\"><is><t>Văn phòng</t></is></c></row><row r=\"5\"><c r=\"A5\" t=\"inlineStr\"><is><t>Lê Văn An</t></is></c></row></sheetData><mergeCells><mergeCell ref=\"D4:D5\"/></mergeCells></worksheet>"));
        var read = FormReader.Read(file, MailboxAction.Create);
        Assert.Empty(read.Problems);
        Assert.Equal(["Nguyễn Thị Hoa", "Lê Văn An"], read.Rows.Select(r => r[FormField.PersonName]));
        Assert.Equal("0905123456", read.Rows[0][FormField.Phone]);
        Assert.Equal("1990-03-01", read.Rows[0][FormField.BirthDate]);
        Assert.All(read.Rows, r => Assert.Equal("Văn phòng", r[FormField.Unit]));
        Assert.All(read.Rows, r => Assert.Equal("DS", r.Table));
    }

    [Fact]
    public void A_file_that_expands_without_end_is_given_up()
    {
        var row = Row(Cell("1"), Cell("Nguyễn Thị Hoa"));
        using var bomb = new MemoryStream();
        using (var archive = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var part = archive.CreateEntry("word/document.xml", CompressionLevel.Fastest).Open();
            part.Write(Encoding.UTF8.GetBytes(Document("<w:p><w:r><w:t>")[..^"</w:body></w:document>".Length]));
            var piece = Encoding.UTF8.GetBytes(new string('a', 1 << 20));
            for (var i = 0; i < 65; i++)
                part.Write(piece);
        }
        Assert.True(bomb.Length < 1 << 20);
        Assert.Equal(FileFault.TooLarge, FormReader.Read(bomb.ToArray()).Fault);
        var rows = Package(("word/document.xml", Document("<w:tbl>" + string.Concat(Enumerable.Repeat(row, TableFile.MaxRows + 1)) + "</w:tbl>")));
        Assert.Equal(FileFault.TooLarge, FormReader.Read(rows).Fault);
        var entities = Package(("word/document.xml", "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]>" + Document("&c;")));
        Assert.Equal(FileFault.Broken, FormReader.Read(entities).Fault);
    }

    [Fact]
    public void Files_that_are_no_lists_say_so()
    {
        Assert.Equal(FileFault.NotKnown, FormReader.Read("%PDF-1.7 …"u8.ToArray()).Fault);
        Assert.Equal(FileFault.NotKnown, FormReader.Read([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]).Fault);
        Assert.Equal(FileFault.Encrypted, FormReader.Read([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, .. Encoding.Unicode.GetBytes("EncryptedPackage")]).Fault);
        Assert.Equal(FileFault.Broken, FormReader.Read([0x50, 0x4b, 3, 4, 1, 2, 3]).Fault);
        Assert.Equal(FileFault.NotKnown, FormReader.Read(Package(("mimetype", "application/vnd.oasis.opendocument.text"))).Fault);
        Assert.Equal(FileFault.Broken, FormReader.Read(Package(("word/document.xml", "<w:document"))).Fault);
        Assert.Empty(FormReader.Read([]).Rows);
    }

    /// <summary>Every document is valid by the schema of Office; with CONGVU_PAGES they are left in that folder to be looked at.</summary>
    [Fact]
    public void Every_document_is_valid()
    {
        var folder = Environment.GetEnvironmentVariable("CONGVU_PAGES");
        var validator = new OpenXmlValidator(FileFormatVersions.Office2013);
        void Check(string name, byte[] bytes, Func<Stream, OpenXmlPackage> open)
        {
            using (var package = open(new MemoryStream(bytes)))
                Assert.Empty(validator.Validate(package, Cancellation).Select(e => $"{name}: {e.Description} {e.Path?.XPath}"));
            if (folder is { Length: > 0 })
                File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
        void Save(string name, OfficialDocument document) => Check($"{name}.docx", DocumentWriter.Write(document), s => WordprocessingDocument.Open(s, isEditable: false));
        foreach (var kind in Enum.GetValues<FormKind>())
        {
            Save($"{kind}-blank", FormWriter.Document(kind, new()));
            Save($"{kind}-filled", FormWriter.Document(kind, Filled));
            Check($"{kind}.xlsx", ListWriter.Write(kind, Filled), b => SpreadsheetDocument.Open(b, isEditable: false));
        }
        var issuer = new IssuingBody();
        var marks = new LetterMarks(7, new(2022, 2, 5), "Phó Giám đốc", "Nguyễn Văn Bình");
        var rows = Enumerable.Range(1, 22).Select(i => new AnswerRow($"Nguyễn Thị Hoa {i}", "Chuyên viên, Văn phòng", $"hoant{i}.stttt@daknong.gov.vn", i % 5 == 0 ? "Chưa thực hiện: trùng tên, đề nghị bổ sung thời gian bắt đầu công tác" : "Đã cấp mới")).ToArray();
        Save("answer", Letters.Answer(issuer, marks, "Sở Nội vụ", "cấp mới hộp thư điện tử công vụ cá nhân", "07/SNV-VP", new(2022, 2, 4), rows, ["Mật khẩu ban đầu được chuyển trực tiếp đến từng cá nhân; khi đăng nhập lần đầu phải thay đổi mật khẩu."]));
        Save("draft", Letters.Answer(issuer, new(null, null), "Ủy ban nhân dân huyện Đắk Mil", "khôi phục hộp thư điện tử công vụ", "", new(2022, 10, 14), rows[..2], []));
        Save("suspension", Letters.SuspensionNotice(issuer, marks, "Sở Nội vụ", "không đăng nhập quá 03 tháng", [new("Nguyễn Thị Hoa", "hoant.snv@daknong.gov.vn", "Đăng nhập gần nhất: 01/10/2021"), new("Trần Văn An", "antv.snv@daknong.gov.vn", "Chưa đăng nhập kể từ khi được cấp")], new(15, TimeUnit.WorkingDays), new(2022, 2, 28)));
        Save("removal", Letters.RemovalNotice(issuer, marks, "Sở Nội vụ", [new("Nguyễn Thị Hoa", "hoant.snv@daknong.gov.vn", "")], new(15, TimeUnit.WorkingDays), "05/TB-STTTT ngày 05/02/2022"));
        Save("handover", Letters.HandoverRecord(new("Sở Nội vụ", "Ủy ban nhân dân tỉnh Đắk Nông", "Đắk Nông", "snv@daknong.gov.vn", "Trần Văn An", "Văn thư", "Lê Thị Bình", "Văn thư", new(2022, 3, 9), [("Hộp thư đến", 12_345, 5L << 30), ("Thư đã gửi", 320, 15 << 20)])));
    }

    [Fact]
    public async Task A_document_becomes_a_pdf_where_LibreOffice_is_installed()
    {
        var pdf = await PdfConversion.FromDocxAsync(DocumentWriter.Write(FormWriter.Document(FormKind.NewMailboxes, Filled)), Cancellation);
        Assert.Equal(PdfConversion.IsAvailable, pdf is not null);
        if (pdf is not null)
            Assert.True(pdf.AsSpan().StartsWith("%PDF-1."u8));
    }

    private static byte[] Package(params (string Name, string Text)[] parts)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in parts)
            {
                using var part = archive.CreateEntry(name, CompressionLevel.Optimal).Open();
                part.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        return bytes.ToArray();
    }

    private static string Document(string body) => $"<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>";

    private static string Row(params string[] cells) => $"<w:tr>{string.Concat(cells)}</w:tr>";

    private static string Cell(string text, string properties = "") => $"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>";
}
