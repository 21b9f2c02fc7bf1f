import { IconCertificate, IconCertificateOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { request } from "../../api/http";
import type { DocumentSignature } from "../../api/types";
import type { Id } from "../../jmap/types";
import { longDate } from "../../texts/format";
import { signatureText, standing } from "./documentSignature";

/** By whom an attachment is signed; nothing where it is not, or as long as that is not known. */
export function SignatureLine({ accountId, blobId }: { accountId: Id; blobId: Id }) {
  const { data } = useQuery({
    queryKey: ["signatures", accountId, blobId],
    staleTime: Infinity,
    retry: false,
    queryFn: ({ signal }) => request<DocumentSignature[]>("GET", `/api/signatures/${accountId}/${encodeURIComponent(blobId)}`, undefined, signal),
  });
  return data?.map((signature, n) => {
    const how = standing(signature);
    const Icon = how === "changed" ? IconCertificateOff : IconCertificate;
    return (
      <span key={n} className={`attachment-signature ${how}`} title={signature.signedAt ? longDate(signature.signedAt) : undefined}>
        <Icon size={14} aria-hidden /> {signatureText(signature)}
      </span>
    );
  });
}
