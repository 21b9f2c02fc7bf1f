namespace CongVu.Server.Samples;

/// <summary>Somebody of the sample.</summary>
/// <param name="Local">The address before the '@', as A5 makes it of the name.</param>
/// <param name="Name">The name.</param>
/// <param name="Title">The position, for signatures; empty for an organization.</param>
/// <param name="Body">The organization, for signatures.</param>
internal sealed record SampleAccount(string Local, string Name, string Title, string Body)
{
    /// <summary>A mailbox that people are granted.</summary>
    public bool IsOrganization => Title.Length == 0;
}

/// <summary>Who is in the sample: a department, one of its centres, a district and a commune. The names are made up.</summary>
internal static class SampleOffice
{
    public const string Domain = "daknong.gov.vn";

    public static readonly SampleAccount Department = new("stttt", "Sở Thông tin và Truyền thông tỉnh Đắk Nông", "", "Sở Thông tin và Truyền thông");
    public static readonly SampleAccount District = new("dakmil", "Ủy ban nhân dân huyện Đắk Mil", "", "UBND huyện Đắk Mil");

    public static readonly SampleAccount Deputy = new("dunglq.stttt", "Lê Quang Dũng", "Phó Giám đốc", "Sở Thông tin và Truyền thông");
    public static readonly SampleAccount Chief = new("minhtv.stttt", "Trần Văn Minh", "Chánh Văn phòng", "Sở Thông tin và Truyền thông");
    public static readonly SampleAccount Officer = new("hoant.stttt", "Nguyễn Thị Hoa", "Chuyên viên Văn phòng", "Sở Thông tin và Truyền thông");
    public static readonly SampleAccount Operator = new("thangnd.ttcntt.stttt", "Nguyễn Đức Thắng", "Kỹ sư vận hành", "Trung tâm Công nghệ thông tin và Truyền thông");
    public static readonly SampleAccount Clerk = new("haptt.dakmil", "Phạm Thị Thu Hà", "Văn thư", "UBND huyện Đắk Mil");
    public static readonly SampleAccount Commune = new("krangd.daksak.dakmil", "Điểu K'Rang", "Phó Chủ tịch", "UBND xã Đắk Sắk");

    public static IReadOnlyList<SampleAccount> All { get; } = [Department, District, Deputy, Chief, Officer, Operator, Clerk, Commune];

    /// <summary>Who looks after the organizations' mailboxes (A9.1).</summary>
    public static IReadOnlyList<(SampleAccount Organization, SampleAccount Custodian)> Custodians { get; } = [(Department, Officer), (Department, Chief), (District, Clerk)];
}
