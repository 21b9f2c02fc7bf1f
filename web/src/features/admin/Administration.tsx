import { Text, Title } from "@mantine/core";
import { IconHeartbeat, IconMailForward, IconUsers } from "@tabler/icons-react";
import { useEffect } from "react";
import { useApp } from "../../app/context";
import { navigate } from "../../app/router";
import { t, type TextKey } from "../../texts";
import { Accounts } from "./Accounts";
import { HealthPage } from "./HealthPage";
import { QueuePage } from "./QueuePage";

const sections: { id: string; text: TextKey; icon: typeof IconUsers }[] = [
  { id: "accounts", text: "accounts", icon: IconUsers },
  { id: "queue", text: "queue", icon: IconMailForward },
  { id: "health", text: "health", icon: IconHeartbeat },
];

/** The first pages of administration. */
export default function Administration({ section }: { section: string }) {
  const { session } = useApp();
  const current = sections.find((s) => s.id === section) ?? sections[0]!;
  useEffect(() => {
    document.title = `${t(current.text)} – ${t("appName")}`;
    // On a telephone the sections are one line that is longer than the screen.
    document.querySelector(".settings-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  if (!session.isAdministrator) return <Text p="lg">{t("administratorsOnly")}</Text>;
  return (
    <div className="settings">
      <nav className="settings-nav" aria-label={t("administration")}>
        {sections.map(({ id, text, icon: Icon }) => (
          <a
            key={id}
            href={`/admin/${id}`}
            aria-current={id === current.id ? "page" : undefined}
            onClick={(e) => {
              e.preventDefault();
              navigate(`/admin/${id}`);
            }}
          >
            <Icon size={18} stroke={1.7} aria-hidden />
            {t(text)}
          </a>
        ))}
      </nav>
      <section className="settings-page" tabIndex={0} aria-labelledby="admin-title">
        <Title order={1} size="h3" id="admin-title" mb="md">
          {t(current.text)}
        </Title>
        {current.id === "accounts" && <Accounts />}
        {current.id === "queue" && <QueuePage />}
        {current.id === "health" && <HealthPage />}
      </section>
    </div>
  );
}
