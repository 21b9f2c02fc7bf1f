using static CongVu.Server.Samples.SampleOffice;

namespace CongVu.Server.Samples;

/// <summary>What the sample is about.</summary>
internal static class SampleTopics
{
    public static readonly string[] Meetings =
    [
        "Giao ban công tác thông tin và truyền thông quý",
        "Rà soát tiến độ thực hiện kế hoạch chuyển đổi số cấp huyện",
        "Thẩm định hồ sơ đề xuất cấp độ an toàn hệ thống thông tin",
        "Kiểm tra việc sử dụng thư điện tử công vụ tại các cơ quan, đơn vị",
        "Triển khai chữ ký số chuyên dùng đến cấp xã",
        "Sơ kết hoạt động của Tổ công nghệ số cộng đồng",
        "Thống nhất phương án kết nối mạng truyền số liệu chuyên dùng",
        "Tập huấn kỹ năng nhận biết thư giả mạo cho cán bộ đầu mối",
    ];

    public static readonly string[] Places =
    [
        "Phòng họp A, Sở Thông tin và Truyền thông", "Hội trường UBND huyện Đắk Mil", "Phòng họp trực tuyến của tỉnh", "Phòng họp B, Trung tâm Công nghệ thông tin và Truyền thông",
    ];

    public static readonly string[] Reports =
    [
        "tình hình gửi, nhận văn bản điện tử 6 tháng đầu năm",
        "kết quả sử dụng hộp thư điện tử công vụ",
        "công tác bảo đảm an toàn thông tin mạng",
        "hiện trạng hạ tầng công nghệ thông tin cấp xã",
        "kết quả triển khai dịch vụ công trực tuyến toàn trình",
        "tình hình thực hiện nhiệm vụ do Chủ tịch UBND tỉnh giao",
        "nhu cầu đào tạo, bồi dưỡng kỹ năng số",
    ];

    public static readonly string[] Drafts =
    [
        "Quy trình quản lý, vận hành hệ thống thư điện tử công vụ",
        "Kế hoạch ứng cứu sự cố an toàn thông tin mạng",
        "Quy chế phối hợp cập nhật danh bạ điện tử của tỉnh",
        "Hướng dẫn sử dụng thư điện tử công vụ trên thiết bị di động",
        "Kế hoạch tuyên truyền chuyển đổi số",
    ];

    public static readonly (string Name, string Title, string Address)[] NewMailboxes =
    [
        ("Vũ Ngọc Ánh", "chuyên viên Phòng Nội vụ", "anhvn.dakmil"),
        ("Hoàng Văn Tuấn", "công chức Tư pháp - Hộ tịch xã Đắk Sắk", "tuanhv.daksak.dakmil"),
        ("H'Bê Niê", "công chức Văn hóa - Xã hội xã Đắk Sắk", "hben.daksak.dakmil"),
        ("Đặng Thị Kim Liên", "kế toán Văn phòng HĐND và UBND huyện", "liendtk.dakmil"),
        ("Bùi Quốc Việt", "Phó Trưởng phòng Tài chính - Kế hoạch", "vietbq.dakmil"),
    ];

    public static readonly (string Subject, string Text)[] Notices =
    [
        ("Thông báo bảo trì hệ thống thư điện tử công vụ từ 20 giờ thứ Bảy", "Trung tâm Công nghệ thông tin và Truyền thông thực hiện bảo trì hệ thống từ 20 giờ đến 22 giờ thứ Bảy tuần này.\nTrong thời gian trên, việc gửi và nhận thư có thể chậm; thư gửi đến không bị mất. Mọi vướng mắc xin liên hệ bộ phận trực."),
        ("Nhắc đổi mật khẩu thư điện tử công vụ định kỳ", "Theo Quy chế, người sử dụng đổi mật khẩu ít nhất 03 tháng một lần; quản trị viên đổi hằng tháng.\nMật khẩu có ít nhất 8 ký tự, gồm chữ thường, chữ hoa, chữ số và ký tự đặc biệt. Không dùng chung mật khẩu với dịch vụ khác."),
        ("Cảnh báo thư giả mạo yêu cầu cập nhật dung lượng hộp thư", "Thời gian gần đây xuất hiện thư giả mạo bộ phận quản trị, đề nghị bấm vào liên kết để \"nâng dung lượng hộp thư\".\nTrung tâm không bao giờ hỏi mật khẩu qua thư. Đề nghị không bấm liên kết, chuyển thư vào mục Thư rác và báo cho cán bộ đầu mối."),
        ("Thông báo lịch trực hệ thống dịp nghỉ lễ", "Trung tâm bố trí cán bộ trực 24/24 giờ trong các ngày nghỉ lễ để tiếp nhận và xử lý sự cố.\nĐề nghị các cơ quan cử người kiểm tra hộp thư cơ quan ít nhất một lần mỗi ngày trong thời gian nghỉ."),
        ("Hướng dẫn cấu hình thư công vụ trên Thunderbird và điện thoại", "Để đọc thư bằng chương trình thư, chọn IMAP cho thư đến và SMTP cho thư đi, bảo mật SSL/TLS, tên đăng nhập là địa chỉ thư đầy đủ.\nKhông lưu mật khẩu trên máy tính dùng chung."),
        ("Rà soát các hộp thư không sử dụng trên 03 tháng", "Trung tâm gửi danh sách hộp thư không đăng nhập trên 03 tháng để các cơ quan rà soát.\nSau 15 ngày làm việc kể từ ngày thông báo, nếu cơ quan không có ý kiến, hộp thư được xử lý theo Điều 8 của Quy chế."),
        ("Cập nhật danh bạ thư điện tử công vụ", "Danh bạ thư điện tử công vụ của các cơ quan, đơn vị đã được cập nhật đến cuối tháng.\nĐề nghị kiểm tra và phản hồi khi có thay đổi về nhân sự, chức vụ, số điện thoại."),
    ];

    public static readonly (SampleAccount From, SampleAccount To, string Subject, string Text)[][] Talks =
    [
        [
            (Chief, Officer, "Lịch công tác tuần của lãnh đạo Sở", "Em Hoa tổng hợp lịch công tác tuần tới của Ban Giám đốc, gửi anh trước 16 giờ hôm nay nhé."),
            (Officer, Chief, "", "Dạ em gửi anh. Thứ Ba anh Dũng họp tại UBND tỉnh cả buổi sáng, em đã chuyển cuộc họp giao ban Văn phòng sang buổi chiều."),
            (Chief, Officer, "", "Anh nhận được rồi. Em đăng lên cổng nội bộ giúp anh."),
        ],
        [
            (Deputy, Chief, "Xe đi công tác huyện Đắk Mil", "Sáng thứ Năm tôi đi kiểm tra tại huyện Đắk Mil, đồng chí bố trí xe lúc 6 giờ 30. Đi cùng có anh Thắng bên Trung tâm."),
            (Chief, Deputy, "", "Báo cáo anh, Văn phòng đã bố trí xe và báo trước cho huyện."),
        ],
        [
            (Officer, Operator, "Không gửi được thư có tệp đính kèm lớn", "Anh Thắng xem giúp em, tệp khảo sát 38 MB gửi cho huyện cứ bị trả lại."),
            (Operator, Officer, "", "Quy chế giới hạn tệp đính kèm 30 MB mỗi thư em nhé. Em tách làm hai thư hoặc nén lại là gửi được."),
            (Officer, Operator, "", "Em gửi được rồi, cảm ơn anh."),
        ],
        [
            (Commune, Clerk, "Xin số liệu dân số phục vụ báo cáo", "Chị Hà gửi giúp xã bảng tổng hợp dân số theo thôn, bon để chúng tôi làm báo cáo quý."),
            (Clerk, Commune, "", "Em gửi anh số liệu trong ngày hôm nay, đang chờ Phòng Thống kê rà lại hai bon ạ."),
        ],
        [
            (Deputy, Officer, "Góp ý bài phát biểu khai mạc hội nghị chuyển đổi số", "Bài viết tốt, em rút gọn phần đánh giá còn một trang và bổ sung số liệu cấp xã."),
            (Officer, Deputy, "", "Dạ em sửa và gửi lại anh đầu giờ chiều."),
        ],
        [
            (Clerk, Operator, "Nhờ hỗ trợ cài đặt thư trên điện thoại", "Đồng chí Chủ tịch huyện đổi điện thoại, nhờ Trung tâm hướng dẫn cài lại hộp thư."),
            (Operator, Clerk, "", "Em gọi điện hướng dẫn trực tiếp lúc 14 giờ chị nhé. Chị chuẩn bị sẵn địa chỉ thư và mật khẩu."),
            (Clerk, Operator, "", "Đã cài xong, thư về bình thường. Cảm ơn em."),
        ],
        [
            (Operator, Deputy, "Báo cáo nhanh sự cố đường truyền sáng nay", "Báo cáo anh: từ 7 giờ 40 đến 8 giờ 15 đường truyền chính bị gián đoạn do đứt cáp; hệ thống đã chuyển sang đường dự phòng, không mất thư."),
            (Deputy, Operator, "", "Đã nắm. Em theo dõi đến khi nhà mạng khắc phục xong và có báo cáo bằng văn bản."),
        ],
        [
            (Chief, Clerk, "Đôn đốc cử học viên lớp tập huấn an toàn thông tin", "Huyện còn thiếu danh sách của 03 xã, chị gửi bổ sung giúp Sở trong ngày mai."),
            (Clerk, Chief, "", "Em gửi anh danh sách bổ sung: Đắk Sắk 02 người, Đức Minh 01 người, Thuận An 02 người."),
        ],
        [
            (Officer, Commune, "Hẹn lịch khảo sát hạ tầng tại xã Đắk Sắk", "Đoàn khảo sát dự kiến làm việc tại xã vào sáng thứ Tư, anh bố trí giúp phòng máy và cán bộ phụ trách."),
            (Commune, Officer, "", "Xã đã bố trí. Đoàn đến lúc 8 giờ, tôi đón tại trụ sở."),
        ],
    ];
}
