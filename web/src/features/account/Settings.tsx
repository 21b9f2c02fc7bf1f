import { Loader, Stack, Title } from "@mantine/core";
import { IconCertificate, IconDeviceLaptop, IconKey, IconLock, IconPlaneDeparture, IconSettings, IconShieldLock, IconSignature, IconTemplate } from "@tabler/icons-react";
import { lazy, Suspense, useEffect } from "react";
import { navigate } from "../../app/router";
import { request } from "../../api/http";
import { setProof } from "../../api/http";
import type { SessionInfo } from "../../api/types";
import { toast } from "../../app/toasts";
import { t, type TextKey } from "../../texts";
import { AppPasswords } from "./AppPasswords";
import { General } from "./General";
import { Passkeys } from "./Passkeys";
import { PasswordForm } from "./PasswordForm";
import { Sessions } from "./Sessions";
import { Vacation } from "./Vacation";

// With the editor, which the other pages have no use for.
const Signatures = lazy(async () => ({ default: (await import("./Signatures")).Signatures }));
const Templates = lazy(async () => ({ default: (await import("./Templates")).Templates }));
const SecondStep = lazy(async () => ({ default: (await import("./SecondStep")).SecondStep }));
const Certificates = lazy(() => import("../smime/Certificates"));

const sections: { id: string; text: TextKey; icon: typeof IconLock }[] = [
  { id: "general", text: "general", icon: IconSettings },
  { id: "signatures", text: "signatures", icon: IconSignature },
  { id: "templates", text: "templates", icon: IconTemplate },
  { id: "certificates", text: "certificates", icon: IconCertificate },
  { id: "vacation", text: "vacation", icon: IconPlaneDeparture },
  { id: "password", text: "password", icon: IconLock },
  { id: "security", text: "signInSecurity", icon: IconShieldLock },
  { id: "devices", text: "devices", icon: IconDeviceLaptop },
  { id: "programs", text: "programs", icon: IconKey },
];

/** What people set for themselves. */
export default function Settings({ section }: { section: string }) {
  const current = sections.find((s) => s.id === section) ?? sections[0]!;
  useEffect(() => {
    document.title = `${t(current.text)} – ${t("appName")}`;
    // On a telephone the sections are one line that is longer than the screen.
    document.querySelector(".settings-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  // All sessions end with the old password; this browser gets a new one.
  const changed = () => {
    void request<SessionInfo>("GET", "/api/session").then((session) => {
      setProof(session.csrfToken);
      toast(t("passwordChanged"));
    });
  };
  return (
    <div className="settings">
      <nav className="settings-nav" aria-label={t("settings")}>
        {sections.map(({ id, text, icon: Icon }) => (
          <a
            key={id}
            href={`/settings/${id}`}
            aria-current={id === current.id ? "page" : undefined}
            onClick={(e) => {
              e.preventDefault();
              navigate(`/settings/${id}`);
            }}
          >
            <Icon size={18} stroke={1.7} aria-hidden />
            {t(text)}
          </a>
        ))}
      </nav>
      <section className="settings-page" tabIndex={0} aria-labelledby="settings-title">
        <Title order={1} size="h3" id="settings-title" mb="md">
          {t(current.text)}
        </Title>
        <Suspense fallback={<Loader aria-label={t("loading")} />}>
        {current.id === "general" && <General />}
        {current.id === "signatures" && <Signatures />}
        {current.id === "certificates" && (
          <Suspense fallback={null}>
            <Certificates />
          </Suspense>
        )}
        {current.id === "vacation" && <Vacation />}
        {current.id === "password" && <PasswordForm onChanged={changed} />}
        {current.id === "templates" && <Templates />}
        {current.id === "security" && (
          <Stack gap="xl">
            <SecondStep />
            <Passkeys />
          </Stack>
        )}
        {current.id === "devices" && <Sessions />}
        {current.id === "programs" && <AppPasswords />}
        </Suspense>
      </section>
    </div>
  );
}
