namespace CongVu.Mail.Smtp;

/// <summary>Everything that the server may say no to. <see cref="SmtpRefusals"/> has the words.</summary>
public enum SmtpRefusal
{
    /// <summary>It was not refused.</summary>
    None,
    /// <summary>No such command.</summary>
    UnknownCommand,
    /// <summary>Longer than a command may be.</summary>
    LineTooLong,
    /// <summary>A line of a command ended by a bare LF.</summary>
    BareLineFeed,
    /// <summary>Arguments that do not read.</summary>
    Syntax,
    /// <summary>An address that does not read.</summary>
    BadAddress,
    /// <summary>A BDAT whose size does not read: where the next command begins is not known.</summary>
    BadChunk,
    /// <summary>Known, and not offered here.</summary>
    NotOffered,
    /// <summary>Another command must come first.</summary>
    BadSequence,
    /// <summary>A parameter that is not known.</summary>
    UnknownParameter,
    /// <summary>Submission without a sign-in.</summary>
    SignInRequired,
    /// <summary>Signing in where others can listen.</summary>
    TlsRequired,
    /// <summary>Login or password.</summary>
    WrongCredentials,
    /// <summary>The person may not sign in now.</summary>
    Suspended,
    /// <summary>The password must be changed first (A6.3).</summary>
    PasswordChangeRequired,
    /// <summary>Backing off after failures.</summary>
    TooManyFailures,
    /// <summary>A mechanism that is not offered.</summary>
    MechanismNotOffered,
    /// <summary>The client gave up signing in.</summary>
    SignInCancelled,
    /// <summary>A response that is not of the mechanism.</summary>
    BadResponse,
    /// <summary>A MAIL FROM that is not the author's.</summary>
    SenderNotAllowed,
    /// <summary>Nobody here by that name.</summary>
    UnknownRecipient,
    /// <summary>A closed mailbox.</summary>
    ClosedMailbox,
    /// <summary>A full mailbox: a matter of time.</summary>
    FullMailbox,
    /// <summary>A domain that is not ours, asked for by a stranger.</summary>
    NoRelay,
    /// <summary>More recipients than one message may have.</summary>
    TooManyRecipients,
    /// <summary>Data without recipients.</summary>
    NoRecipients,
    /// <summary>A message above the size limit.</summary>
    MessageTooLarge,
    /// <summary>Attachments above the limit (A5.3).</summary>
    AttachmentsTooLarge,
    /// <summary>A bare CR or LF in the message.</summary>
    BareLineEnd,
    /// <summary>An address beyond ASCII without SMTPUTF8.</summary>
    NeedsSmtpUtf8,
    /// <summary>The message goes in circles.</summary>
    Loop,
    /// <summary>Not exactly one From field with an address.</summary>
    BadFrom,
    /// <summary>A From that is not the author's.</summary>
    FromNotAllowed,
    /// <summary>DMARC failed, and the domain in From asks to refuse such mail.</summary>
    NotFromDomain,
    /// <summary>A virus (A12.5).</summary>
    Virus,
    /// <summary>A program among the attachments (A12.6).</summary>
    ExecutableAttachment,
    /// <summary>A document with macros or packages (A12.6).</summary>
    ActiveAttachment,
    /// <summary>An encrypted archive or document (A12.6).</summary>
    EncryptedAttachment,
    /// <summary>An archive that cannot be looked into (A12.6).</summary>
    UnreadableAttachment,
    /// <summary>A mark of a state secret (A13.7).</summary>
    StateSecret,
    /// <summary>Spam (A12.4).</summary>
    Spam,
    /// <summary>A filter asks to be asked again.</summary>
    SpamLater,
    /// <summary>No virus scanner answers now (A12.5).</summary>
    NotScanned,
    /// <summary>DATA for a binary message.</summary>
    BinaryNeedsBdat,
    /// <summary>The store cannot do it now.</summary>
    StoreFailure,
    /// <summary>No room on the disk now.</summary>
    NoSpace,
    /// <summary>Too many mistakes.</summary>
    TooManyErrors,
    /// <summary>More messages than one session may send.</summary>
    TooManyMessages,
    /// <summary>The client was silent for too long.</summary>
    TimedOut,
    /// <summary>The server stops.</summary>
    Stopping,
    /// <summary>Too many connections.</summary>
    TooManyConnections,
}

/// <summary>The table of refusals: codes and words.</summary>
internal static class SmtpRefusals
{
    private static readonly SmtpReply[] Table =
    [
        new(250, "2.0.0", "OK", "Được"),
        new(500, "5.5.2", "Command not known", "Không có lệnh này"),
        new(500, "5.5.6", "Line too long", "Dòng lệnh quá dài"),
        new(500, "5.5.2", "Lines end with CR LF, a bare LF is not a line end", "Dòng lệnh phải kết thúc bằng CR LF"),
        new(501, "5.5.4", "Syntax error in the arguments", "Tham số sai cú pháp"),
        new(501, "5.1.3", "The address is not well formed", "Địa chỉ sai cú pháp"),
        new(501, "5.5.4", "The size of the chunk is not well formed, closing", "Kích thước phần dữ liệu sai cú pháp, ngắt kết nối") { Closes = true },
        new(502, "5.5.1", "Command not offered here", "Lệnh này không dùng được ở đây"),
        new(503, "5.5.1", "Not now: another command must come first", "Sai thứ tự: cần lệnh khác trước"),
        new(555, "5.5.4", "A parameter of the command is not known", "Lệnh có tham số không được hỗ trợ"),
        new(530, "5.7.0", "Sign in first", "Cần đăng nhập trước"),
        new(538, "5.7.11", "Signing in needs TLS", "Chỉ được đăng nhập qua kết nối mã hóa"),
        new(535, "5.7.8", "User name or password is wrong", "Tên đăng nhập hoặc mật khẩu không đúng"),
        new(535, "5.7.8", "This account is suspended", "Tài khoản đang bị tạm khóa"),
        new(535, "5.7.8", "The password must be changed in the webmail first", "Cần đổi mật khẩu trên trang thư điện tử trước"),
        new(454, "4.7.0", "Too many failed sign-ins, try again later", "Đăng nhập sai quá nhiều lần, hãy thử lại sau"),
        new(504, "5.5.4", "The mechanism is not offered", "Cách đăng nhập này không được hỗ trợ"),
        new(501, "5.7.0", "Sign-in cancelled", "Đã hủy đăng nhập"),
        new(501, "5.5.2", "The response is not of the right form", "Dữ liệu đăng nhập sai dạng"),
        new(553, "5.7.1", "The account may not send as this address", "Tài khoản không được gửi thư bằng địa chỉ này"),
        new(550, "5.1.1", "No such mailbox here", "Không có hộp thư này"),
        new(550, "5.2.1", "The mailbox takes no mail any more", "Hộp thư đã ngừng nhận thư"),
        new(452, "4.2.2", "The mailbox is full", "Hộp thư đã đầy"),
        new(550, "5.7.1", "Not a domain of this server, no relaying", "Không phải tên miền của máy chủ này, không chuyển tiếp"),
        new(452, "4.5.3", "Too many recipients, send the rest in another message", "Quá nhiều người nhận, hãy gửi phần còn lại trong thư khác"),
        new(554, "5.5.1", "No valid recipients", "Không có người nhận hợp lệ"),
        new(552, "5.3.4", "The message is larger than this server takes", "Thư lớn hơn mức cho phép"),
        new(552, "5.3.4", "Attachments are above 30 MB in all (Regulation A5.3)", "Tổng dung lượng tệp đính kèm vượt 30 MB"),
        new(550, "5.6.11", "The message has a bare CR or LF; lines end with CR LF", "Thư có ký tự CR hoặc LF đứng riêng"),
        new(550, "5.6.7", "The address needs SMTPUTF8", "Địa chỉ này cần SMTPUTF8"),
        new(554, "5.4.6", "The message goes in circles", "Thư bị chuyển vòng lặp"),
        new(554, "5.6.0", "The message needs one From field with an address", "Thư phải có một trường From ghi địa chỉ"),
        new(550, "5.7.1", "The account may not write as the address in From", "Tài khoản không được ghi địa chỉ này ở trường From"),
        new(550, "5.7.1", "DMARC: the domain in From has not sent this message and asks to refuse it", "DMARC: tên miền ở trường From không gửi thư này và yêu cầu từ chối"),
        new(550, "5.7.1", "A virus was found; the message is refused (Regulation A12.5)", "Thư có vi-rút nên bị từ chối (Quy chế, Điều 12 khoản 5)") { IsBilingual = true },
        new(550, "5.7.1", "Executable files are not accepted, in archives neither (Regulation A12.6)", "Không nhận tệp đính kèm là chương trình chạy được, kể cả trong tệp nén (Quy chế, Điều 12 khoản 6)") { IsBilingual = true },
        new(550, "5.7.1", "Documents with macros or embedded packages are not accepted; send them without (Regulation A12.6)", "Không nhận tài liệu có macro hoặc gói nhúng; hãy gửi lại bản không có macro (Quy chế, Điều 12 khoản 6)") { IsBilingual = true },
        new(550, "5.7.1", "Encrypted archives and documents are not accepted; send them unencrypted or signed (Regulation A12.6)", "Không nhận tệp nén hoặc tài liệu có đặt mật khẩu (Quy chế, Điều 12 khoản 6)") { IsBilingual = true },
        new(550, "5.7.1", "An archive cannot be inspected: damaged, nested too deeply or too large (Regulation A12.6)", "Không kiểm tra được tệp nén: hỏng, lồng quá nhiều lớp hoặc quá lớn (Quy chế, Điều 12 khoản 6)") { IsBilingual = true },
        new(550, "5.7.1", "The message bears a mark of a state secret, which must not be sent by mail (Regulation A13.7)", "Thư có dấu hiệu bí mật nhà nước, không được gửi qua thư điện tử (Quy chế, Điều 13 khoản 7)") { IsBilingual = true },
        new(550, "5.7.1", "The message looks like spam; write to postmaster if it is not (Regulation A12.4)", "Thư bị coi là thư rác; nếu không phải, hãy báo cho postmaster (Quy chế, Điều 12 khoản 4)") { IsBilingual = true },
        new(451, "4.7.1", "Try again later", "Hãy gửi lại thư sau ít phút") { IsBilingual = true },
        new(451, "4.7.1", "The virus scanner does not answer now, try again later (Regulation A12.5)", "Hệ thống quét vi-rút tạm thời chưa trả lời, hãy gửi lại sau (Quy chế, Điều 12 khoản 5)") { IsBilingual = true },
        new(503, "5.5.1", "BODY=BINARYMIME needs BDAT", "Thư nhị phân phải gửi bằng BDAT"),
        new(451, "4.3.0", "The mail store cannot take it now, try again later", "Kho thư tạm thời chưa nhận được, hãy thử lại sau"),
        new(452, "4.3.1", "No room on the server now, try again later", "Máy chủ tạm hết chỗ, hãy thử lại sau"),
        new(421, "4.7.0", "Too many errors, closing", "Quá nhiều lỗi, ngắt kết nối"),
        new(421, "4.5.3", "Too many messages in one session, closing", "Quá nhiều thư trong một phiên, ngắt kết nối"),
        new(421, "4.4.2", "Waited too long, closing", "Chờ quá lâu, ngắt kết nối"),
        new(421, "4.3.2", "The server is stopping", "Máy chủ đang dừng"),
        new(421, "4.7.0", "Too many connections, try again later", "Quá nhiều kết nối, hãy thử lại sau"),
    ];

    static SmtpRefusals()
    {
        for (var i = 1; i < Table.Length; i++)
            Table[i].Refusal = (SmtpRefusal)i;
    }

    internal static SmtpReply Reply(SmtpRefusal refusal) => Table[(int)refusal];
}
