using static CongVu.Server.Samples.SampleOffice;

namespace CongVu.Server.Samples;

/// <summary>A file that goes with a message.</summary>
internal sealed record SampleFile(string Name, byte[] Bytes);

/// <summary>A meeting that a message invites to: hours after the message, and how long.</summary>
internal sealed record SampleMeeting(string Title, string Place, int InHours, int Hours);

/// <summary>One message of a conversation.</summary>
/// <param name="From">Who writes.</param>
/// <param name="To">To whom.</param>
/// <param name="AfterHours">Hours after the one before.</param>
/// <param name="Subject">Its subject; null for a reply.</param>
/// <param name="Text">Its paragraphs, without greeting line and signature of the letter's form.</param>
internal sealed record SampleStep(SampleAccount From, SampleAccount[] To, int AfterHours, string? Subject, params string[] Text)
{
    public SampleAccount[] Cc { get; init; } = [];

    public IReadOnlyList<SampleFile> Files { get; init; } = [];

    public SampleMeeting? Meeting { get; init; }
}

/// <summary>The conversations of the sample: what a department and a district write to each other. Facts in them are made up.</summary>
internal static class SampleThreads
{
    public static IEnumerable<SampleStep[]> All(Random random)
    {
        foreach (var (index, topic) in SampleTopics.Meetings.Index())
            yield return Meeting(topic, index, random);
        foreach (var (index, topic) in SampleTopics.Reports.Index())
            yield return Report(topic, index);
        foreach (var (index, topic) in SampleTopics.Drafts.Index())
            yield return Draft(topic, index);
        foreach (var (index, person) in SampleTopics.NewMailboxes.Index())
            yield return NewMailbox(person, index);
        foreach (var (subject, text) in SampleTopics.Notices)
            yield return [new(Operator, [Department, District, Deputy, Chief, Officer, Clerk, Commune], 0, subject, [.. text.Split('\n')])];
        foreach (var lines in SampleTopics.Talks)
            yield return [.. lines.Select((line, i) => new SampleStep(line.From, [line.To], i == 0 ? 0 : random.Next(1, 5), i == 0 ? line.Subject : null, [.. line.Text.Split('\n')]))];
    }

    private static SampleStep[] Meeting(string topic, int index, Random random)
    {
        var number = $"{random.Next(20, 95)}/GM-STTTT";
        var place = SampleTopics.Places[index % SampleTopics.Places.Length];
        var pdf = SampleDocuments.Pdf($"GIẤY MỜI {number}", [$"Sở Thông tin và Truyền thông trân trọng kính mời Quý cơ quan dự: {topic}.", $"Địa điểm: {place}.", "Đề nghị đại biểu đến đúng giờ, đúng thành phần."]);
        var invitation = new SampleStep(
            Department,
            [District, Clerk, Commune],
            0,
            $"Giấy mời số {number}: {topic}",
            "Kính gửi: Ủy ban nhân dân huyện Đắk Mil; Ủy ban nhân dân xã Đắk Sắk.",
            $"Thực hiện chương trình công tác năm, Sở Thông tin và Truyền thông tổ chức cuộc họp \"{topic}\".",
            $"Địa điểm: {place}. Thời gian ghi tại lịch họp kèm theo.",
            "Thành phần: lãnh đạo phụ trách và cán bộ đầu mối công nghệ thông tin của đơn vị. Đề nghị Quý cơ quan xác nhận người tham dự qua hộp thư này trước cuộc họp 01 ngày.")
        {
            Cc = [Deputy, Chief],
            Files = [new($"Giay moi {number.Replace('/', '-')}.pdf", pdf)],
            Meeting = new(topic, place, 24 * (3 + (index % 4)), 2),
        };
        var answer = new SampleStep(
            Clerk,
            [Department],
            random.Next(3, 22),
            null,
            $"Ủy ban nhân dân huyện Đắk Mil đã nhận Giấy mời số {number}.",
            index % 2 == 0 ? "Huyện cử đồng chí Phó Chánh Văn phòng và 01 chuyên viên Phòng Văn hóa và Thông tin tham dự." : "Do trùng lịch tiếp xúc cử tri, huyện xin phép cử đồng chí Trưởng phòng Văn hóa và Thông tin dự thay.");
        return index % 3 == 2 ? [invitation] : [invitation, answer];
    }

    private static SampleStep[] Report(string topic, int index)
    {
        var number = $"{311 + (index * 17)}/STTTT-CNTT";
        var reply = SampleDocuments.Docx(District.Body, $"{88 + (index * 5)}/BC-UBND", $"BÁO CÁO {topic}",
            [
                $"Thực hiện Công văn số {number} của Sở Thông tin và Truyền thông, Ủy ban nhân dân huyện Đắk Mil báo cáo kết quả {topic} như sau:",
                $"1. Kết quả: {92 - index}% văn bản gửi, nhận giữa các cơ quan trên địa bàn được thực hiện trên môi trường mạng; {10 - (index % 3)}/10 xã, thị trấn có hộp thư công vụ của cơ quan.",
                "2. Khó khăn: một số xã thiếu máy quét, đường truyền chưa ổn định vào giờ cao điểm.",
                "3. Kiến nghị: đề nghị Sở tổ chức tập huấn sử dụng chữ ký số và thư điện tử công vụ cho cán bộ cấp xã.",
            ]);
        return
        [
            new(Department, [District, Commune], 0, $"Công văn số {number} V/v báo cáo {topic}",
                "Kính gửi: Ủy ban nhân dân các huyện, thành phố.",
                $"Để tổng hợp báo cáo Ủy ban nhân dân tỉnh, Sở Thông tin và Truyền thông đề nghị các đơn vị báo cáo {topic} theo đề cương kèm theo.",
                "Báo cáo gửi về Sở trước 16 giờ 30 ngày thứ Sáu tuần này qua Hệ thống quản lý văn bản và hộp thư stttt@daknong.gov.vn. Quá thời hạn trên, đơn vị không báo cáo chịu trách nhiệm trước Ủy ban nhân dân tỉnh.")
            {
                Cc = [Officer],
                Files = [new("De cuong bao cao.docx", SampleDocuments.Docx(Department.Body, number, $"ĐỀ CƯƠNG BÁO CÁO {topic}", ["I. Kết quả thực hiện", "II. Tồn tại, hạn chế và nguyên nhân", "III. Nhiệm vụ, giải pháp thời gian tới", "IV. Kiến nghị, đề xuất"]))],
            },
            new(District, [Department], 47 + index, null,
                $"Ủy ban nhân dân huyện Đắk Mil gửi báo cáo {topic} (bản Word kèm theo; bản ký số đã gửi trên Hệ thống quản lý văn bản).")
            {
                Cc = [Officer],
                Files = [new($"Bao cao {88 + (index * 5)}-BC-UBND.docx", reply)],
            },
            new(Officer, [District], 3, null,
                "Sở đã nhận báo cáo của huyện, số liệu đầy đủ theo đề cương. Cảm ơn Quý cơ quan đã gửi đúng hạn.") { Cc = index % 2 == 0 ? [Clerk] : [] },
        ];
    }

    private static SampleStep[] Draft(string topic, int index) =>
    [
        new(Officer, [Operator, Clerk, Commune], 0, $"Xin ý kiến dự thảo {topic}",
            $"Văn phòng Sở được giao tham mưu xây dựng {topic}.",
            "Kính gửi các anh, chị bản dự thảo lần 1 để tham gia ý kiến, tập trung vào trách nhiệm của từng đơn vị và thời gian thực hiện. Ý kiến xin gửi lại trước ngày làm việc thứ năm kể từ hôm nay; sau thời gian trên xin coi như thống nhất.")
        {
            Cc = [Chief],
            Files = [new("Du thao lan 1.docx", SampleDocuments.Docx(Department.Body, "…/DT", topic, ["Điều 1. Phạm vi điều chỉnh và đối tượng áp dụng", "Điều 2. Nguyên tắc thực hiện", "Điều 3. Trách nhiệm của các cơ quan, đơn vị", "Điều 4. Tổ chức thực hiện"]))],
        },
        new(Operator, [Officer], 26, null,
            "Trung tâm cơ bản thống nhất với dự thảo và có hai ý kiến:",
            "1. Tại Điều 3, đề nghị quy định rõ đơn vị vận hành thực hiện sao lưu dữ liệu hằng ngày và diễn tập khôi phục ít nhất 02 lần mỗi năm.",
            "2. Bổ sung quy định thông báo sự cố qua điện thoại trực 24/7 trước khi gửi văn bản."),
        new(Clerk, [Officer], 21 + index, null,
            "Huyện thống nhất với nội dung dự thảo. Riêng thời hạn báo cáo, đề nghị Sở lùi đến ngày 20 tháng cuối quý để các xã kịp tổng hợp."),
        new(Officer, [Operator, Clerk], 30, null,
            "Cảm ơn anh Thắng và chị Hà. Văn phòng tiếp thu cả ba ý kiến và hoàn thiện dự thảo lần 2 trình lãnh đạo Sở trong tuần này.") { Cc = [Chief, Deputy] },
    ];

    private static SampleStep[] NewMailbox((string Name, string Title, string Address) person, int index) =>
    [
        new(District, [Department], 0, $"V/v đề nghị cấp mới hộp thư điện tử công vụ cho {person.Name}",
            "Kính gửi: Sở Thông tin và Truyền thông.",
            $"Căn cứ nhu cầu công tác, Ủy ban nhân dân huyện Đắk Mil đề nghị cấp mới hộp thư điện tử công vụ cho {person.Name}, {person.Title} (Mẫu 1 kèm theo).")
        {
            Files = [new("Mau 1 - De nghi cap moi hop thu.docx", SampleDocuments.Docx(District.Body, $"{140 + (index * 3)}/UBND-VHTT", "ĐỀ NGHỊ CẤP MỚI HỘP THƯ", [$"Họ và tên: {person.Name}", $"Chức vụ: {person.Title}", "Số điện thoại liên hệ: theo danh bạ cơ quan"]))],
        },
        new(Department, [Operator], 2, $"Chuyển xử lý: đề nghị cấp mới hộp thư cho {person.Name}",
            "Chuyển Trung tâm xử lý theo Điều 6 của Quy chế; thời hạn 03 ngày làm việc kể từ khi nhận."),
        new(Operator, [District, Clerk], 24, $"Kết quả cấp mới hộp thư cho {person.Name}",
            $"Trung tâm đã khởi tạo hộp thư {person.Address}@{Domain}.",
            "Mật khẩu ban đầu được gửi riêng cho người sử dụng. Đề nghị đổi mật khẩu ngay trong lần đăng nhập đầu tiên và không dùng hộp thư công vụ để đăng ký mạng xã hội, trang mua sắm.") { Cc = [Officer] },
    ];
}
