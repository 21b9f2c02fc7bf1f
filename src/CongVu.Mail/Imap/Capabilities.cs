using System.Globalization;

namespace CongVu.Mail.Imap;

/// <summary>What is announced (RFC 9051 §7.2.2): before sign-in only what a client needs to sign in.</summary>
internal static class Capabilities
{
    private const string SignedIn =
        "IMAP4rev1 IMAP4rev2 LITERAL+ ID ENABLE IDLE UIDPLUS MOVE UNSELECT NAMESPACE CHILDREN SPECIAL-USE CREATE-SPECIAL-USE LIST-EXTENDED LIST-STATUS LIST-MYRIGHTS "
        + "STATUS=SIZE ESEARCH SEARCHRES WITHIN SORT SORT=DISPLAY ESORT THREAD=ORDEREDSUBJECT THREAD=REFERENCES PARTIAL CONDSTORE QRESYNC ACL RIGHTS=texk "
        + "QUOTA QUOTA=RES-STORAGE UTF8=ACCEPT BINARY MULTIAPPEND REPLACE OBJECTID PREVIEW SAVEDATE APPENDLIMIT=";

    internal static string Of(ImapSession session)
    {
        if (session.Principal is not null)
            return SignedIn + session.Server.Options.MaxMessageBytes.ToString(CultureInfo.InvariantCulture);
        // RFC 9051 §6.2.1: no password over a wire that others read.
        var signIn = session.Connection.IsPrivate ? Scram(session) + " AUTH=PLAIN SASL-IR" : " LOGINDISABLED";
        var tls = session.Server.Options.Certificate is not null && !session.Connection.IsTls ? " STARTTLS" : "";
        return "IMAP4rev1 IMAP4rev2 LITERAL- ID ENABLE" + tls + signIn;
    }

    private static string Scram(ImapSession session) =>
        !session.Server.Options.OfferScram ? "" : session.Connection.IsTls ? " AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256" : " AUTH=SCRAM-SHA-256";
}
